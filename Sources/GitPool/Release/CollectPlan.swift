internal import POSIX

/// What `gc` does with a slot, and why: decided by record, holder and clock, never by a look into a tree.
package enum CollectPlan: Sendable, Equatable {
    case nothing
    /// The add that made it was killed.
    case rollBack
    /// Its holder is dead.
    case reap
    /// Its holder died within seconds of the lease: it is given time, once.
    case notice
    /// A release was begun and not finished.
    case goOn
    /// Its time is over: what is in it is saved, then it is recycled.
    case expire
    case deleteTrash
    /// Its worktree was removed by hand.
    case forget
    /// It has been idle longer than it is kept (`upkeep`).
    case trim
    /// It is made ahead of any request (`upkeep`).
    case warm
    /// The branch it waits on has moved (`upkeep`).
    case park
    /// There is a reason to keep it: until when (seconds since 1970), nil for ever.
    case keep(until: Int64?)
}

extension Pool {
    package func plan(_ slot: Slot) -> CollectPlan { plan(slot) { verdict(of: $0) } }

    func plan(_ slot: Slot, _ verdict: (Lease) -> HolderVerdict) -> CollectPlan {
        guard let record = slot.record else { return .nothing }
        let lease = slot.lease
        switch slot.state {
        case .leasing, .warming: return .rollBack
        case .leased:
            guard let lease, verdict(lease) == .dead else { return .nothing }
            if !isPresent(record), isElsewhere(slot) { return .keep(until: nil) }
            if let until = lease.keepUntil, now() < until { return .keep(until: until) }
            if let grace = lease.expiresAt { return now() < grace ? .keep(until: grace) : .reap }
            return diedEarly(lease, record) ? .notice : .reap
        case .releasing, .cleaning: return !isPresent(record) && isElsewhere(slot) ? .keep(until: nil) : .goOn
        case .expiring, .orphaned:
            guard let lease else { return .goOn }
            // The holder is not asked again. Either it was proven dead, which stays true (a pidfs inode, or start ticks
            // within one boot, never name a second process), or its session itself said 'done'. An unknown holder never
            // gets here, and a session that comes back takes its lease with 'add --resume'.
            if !isPresent(record) { return isElsewhere(slot) ? .keep(until: nil) : .goOn }
            let due = max(lease.expiresAt ?? 0, lease.keepUntil ?? 0)
            return now() >= due ? .expire : .keep(until: due)
        case .trash: return .deleteTrash
        case .idle: return isPresent(record) || isElsewhere(slot) ? .nothing : .forget
        case .broken: return .nothing
        }
    }

    /// Seconds a lease outlives a holder that died within ten seconds of its start: an unknown wrapper may have called
    /// `add` for a session that goes on (the "early-death rule").
    static var earlyDeathGrace: Int64 { 240 }

    private func diedEarly(_ lease: Lease, _ record: SlotRecord) -> Bool {
        guard record.bootID == surroundings.bootID, let identity = lease.holder.identity else {
            return false
        }
        switch identity.kind {
        case .shell, .explicit, .environment: return false
        case .script, .program: break
        }
        return Clock.sinceBoot() - lease.leasedAtSinceBoot < 10_000
    }
}
