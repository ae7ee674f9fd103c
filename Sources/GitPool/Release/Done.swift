internal import Git
internal import POSIX

/// `done`: a session's lease ends, by one rename, when nothing stands against it any more; till then nothing is changed.
extension Pool {
    /// - Parameter expected: the lease as the caller saw it; one of the same name, or one that `--resume` took over
    ///   meanwhile, is another session's.
    /// - Returns: nil if the slot does not hold that lease any more, or its session has said what is to become of it.
    /// - Throws: `PoolError.atRisk` with nothing changed.
    package func done(_ number: Int, _ expected: Lease, _ request: ReleaseRequest) throws -> ReleaseReport? {
        guard var claim = try claim(number, waitingFor: expected.name) else { return nil }
        guard let lease = claim.record.lease, lease.id == expected.id, lease.holder == expected.holder,
            claim.state.counts
        else { return nil }
        if claim.state == .leasing, !request.isDryRun {
            try rollBack(&claim)
            return nil
        }
        var leaver = Leaver(claim, lease, request)
        return try leaver.comesTooLate ? nil : leaver.leave(&claim)
    }
}

/// One session's way out of its lease, judged while the session is still there to be refused.
///
/// From the rename in `end` on, a keeper or the next command goes on behind its back: `collect` (Collect.swift), `finish`
/// (FinishRelease.swift), which judges again behind a fence, then `recycle` (Recycle.swift) or `trash` (Trash.swift).
///
/// It does not own the claim: where an autoclosure in an initialiser, such as the right side of `??`, looks into a self
/// that cannot be copied before all of it is there, Swift 6.3.1 destroys what is not yet made.
private struct Leaver {
    private let pool: Pool
    private let request: ReleaseRequest
    /// With the orders of this release.
    private var lease: Lease
    /// Seconds for which the tree is kept for inspection.
    private let inspection: Int64?
    /// Neither the end of a command nor a word less takes back what its session has said before.
    let comesTooLate: Bool

    init(_ claim: borrowing SlotClaim, _ lease: Lease, _ request: ReleaseRequest) {
        pool = claim.pool
        self.request = request
        // The lease was not released before.
        let isFirst = claim.state == .leased || claim.state == .leasing
        let isSaid = claim.state == .releasing && lease.orders.work != .keep && request.isPlain
        comesTooLate = !isFirst && !request.isDryRun && (request.leavesWork || isSaid)
        inspection =
            switch request.inspection {
            case .none: nil
            case .byRule where !isFirst: nil
            case .usual, .byRule: lease.ttl ?? pool.settings.ttl
            case .seconds(let length): length
            }
        self.lease = lease
        if !isFirst { self.lease.keepUntil = nil }
        self.lease.release = Release(
            at: pool.now(), isReaped: lease.orders.isReaped, work: request.work, branchPolicy: request.branchPolicy,
            excused: request.excused, left: lease.release?.left)
    }

    mutating func leave(_ claim: inout SlotClaim) throws -> ReleaseReport {
        guard pool.isPresent(claim.record) else { return try leaveMissing(&claim) }
        if request.work == .discard, !request.isDryRun, !RemoteMounts.areBelow(claim.record.path) {
            // Before anything is judged: whatever comes later is not what the user agreed to discard.
            let work = try? pool.discardedWork(claim.record, lease, lock: claim.lockNumber).text
            lease.release?.discarded = work
        }
        let judgement = claim.judge(lease, .bothAtOnce)
        if !request.leavesWork { try refuse(judgement, claim.record) }
        if request.isDryRun { return report(claim, judgement.risks) }
        pool.faults.reach(.doneJudged)
        let saved =
            request.work == .save && judgement.findsWork
            ? try pool.save(claim.record, lease, lock: claim.lockNumber, kind: .done) : nil
        pool.faults.reach(.doneSaved)
        try end(&claim, judgement)
        return report(claim, judgement.risks, saved: saved)
    }

    /// Where the tree is kept for inspection nothing is lost, so that is never refused.
    private func refuse(_ judgement: Judgement, _ record: SlotRecord) throws {
        let standing: [Risk] =
            switch request.work {
            case .keep: inspection == nil ? judgement.risks : []
            case .save, .discard: judgement.standing(against: request.work).filter { !$0.isProcess }
            }
        guard standing.isEmpty else {
            throw PoolError.atRisk(name: lease.name, path: record.path, risks: standing)
        }
    }

    private mutating func end(_ claim: inout SlotClaim, _ judgement: Judgement) throws {
        if request.leavesWork, judgement.findsWork {
            return try pool.orphan(
                &claim, lease, as: inspection == nil ? .orphaned : .expiring,
                because: judgement.risks.map(KeptReason.risk), for: inspection)
        }
        let now = pool.now()
        let kept = lease.keepUntil.flatMap { $0 > now ? $0 - now : nil }
        let length = inspection ?? kept
        if let length {
            lease.expiresAt = now + min(length, 1 << 40)
            if request.work == .keep { lease.order(.save) }
            claim.rejoinBranch(of: &lease)
            claim.record.lease = lease
            return try claim.advance(to: .expiring, mustWrite: false)
        }
        // A process that only stands there holds the release up until it leaves, and then it is judged again.
        try letGo(&claim)
    }

    /// The rename that ends the lease; from then on its branch is others' too.
    private mutating func letGo(_ claim: inout SlotClaim) throws {
        // Where git has moved the worktree, HEAD is its user's.
        let isOurs = claim.admin.recordedTree == claim.record.path
        let branch = isOurs ? claim.branchToLeave() : nil
        if let branch { lease.release?.left = branch }
        claim.record.lease = lease
        try claim.advance(to: .releasing, mustWrite: false)
        pool.faults.reach(.doneReleased)
        if let branch, claim.isWritten { claim.leaveBranch(branch) }
    }

    private mutating func leaveMissing(_ claim: inout SlotClaim) throws -> ReleaseReport {
        if let place = whereabouts(of: claim.record) {
            guard request.leavesWork, !request.isDryRun else {
                throw PoolError.broken(name: lease.name, .elsewhere(place))
            }
            try pool.orphan(&claim, lease, because: [.elsewhere(place)])
            return report(claim, [.uninspectable(.worktree(place))], isMissing: true)
        }
        if !request.isDryRun { try letGo(&claim) }
        return report(claim, [], isMissing: true)
    }

    /// Where a missing tree may still exist, with work that nobody has looked at.
    private func whereabouts(of record: SlotRecord) -> Whereabouts? {
        if let place = pool.movedPlace(of: record) { return .moved(to: place) }
        if let moved = pool.movedTree(of: record) { return .movedUnseen(to: moved.path) }
        return request.work != .discard && pool.isFolderAway(record) ? .folderAway(record.root) : nil
    }

    private func report(
        _ claim: borrowing SlotClaim, _ risks: [Risk], saved: String? = nil, isMissing: Bool = false
    ) -> ReleaseReport {
        ReleaseReport(
            lease: lease, record: claim.record, state: claim.state, risks: risks, saved: saved, isMissing: isMissing)
    }
}
