internal import GitPool
internal import POSIX

/// What a call of `list` wants to see, for one look or for many.
struct ListRequest {
    let session: Session
    let pool: Pool

    init(_ session: Session, _ pool: Pool) { (self.session, self.pool) = (session, pool) }

    var wantsStatus: Bool { session.arguments.flag("status") }

    /// A look at every file: not every two seconds.
    private var measuresDisk: Bool { wantsStatus && !session.arguments.flag("watch") }

    func shown(_ all: [Slot]) -> [Slot] {
        let state = session.arguments.value("state")
        let glob = session.arguments.value("branch").map { Glob($0) }
        guard state != nil || glob != nil else { return all }
        return all.filter { slot in
            let isOfState = state.map { $0 == slot.shownState || $0 == slot.state.rawValue } ?? true
            return isOfState && (glob.map { $0.matches(slot.lease?.branch ?? "") } ?? true)
        }
    }

    /// Of all slots, whichever are shown.
    func overlaps(_ all: [Slot]) -> Overlaps? { wantsStatus ? Overlaps(among: all, in: pool) : nil }

    func lines(_ all: [Slot], _ statuses: [Int: SlotStatus]?, _ overlaps: Overlaps?, width: Int?) -> [String] {
        SlotTable(pool, statuses: statuses, overlaps: overlaps, showsDisk: measuresDisk)
            .lines(shown(all), session.style(pool.settings), width: width)
    }

    /// The table; on a terminal it is there at once, and what takes time is filled in.
    func print(_ all: [Slot]) throws {
        guard wantsStatus else { return try answer(lines(all, nil, nil, width: Streams.columns(1))) }
        var view = LiveView(1, environment: session.environment)
        let width = view?.columns
        view?.draw(painted: lines(all, [:], nil, width: width))
        let statuses = SlotStatus.of(shown(all), pool) { found in
            view?.draw(painted: lines(all, found, nil, width: width))
        }
        let last = lines(all, statuses, overlaps(all), width: Streams.columns(1))
        view?.erase()
        try answer(last)
    }

    private func answer(_ lines: [String]) throws { try session.answer(Table.text(lines)) }
}
