internal import POSIX

/// Everything a keeper waits for after one look at the pool; empty when it has no duty left.
struct KeeperWatch: ~Copyable {
    private var ends = ProcessEnds()
    private var workers = ProcessEnds()
    /// Seconds since 1970.
    private var deadline: Int64?
    /// Something is due and somebody is in its way, who may leave without ending.
    private var needsLook = false
    /// A holder lives that cannot be held by a descriptor (gVisor, old seccomp filters).
    private var mustAsk = false

    /// - Parameter working: the processes that do what is due.
    init(_ pool: Pool, _ slots: [Slot], _ occupants: SlotOccupants, _ working: [Int32]) {
        deadline = IdleSlots(pool, slots).deadline
        needsLook = pool.holdsWaste(slots)
        for pid in working where !workers.hold(pid) { mustAsk = true }
        for slot in slots {
            switch pool.plan(slot) {
            case .nothing: hold(slot, pool)
            case .keep(let until):
                if let until, until < .max { deadline = min(deadline ?? until, until) }
            case .deleteTrash: break
            case .rollBack, .reap, .notice, .goOn, .expire, .forget, .trim, .warm, .park:
                needsLook = true
                for pid in occupants.of(slot) { _ = ends.hold(pid) }
            }
        }
    }

    var isEmpty: Bool { numbers.isEmpty && deadline == nil && !needsLook && !mustAsk }

    var numbers: [Int32] { ends.numbers + workers.numbers }

    var workerNumbers: [Int32] { workers.numbers }

    /// Milliseconds until the next look. A minute at the most: poll(2) stands still in suspend, a clock may be set, and
    /// a repository may be removed. `pause` is how long to leave alone what is in the way.
    func time(_ pool: Pool, pause: Int64) -> Int64 {
        var time: Int64 = 60_000
        if needsLook { time = min(time, pause) }
        if mustAsk { time = min(time, 2000) }
        if let deadline { time = min(time, max(0, deadline - pool.now()).multipliedOrMax(1000)) }
        return time
    }

    private mutating func hold(_ slot: Slot, _ pool: Pool) {
        guard slot.state == .leased, let lease = slot.lease, let holder = lease.holder.identity else {
            return
        }
        switch pool.verdict(of: lease) {
        case .dead: needsLook = true
        case .alive:
            guard ends.hold(holder.pid) else { return mustAsk = true }
            // The id was the holder's while the descriptor was opened if it still is.
            if pool.verdict(of: lease) == .dead { needsLook = true }
        case .unknown(.unavailable): mustAsk = true
        case .unknown: break
        }
    }
}
