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
        collect(.quick)
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
            guard var claim = try claim(slot.number), claim.state == slot.state,
                (claim.record.lease?.keepUntil ?? 0) <= now()
            else { continue }
            claim.record.lease?.order(.save)
            try? finish(&claim)
            if claim.isForgotten || !claim.state.counts { return true }
            hopeless.insert(slot.number)
        }
        return false
    }
}
