internal import GitPool
internal import POSIX

/// `git pool list`: every slot, read without changing or locking any.
enum ListCommand {
    static let syntax = Syntax(
        "list",
        aliases: ["ls", "status"],
        summary: "list slots and leases",
        forms: ["git pool list [<options>]", "git pool list --porcelain [-z]"],
        options: [
            .flag("status", "show what each worktree has changed"),
            .flag("saved", "list saved work instead of slots"),
            .value("state", "state", "show only slots in this state"),
            .value("branch", "glob", "show only slots on branches that match"),
            .flag("watch", "show changes until interrupted"),
            .flag("json", "print the list as JSON"),
            .flag("porcelain", "print stable lines for scripts"),
            .flag("z", "end lines with NUL instead of a newline"),
        ],
        exclusive: [["watch", "json", "porcelain"], ["watch", "saved"], ["saved", "porcelain"]],
        needs: ["z": "porcelain"]
    )

    static func run(_ session: Session) throws -> Int32 {
        if let state = session.arguments.value("state"), !states.contains(state) {
            let shown = Slot.shownStates.joined(separator: ", ")
            throw session.arguments.error(.invalidValue(option: "state", expectation: "expects one of \(shown)"))
        }
        let isWatching = session.arguments.flag("watch")
        guard !isWatching || Streams.isTerminal(1) else {
            throw session.arguments.error(.other("'--watch' needs a terminal"))
        }
        let pool = try session.openPool()
        let slots = try session.tend(pool)
        if session.arguments.flag("saved") { return try SavedList.run(session, pool) }
        let request = ListRequest(session, pool)
        guard isWatching else { return try list(slots, request) }
        guard var watch = try ListWatch(request) else {
            throw session.arguments.error(.other("'--watch' needs a terminal that can move its cursor"))
        }
        return try watch.run()
    }

    /// What is shown, and what stands on disk behind it.
    private static var states: [String] { Slot.shownStates + SlotState.allCases.map(\.rawValue) }

    private static func list(_ all: [Slot], _ request: ListRequest) throws -> Int32 {
        let session = request.session
        let slots = request.shown(all)
        if session.arguments.flag("json") {
            let description = SlotDescription(request.pool)
            let statuses = request.wantsStatus ? SlotStatus.of(slots, request.pool) : [:]
            let overlaps = request.overlaps(all)
            let list = slots.map {
                description.json($0, status: statuses[$0.number], overlaps: overlaps)
            }
            try session.answer(JSON.object([.init("schema", 1), .init("slots", .array(list))]).text)
        } else if session.arguments.flag("porcelain") {
            let statuses = request.wantsStatus ? SlotStatus.of(slots, request.pool) : [:]
            try session.answer(
                PorcelainList(request.pool, isTerminatedByNul: session.arguments.flag("z")).text(slots, statuses))
        } else {
            if slots.isEmpty { session.note("no slots; 'git pool add' makes one") }
            try request.print(all)
            if Streams.isTerminal(1) { session.advise(Words.orphans(slots)) }
        }
        return 0
    }
}
