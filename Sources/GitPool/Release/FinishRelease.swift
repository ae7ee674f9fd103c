internal import Git
internal import POSIX

/// The second half of a release: fence, judge again, then save and recycle, or back to the slot's path untouched.
extension Pool {
    /// Has the release of a slot finished; waits for a process that works on it.
    /// - Throws: `PoolError.nameHeld` where it does not come to its end now.
    func finishRelease(_ number: Int, named name: String) throws {
        // A keeper may have the slot before the process that is to go on with it: then that one is waited for.
        for _ in 0..<2 {
            guard let claim = try claim(number, waitingFor: name) else { return }
            // While we waited the slot may have become idle, and somebody else's.
            let isThatRelease = claim.state == .releasing && claim.record.lease?.name == name
            guard isThatRelease || claim.state == .leasing || claim.state == .cleaning else { return }
            guard goOn(with: claim) else { break }
        }
        if let slot = slot(number), slot.state == .releasing, let lease = slot.lease, lease.name == name,
            let summary = LeaseSummary(slot)
        {
            throw PoolError.nameHeld(name: lease.name, lease: summary)
        }
    }

    /// Goes on with a slot as `collect` does, aside: git may hang in it.
    /// - Returns: false if it was not waited for to its end.
    func goOn(with claim: consuming SlotClaim) -> Bool {
        let number = claim.number
        claim.release()
        return aside(["--collect"], [number])
    }

    /// Carries a slot in state `releasing`, `expiring`, `orphaned` or `cleaning` as far as it goes.
    func finish(_ claim: inout SlotClaim) throws {
        switch claim.state {
        case .cleaning: try finishRecycling(&claim)
        case .releasing, .expiring, .orphaned: try release(&claim)
        case .warming, .idle, .leasing, .leased, .trash, .broken: break
        }
    }

    private func release(_ claim: inout SlotClaim) throws {
        let record = claim.record
        guard let lease = record.lease else {
            try claim.advance(to: .cleaning)
            return try finishRecycling(&claim)
        }
        guard isPresent(record) else {
            guard isElsewhere(claim.slot) else { return try dropMissing(&claim, lease) }
            return try settle(&claim, Obstacle(.displaced))
        }
        // One that was killed behind the fence begins anew.
        try unfence(record)
        // The fence waits until no process is inside: the rename would move its working directory.
        if let obstacle = Obstacle(claim.judge(lease), to: lease.orders) { return try settle(&claim, obstacle) }
        // Behind the fence only git's lock keeps a plain `prune` from dropping the admin directory.
        try GitLock.lock(claim.admin, "being released")
        faults.reach(.releaseJudged)
        do { try Files.renameNoReplace(record.path, record.fencePath) } catch {
            guard error.isUnmovable else { throw error }
            return try settle(&claim, Obstacle(.unmovable(error)))
        }
        faults.reach(.fenced)
        let outcome: FencedOutcome
        do { outcome = try saveBehindFence(&claim, lease) } catch {
            try unfence(record)
            throw error
        }
        switch outcome {
        case .stands(let obstacle):
            try unfence(record)
            try settle(&claim, obstacle)
        case .goes(let judged):
            faults.reach(.releaseSaved)
            try claim.advance(to: .cleaning, mustWrite: false)
            try finishRecycling(&claim, judged)
        }
    }

    private enum FencedOutcome { case goes(JudgedFiles), stands(Obstacle) }

    /// Judges again, where nobody gets in by the slot's path any more, and saves what is to be saved.
    private func saveBehindFence(_ claim: inout SlotClaim, _ lease: Lease) throws -> FencedOutcome {
        var lease = lease
        let (fenced, lock) = (claim.record.fencePath, claim.lockNumber)
        var judgement = claim.judge(lease, at: fenced)
        if lease.orders.work == .discard {
            // `done` may have been killed long ago: what was not there when its owner said so is not thrown away.
            let work = try? discardedWork(claim.record, lease, lock: lock, at: fenced).text
            if work == nil || work != lease.orders.discarded {
                lease.order(.save)
                claim.record.lease = lease
            }
        }
        var judged = JudgedFiles.none
        if lease.orders.work != .keep, Obstacle(judgement, to: lease.orders) == nil {
            judged = try JudgedFiles(in: fenced, git(in: claim.record, at: fenced, lock: lock))
            judgement = judgement.withWriters(of: judged.paths, in: subject(claim.record, lease, at: fenced))
        }
        if let obstacle = Obstacle(judgement, to: lease.orders) { return .stands(obstacle) }
        if lease.orders.work == .save, !judgement.isClean {
            do {
                _ = try save(claim.record, lease, lock: lock, kind: .release, at: fenced)
            } catch PoolError.cannotSave(_, let reasons) {
                return .stands(Obstacle(reasons.map(KeptReason.unsavable)))
            }
        }
        return .goes(judged)
    }

    /// Work at risk keeps the slot: the living holder's as a lease, anybody else's as an orphan; one that only a process
    /// holds up stays where it is and is tried again. So does one whose session has said `done` and still runs something
    /// there (`git pool done && git switch fix`, in the tree that it has just given back): what looks like work may be a
    /// git at its work.
    private func settle(_ claim: inout SlotClaim, _ obstacle: Obstacle) throws {
        guard var lease = claim.record.lease else { return }
        var next = claim.state
        switch claim.state {
        case .releasing where lease.orders.work != .keep && obstacle.isPassing: break
        // An add that was killed told nobody its path: its holder does not have the slot.
        case .releasing where lease.release?.at != nil && verdict(of: lease) == .alive:
            if obstacle.isJudged, Obstacle(claim.judge(lease), to: lease.orders)?.hasProcess ?? true { break }
            next = .leased
            claim.rejoinBranch(of: &lease)
            lease.takeBackRelease()
        case .releasing where obstacle.isPassing: break
        case .releasing, .leased, .leasing: return try orphan(&claim, lease, because: obstacle.reasons)
        case .expiring, .orphaned, .warming, .idle, .cleaning, .trash, .broken:
            // Not now; it is looked at again in an hour, or at once by 'git pool done'.
            lease.expiresAt = max(lease.expiresAt ?? 0, now() + 3600)
        }
        lease.keptBecause = obstacle.reasons.map(\.summary)
        claim.record.lease = lease
        try claim.advance(to: next, mustWrite: false)
    }

    /// A tree that cannot be recycled now goes back to its path, unless a checkout has left it half written.
    private func finishRecycling(_ claim: inout SlotClaim, _ judged: JudgedFiles? = nil) throws {
        do { try tryRecycling(&claim, judged) } catch {
            let stuck = error as? HalfCheckout.Stuck
            let error = stuck?.cause ?? error
            if stuck == nil { try? unfence(claim.record) }
            if claim.state == .cleaning, var lease = claim.record.lease {
                lease.keptBecause = [KeptReason.notRecycled(claim.record.named(error)).summary]
                claim.record.lease = lease
                try? claim.advance(to: .cleaning, mustWrite: false)
            }
            throw error
        }
    }
}

/// What stands against a release, and keeps the slot as it is.
private struct Obstacle {
    let reasons: [KeptReason]
    /// What a judgement found, which another look may not find; none for what is no matter of judgement.
    private let standing: [Risk]

    init(_ reasons: [KeptReason]) { (self.reasons, standing) = (reasons, []) }

    init(_ reason: KeptReason) { self.init([reason]) }

    /// Nil if nothing stands against what was ordered. Else all risks are reasons, also those that would not by themselves.
    init?(_ judgement: Judgement, to orders: Release) {
        standing = judgement.standing(against: orders.work)
        guard !standing.isEmpty else { return nil }
        reasons = judgement.risks.map(KeptReason.risk)
    }

    var isJudged: Bool { !standing.isEmpty }

    /// Whether it is nothing but processes, which leave again.
    var isPassing: Bool { isJudged && standing.allSatisfy(\.isProcess) }

    /// Whether a process is there, which may change the rest.
    var hasProcess: Bool { standing.contains(where: \.isProcess) }
}
