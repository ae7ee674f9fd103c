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
            let shown = SlotDescription.states.joined(separator: ", ")
            throw session.arguments.error(.invalidValue(option: "state", expectation: "expects one of \(shown)"))
        }
        let isWatching = session.arguments.flag("watch")
        guard !isWatching || Streams.isTerminal(1) else {
            throw session.arguments.error(.other("'--watch' needs a terminal"))
        }
        let pool = try session.openPool()
        let slots = try session.tend(pool)
        if session.arguments.flag("saved") { return try SavedList.run(session, pool) }
        guard isWatching else { return list(slots, session, pool) }
        while true {
            // Home and clear below (ECMA-48, CUP and ED): what did not change does not flicker.
            session.answer("\u{1B}[H\u{1B}[J")
            _ = list(try pool.peek(), session, pool)
            Clock.sleep(milliseconds: 1000)
        }
    }

    /// What is shown, and what stands on disk behind it.
    private static var states: [String] { SlotDescription.states + SlotState.allCases.map(\.rawValue) }

    private static func list(_ all: [Slot], _ session: Session, _ pool: Pool) -> Int32 {
        let slots = all.filter { slot in
            let state = session.arguments.value("state")
            let isOfState = state.map { $0 == SlotDescription(pool).state(slot) || $0 == slot.state.rawValue } ?? true
            return isOfState
                && (session.arguments.value("branch").map { Glob($0).matches(slot.lease?.branch ?? "") } ?? true)
        }
        let wantsStatus = session.arguments.flag("status")
        // Of all, whichever are shown.
        let overlaps = wantsStatus && !session.arguments.flag("porcelain") ? Overlaps(among: all, in: pool) : nil
        if session.arguments.flag("json") {
            let description = SlotDescription(pool)
            let list = slots.map {
                description.json($0, status: wantsStatus ? SlotStatus(of: $0, pool).json : .null, overlaps: overlaps)
            }
            session.answer(JSON.object([.init("schema", 1), .init("slots", .array(list))]).text)
        } else if session.arguments.flag("porcelain") {
            session.answer(PorcelainList(pool, isTerminatedByNul: session.arguments.flag("z")).text(slots))
        } else {
            if slots.isEmpty { session.note("no slots; 'git pool add' makes one") }
            session.answer(
                SlotTable(pool, wantsStatus: wantsStatus, overlaps: overlaps).text(slots, session.style(pool.settings)))
        }
        return 0
    }
}
