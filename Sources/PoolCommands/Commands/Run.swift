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

        let command = SlotCommand(program: program, words: Array(words.dropFirst()), leased: leased)
        let status = try supervise(command, session, pool)
        do { try giveBack(leased, failed: status != 0, session, pool) } catch {
            // The command's own status counts; the lease ends with this process at the latest.
            session.report(ErrorText(error).diagnostics)
        }
        return status
    }

    /// The command's own status, or 127 and 126 as a shell says it where there is none to run.
    private static func supervise(_ command: SlotCommand, _ session: Session, _ pool: Pool) throws -> Int32 {
        do {
            let ready = try command.command(session, pool)
            var supervision = try Supervision()
            return try supervision.wait(for: command.start(ready)).shellStatus
        } catch let problem as SlotCommand.Problem {
            problem.diagnostic.print()
            return problem.status
        }
    }

    /// Work the command left behind keeps the slot as an orphan; nothing of it is asked, and nothing is lost.
    private static func giveBack(_ leased: LeasedSlot, failed: Bool, _ session: Session, _ pool: Pool) throws {
        var request = ReleaseRequest()
        request.leavesWork = true
        request.keepsByRule = failed && pool.settings.keepFailed
        let report = try pool.done(leased.number, leased.lease, request)
        session.goOn(pool)
        guard let report else { return }
        switch report.state {
        case .orphaned, .expiring:
            let name = leased.lease.name
            let reasons = report.risks.isEmpty ? ["it failed"] : report.risks.map(\.summary)
            session.warn("'\(name)' is kept: " + reasons.joined(separator: ", "))
            Diagnostic.hint(
                "take it up with 'git pool add --resume \(name)', or end it with 'git pool done --save \(name)'"
            ).print()
        case .releasing where !report.risks.isEmpty:
            session.note(
                "the worktree is free when they leave it: " + report.risks.map(\.summary).joined(separator: ", "))
        case .warming, .idle, .leasing, .leased, .releasing, .cleaning, .trash, .broken: break
        }
    }
}
