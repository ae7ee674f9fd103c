internal import POSIX

/// A full pool frees what it can before anyone is refused: finished releases, dead holders, then the oldest expiring or
/// orphaned slot whose work can be saved whole.
extension Pool {
    /// - Parameters:
    ///   - leases: those in the way, the pool's or those of a group.
    ///   - hopeless: slots that were tried in vain, which are not judged again by the same waiter.
    /// - Returns: whether a slot was freed.
    func makeRoom(among leases: [Slot], _ hopeless: inout Set<Int>) throws -> Bool {
        let before = try snapshot().count(where: \.state.counts)
        collectDue()
        let slots = try snapshot()
        if slots.count(where: \.state.counts) < before { return true }
        let members = Set(leases.map(\.number)).subtracting(hopeless)
        let waiting = slots.filter { slot in
            guard members.contains(slot.number) else { return false }
            return switch slot.state {
            case .expiring, .orphaned: slot.lease.map { ($0.keepUntil ?? 0) <= now() } ?? false
            case .warming, .idle, .leasing, .leased, .releasing, .cleaning, .trash, .broken: false
            }
        }
        for slot in waiting.sorted(by: { ($0.lease?.release?.at ?? 0) < ($1.lease?.release?.at ?? 0) }) {
            guard !isBusy(slot) else { continue }
            // Somebody's filter may hang there: as of `collectAside`, one such wait is enough.
            let hasEnded = aside(["--save"], [slot.number])
            if try !snapshot().contains(where: { $0.number == slot.number && $0.state.counts }) { return true }
            hopeless.insert(slot.number)
            if !hasEnded { break }
        }
        return false
    }

    /// Saves the work of a slot that nobody has any more, and recycles it.
    package func makeRoom(in number: Int) {
        guard var claim = (try? claim(number)) ?? nil, (claim.record.lease?.keepUntil ?? 0) <= now() else { return }
        switch claim.state {
        case .expiring, .orphaned: break
        case .warming, .idle, .leasing, .leased, .releasing, .cleaning, .trash, .broken: return
        }
        claim.record.lease?.order(.save)
        try? finish(&claim)
    }
}
