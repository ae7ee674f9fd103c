internal import Git
internal import GitPool
internal import POSIX

/// `git pool run`: a lease that lasts exactly as long as one command, whose status it returns.
enum RunCommand {
    static let syntax = Syntax(
        "run",
        summary: "run a command in a leased worktree",
        forms: ["git pool run [<options>] [<name>] -- <command>..."],
        options: LeaseOptions.options,
        exclusive: LeaseOptions.exclusive,
        operands: 0...1,
        takesCommand: true
    )

    static func run(_ session: Session) throws -> Int32 {
        let pool = try session.openPool()
        try session.tend(pool)
        guard let words = session.arguments.command, let program = words.first else { return UsageError.exitStatus }
        let isAsked = session.arguments.has("pid") || session.arguments.flag("no-holder")
        let holder = try isAsked ? session.holder(in: pool) : session.ownHolder(in: pool)
        let leased = try pool.add(
            session.leaseRequest(name: session.arguments.operands.first, in: pool, holder: holder))
        if session.mayStartKeeper(pool) { session.goOn(pool) }
        session.note("running in '\(leased.record.path)'")

        let status = try supervise(program, Array(words.dropFirst()), leased, session, pool)
        do { try giveBack(leased, failed: status != 0, session, pool) } catch {
            // The command's own status counts; the lease ends with this process at the latest.
            session.report(ErrorText(error).diagnostics)
        }
        return status
    }

    /// The command's own status, or 127 and 126 as a shell says it where there is none to run.
    private static func supervise(
        _ program: String, _ words: [String], _ leased: LeasedSlot, _ session: Session, _ pool: Pool
    ) throws -> Int32 {
        var environment = session.environment.filter { !Git.namesRepository($0.key) }
        for name in SlotDescription.exported { environment[name] = nil }
        for variable in SlotDescription(pool).environment(leased.slot) { environment[variable.name] = variable.value }
        environment["PWD"] = leased.record.path
        let path = Command.searchPath(environment)
        guard let executable = Command.find(program, in: path) else {
            Diagnostic.error("cannot run '\(program)': not found").print()
            return 127
        }
        var command = Command(executable, words, environment: environment)
        command.name = program
        command.directory = leased.record.path
        (command.input, command.output, command.error) = (.inherited, .inherited, .inherited)
        do {
            let child = try Child(starting: command)
            child.receiveSignals()
            return try child.wait().shellStatus
        } catch {
            Diagnostic.error("cannot run '\(program)': \(error.reason)").print()
            return 126
        }
    }

    /// Work the command left behind keeps the slot as an orphan; nothing of it is asked, and nothing is lost.
    private static func giveBack(_ leased: LeasedSlot, failed: Bool, _ session: Session, _ pool: Pool) throws {
        var request = ReleaseRequest()
        request.leavesWork = true
        request.keepsByRule = failed && pool.settings.keepFailed
        let report = try pool.done(leased.number, leased.lease, request)
        session.goOn(pool)
        guard let report, !report.risks.isEmpty else { return }
        let name = leased.lease.name
        session.warn("'\(name)' is kept: " + report.risks.map(\.summary).joined(separator: ", "))
        Diagnostic.hint(
            "take it up with 'git pool add --resume \(name)', or end it with 'git pool done --save \(name)'"
        ).print()
    }
}
