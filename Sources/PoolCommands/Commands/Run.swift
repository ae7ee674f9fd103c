internal import GitPool
internal import POSIX

/// `git pool run`: a lease that lasts exactly as long as one command, whose status it returns.
enum RunCommand {
    static let syntax = Syntax(
        "run",
        summary: "run a command in a leased worktree",
        forms: ["git pool run [<options>] [<name>] -- <command>..."],
        options: LeaseOptions.options + LimitOptions.options + [
            .flag("land", "land the branch when the command succeeds")
        ],
        exclusive: LeaseOptions.exclusive,
        operands: 0...1,
        takesCommand: true
    )

    static func run(_ session: Session) throws -> Int32 {
        var pool = try session.openPool(asksCallers: true)
        pool.watch = FileMeter.watch(session)
        try session.tend(pool)
        guard let words = session.arguments.command, let program = words.first else { return UsageError.exitStatus }
        let plan = try session.limitPlan(pool)
        let isAsked = session.arguments.has("pid") || session.arguments.flag("no-holder")
        let holder = try isAsked ? session.holder(in: pool) : session.ownHolder(in: pool)
        let leased = try pool.add(
            session.leaseRequest(name: session.arguments.operands.first, in: pool, holder: holder))
        if session.mayStartKeeper(pool) { session.goOn(pool) }
        session.tell(leased.notices)
        session.note("running in '\(leased.record.path)'")

        let command = SlotCommand(program: program, words: Array(words.dropFirst()), leased: leased)
        var status = try supervise(command, plan, session, pool)
        if status == 0, session.arguments.flag("land") { status = session.land(leased, in: pool) }
        do {
            if let report = try session.giveBack(leased, failed: status != 0, in: pool) { session.tellKept(report) }
        } catch {
            // The command's own status counts; the lease ends with this process at the latest.
            _ = session.fail(error)
        }
        return status
    }

    /// The command's own status, 9 if it passed a limit, or 127 and 126 as a shell says it where there is none to run.
    private static func supervise(
        _ command: SlotCommand, _ plan: LimitPlan, _ session: Session, _ pool: Pool
    ) throws -> Int32 {
        do {
            let ready = try command.command(session, pool)
            // What is to be ended must be found, wherever it went.
            if !plan.limits.isEmpty { ProcessTable.adoptOrphans() }
            var supervision = try Supervision(pool.faults)
            var running = try command.start(ready, under: plan)
            try supervision.wait(for: &running)
            guard let passed = running.passed else { return running.termination?.shellStatus ?? 128 }
            LimitWords.passed(passed, by: command.leased.lease.name, plan.limits).print()
            return 9
        } catch let problem as SlotCommand.Problem {
            problem.diagnostic.print()
            return problem.status
        }
    }
}
