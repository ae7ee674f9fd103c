internal import POSIX

/// Work that no session answers for any more keeps its slot: the record says why, and from when on it is saved so that
/// the slot can be used again.
extension Pool {
    /// - Parameter state: `expiring` where its owner said for how long.
    /// - Parameter seconds: `pool.orphanTtl` if nil.
    /// - Parameter mustWrite: false where the record on the disk has that lease already.
    func orphan(
        _ claim: inout SlotClaim, _ lease: Lease, as state: SlotState = .orphaned, because reasons: [KeptReason],
        for seconds: Int64? = nil, mustWrite: Bool = false
    ) throws {
        var lease = lease
        claim.rejoinBranch(of: &lease)
        lease.keptBecause = reasons.map(\.summary)
        lease.expiresAt = now() + (seconds ?? settings.orphanTtl)
        claim.record.lease = lease
        try claim.advance(to: state, mustWrite: mustWrite)
    }

    /// Work in a slot that nobody had leased gets a lease of its own, so that it is shown, kept and saved like any other.
    func orphanFound(_ claim: inout SlotClaim, _ risks: [Risk]) throws {
        var lease = Lease(foundIn: claim.record)
        lease.leasedAt = now()
        lease.release = Release(at: now())
        try orphan(&claim, lease, because: risks.map(KeptReason.risk), mustWrite: true)
    }
}
