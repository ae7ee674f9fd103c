internal import GitPool

/// `git pool warm`: makes slots now, so that the next leases find them ready.
enum WarmCommand {
    static let syntax = Syntax(
        "warm",
        summary: "make worktrees ready before they are asked for",
        forms: ["git pool warm [<options>] [<n>]"],
        options: [
            .flag("progress", "show progress even where standard error is no terminal"),
            .flag("json", "print the slots that are ready as JSON"),
        ],
        operands: 0...1
    )

    static func run(_ session: Session) throws -> Int32 {
        let asked = try count(session)
        let pool = try session.openPool()
        try session.tend(pool)
        let wanted = asked ?? max(pool.settings.upkeep.warm, 1)
        var progress = Progress("Making slots ready", session, total: try pool.missing(of: wanted))
        var failure: (any Error)?
        do {
            for _ in 0..<wanted {
                guard try pool.warm(upTo: wanted) != nil else { break }
                progress.advance()
            }
        } catch {
            failure = error
        }
        progress.end()
        let ready = try pool.snapshot().filter { $0.state == .idle }
        if let failure {
            let status = session.fail(failure)
            try answer(session, pool, ready)
            return status
        }
        tell(session, pool, made: progress.count, ready: ready.count)
        try answer(session, pool, ready)
        if session.mayStartKeeper(pool) { pool.wakeKeeper() }
        return 0
    }

    private static func count(_ session: Session) throws(UsageError) -> Int? {
        guard let word = session.arguments.operands.first else { return nil }
        guard case .number(let number) = WholeNumber(word), number > 0, number <= 100_000 else {
            throw session.arguments.error(.other("'\(word)' is no number of worktrees"))
        }
        return Int(number)
    }

    private static func answer(_ session: Session, _ pool: Pool, _ ready: [Slot]) throws {
        guard session.arguments.flag("json") else { return }
        let description = SlotDescription(pool)
        try session.answer(
            JSON.object([.init("schema", 1), .init("slots", .array(ready.map { description.json($0) }))]).text)
    }

    private static func tell(_ session: Session, _ pool: Pool, made: Int, ready: Int) {
        session.note("\(ready) \(ready == 1 ? "slot is" : "slots are") ready, \(made) of them new")
        let settings = pool.settings.upkeep
        guard made > 0, ready > settings.warm, settings.idleTimeout < .max else { return }
        session.note(
            "more than pool.warm (\(settings.warm)) are kept for \(Duration(seconds: settings.idleTimeout)) only")
    }
}
