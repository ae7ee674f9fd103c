internal import Git
internal import POSIX

/// What a caller of `done` wants; the same for each slot it names.
package struct ReleaseRequest: Sendable {
    /// Under `keep`, work at risk refuses the release.
    package var work = Release.Work.keep
    /// Keep the tree for inspection this long (seconds) instead of recycling it at once.
    package var keepFor: Int64?
    /// As `keepFor`, with the lease's own `--ttl`, else `pool.ttl`.
    package var isKept = false
    /// As `isKept`, for a lease that was not released before.
    package var keepsByRule = false
    package var branchPolicy = Release.BranchPolicy.merged
    /// The caller and its ancestors.
    package var excused: [Bystander] = []
    package var isDryRun = false
    /// Whoever asks is ending: work at risk makes the slot an orphan instead of a refusal.
    package var leavesWork = false

    package init() {}

    /// Whether it says nothing of what is to become of work, tree and branch.
    var isPlain: Bool { work == .keep && keepFor == nil && !isKept && branchPolicy == .merged }
}

/// What `done` did with one slot.
package struct ReleaseReport: Sendable {
    package let lease: Lease
    package let record: SlotRecord
    package let state: SlotState
    package let risks: [Risk]
    package let saved: String?
    /// Whether there was no worktree to be looked at.
    package var isMissing = false
}

extension Pool {
    /// Ends a lease at its session's request: judged here, then fenced and judged again in the background.
    ///
    /// The way from there, by a keeper or the next command: `collect` (Collect.swift), `finish` (FinishRelease.swift),
    /// then `recycle` (Recycle.swift) or `trash` (Trash.swift).
    ///
    /// - Parameter expected: the lease as the caller saw it; one of the same name, or one that `--resume` took over
    ///   meanwhile, is another session's.
    /// - Returns: nil if the slot does not hold that lease any more.
    /// - Throws: `PoolError.atRisk` with nothing changed.
    package func done(_ number: Int, _ expected: Lease, _ request: ReleaseRequest) throws -> ReleaseReport? {
        guard var claim = try claim(number, waitingFor: expected.name) else { return nil }
        guard var lease = claim.record.lease, lease.id == expected.id, lease.holder == expected.holder,
            claim.state.counts
        else { return nil }
        if claim.state == .leasing, !request.isDryRun {
            try rollBack(&claim)
            return nil
        }
        var request = request
        let isFirst = claim.state == .leased || claim.state == .leasing
        // Its session has said what is to become of it: neither the end of its command nor a word less takes that back.
        let isSaid = claim.state == .releasing && lease.orders.work != .keep && request.isPlain
        if !isFirst, !request.isDryRun, request.leavesWork || isSaid { return nil }
        // A rule keeps a slot once; a second `done` releases it.
        if request.keepsByRule, isFirst { request.isKept = true }
        if !isFirst { lease.keepUntil = nil }
        lease.release = Release(
            at: now(), isReaped: lease.orders.isReaped, work: request.work, branchPolicy: request.branchPolicy,
            excused: request.excused)
        claim.record.lease = lease
        guard isPresent(claim.record) else { return try doneMissing(&claim, lease, request) }

        // Before anything is judged: whatever comes later is not what the user agreed to discard.
        if request.work == .discard, !request.isDryRun {
            let work = try? discardedWork(claim.record, lease, lock: claim.lockNumber).text
            lease.release?.discarded = work
        }
        let judgement = claim.judge(lease, .bothAtOnce)
        if !request.leavesWork { try refuse(judgement, request, lease, claim.record) }
        if request.isDryRun {
            return ReleaseReport(
                lease: lease, record: claim.record, state: claim.state, risks: judgement.risks, saved: nil)
        }
        faults.reach(.doneJudged)
        var saved: String?
        if request.work == .save { saved = try saveIfNeeded(judgement, claim.record, lease, claim.lockNumber) }
        faults.reach(.doneSaved)
        if request.isKept { request.keepFor = lease.ttl ?? settings.ttl }
        let kept = lease.keepUntil.map { $0 - now() }.flatMap { $0 > 0 ? $0 : nil }
        if request.leavesWork, judgement.risks.contains(where: { !$0.isProcess }) {
            let state: SlotState = request.keepFor == nil ? .orphaned : .expiring
            try orphan(&claim, lease, as: state, because: judgement.risks.map(KeptReason.risk), for: request.keepFor)
        } else if let length = request.keepFor ?? kept {
            lease.expiresAt = now() + min(length, 1 << 40)
            if request.work == .keep { lease.order(.save) }
            claim.record.lease = lease
            try claim.advance(to: .expiring, mustWrite: false)
        } else {
            // A process that only stands there holds the release up until it leaves, and then it is judged again.
            claim.record.lease = lease
            try claim.advance(to: .releasing, mustWrite: false)
        }
        return ReleaseReport(
            lease: claim.record.lease ?? lease, record: claim.record, state: claim.state, risks: judgement.risks,
            saved: saved)
    }

    /// `--keep` loses nothing, so it never refuses.
    private func refuse(
        _ judgement: Judgement, _ request: ReleaseRequest, _ lease: Lease, _ record: SlotRecord
    ) throws {
        let standing: [Risk] =
            switch request.work {
            case .keep: request.keepFor == nil && !request.isKept ? judgement.risks : []
            case .save: judgement.risks.filter { !$0.isHeldBySave && !$0.isProcess }
            case .discard: judgement.risks.filter { !$0.isDiscardable && !$0.isProcess }
            }
        guard !standing.isEmpty else { return }
        throw PoolError.atRisk(name: lease.name, path: record.path, risks: standing)
    }

    private func doneMissing(
        _ claim: inout SlotClaim, _ lease: Lease, _ request: ReleaseRequest
    ) throws -> ReleaseReport? {
        if let place = whereabouts(claim.record, request) {
            guard request.leavesWork, !request.isDryRun else {
                throw PoolError.broken(name: lease.name, .elsewhere(place))
            }
            try orphan(&claim, lease, because: [.elsewhere(place)], for: request.keepFor)
            return ReleaseReport(
                lease: claim.record.lease ?? lease, record: claim.record, state: .orphaned,
                risks: [.uninspectable(place.summary)], saved: nil, isMissing: true)
        }
        let report = ReleaseReport(
            lease: lease, record: claim.record, state: .releasing, risks: [], saved: nil, isMissing: true)
        if !request.isDryRun {
            try claim.advance(to: .releasing, mustWrite: false)
        }
        return report
    }
}

extension Pool {
    /// Where a missing tree may still exist, with work that nobody has looked at.
    private func whereabouts(_ record: SlotRecord, _ request: ReleaseRequest) -> Whereabouts? {
        if let place = movedPlace(of: record) { return .moved(to: place) }
        if let moved = movedTree(of: record) { return .movedUnseen(to: moved.path) }
        return request.work != .discard && isFolderAway(record) ? .folderAway(record.root) : nil
    }
}
