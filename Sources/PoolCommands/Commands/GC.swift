internal import GitPool

/// `git pool gc`: ends leases of dead holders and removes what has expired, and nothing that is in use.
enum GCCommand {
    static let syntax = Syntax(
        "gc",
        summary: "end leases of dead holders and remove what expired",
        forms: ["git pool gc [<options>]"],
        options: [
            .flag("n", "only show what would be done"),
            .flag("auto", "do only what is due and cheap"),
            .value("expire", "duration", "remove saves older than this"),
            .flag("json", "print the outcome as JSON"),
        ]
    )

    static func run(_ session: Session) throws -> Int32 {
        var pool = try session.openPool()
        let age = try session.arguments.duration("expire")?.seconds
        if session.arguments.flag("n") { return try preview(session, pool, olderThan: age) }
        guard pool.exists, !session.arguments.flag("auto") else {
            try session.tend(pool)
            if session.arguments.flag("json") { try session.answer(JSON.array([]).text) }
            return 0
        }
        pool.leavers = session.ancestry.leavers
        // `collect` passes over what it cannot have; here somebody waits for an answer.
        extendLifetime(try pool.lock())
        if let age {
            for saved in try Saves(pool).dropExpired(olderThan: age) {
                session.note("dropped \(saved.ref) of '\(saved.name)', which was \(saved.id)")
            }
        }
        var reports = pool.collect(.full) { session.note(GCWords.line($0)) }
        var unmade: (any Error)?
        do {
            try pool.upkeep { report in
                session.note(GCWords.line(report))
                reports.append(report)
            }
        } catch {
            unmade = error
        }
        pool.foldStatistics(.full)
        if session.arguments.flag("json") { try session.answer(JSON.array(reports.map(GCWords.json)).text) }
        let failures = (reports.compactMap(\.failure) + [unmade].compactMap { $0 }).map(ErrorText.init)
        for failure in failures { session.report(failure.diagnostics) }
        return failures.map(\.status).max() ?? 0
    }

    private static func preview(_ session: Session, _ pool: Pool, olderThan age: Int64?) throws -> Int32 {
        let slots = pool.exists ? try pool.peek() : []
        let duties = Duties(pool, slots)
        func plan(_ slot: Slot) -> CollectPlan {
            if duties.trims.contains(slot.number) { return .trim }
            return duties.parks.contains(slot.number) ? .park : pool.plan(slot)
        }
        let saves = pool.exists ? try Saves(pool).expired(olderThan: age) : []
        if session.arguments.flag("json") {
            let plans = slots.map { GCWords.json(plan($0), $0) } + saves.map(GCWords.json)
            try session.answer(JSON.array(plans).text)
            return 0
        }
        for slot in slots {
            try session.answer(line: "\(slot.lease?.name ?? "slot \(slot.number)"): \(GCWords.plan(plan(slot), slot))")
        }
        if duties.missing > 0 { try session.answer(line: GCWords.warm(duties.missing)) }
        for saved in saves { try session.answer(line: "\(saved.name): \(GCWords.drop(saved))") }
        return 0
    }
}
