internal import Git
internal import POSIX

/// A used slot becomes idle: nothing of the last lease is left but ignored files, and nothing is deleted that was not
/// judged first.
extension Pool {
    /// `tryRecycling`, for whoever only tells why it failed.
    func recycle(_ claim: inout SlotClaim, removes: Bool = false) throws {
        do { try tryRecycling(&claim, removes: removes) } catch let stuck as HalfCheckout.Stuck { throw stuck.cause }
    }

    /// Works behind the fence, on a slot in state `cleaning`; each step can be repeated after a crash.
    ///
    /// - Parameter judged: what was there when the tree was judged, and saved if it was to be, since it was fenced; nil after
    ///   a crash, when nobody can tell what was judged from what came to light meanwhile.
    /// - Parameter removes: the slot's time is over: once it is clean it goes.
    /// - Throws: `HalfCheckout.Stuck` where the tree is to stay behind its fence.
    func tryRecycling(_ claim: inout SlotClaim, _ judged: JudgedFiles? = nil, removes: Bool = false) throws {
        let (record, admin) = (claim.record, claim.admin)
        guard isPresent(record) else { return try dropMissing(&claim, record.lease) }
        if !Files.exists(record.fencePath) {
            if record.lease != nil {
                // Somebody could get in: it is judged from the start.
                try claim.advance(to: .releasing)
                return try finish(&claim)
            }
            // The records of a copied repository name the original's slots.
            guard admin.isLinked(to: record.path) else { return try claim.advance(to: .broken) }
            let subject = subject(record, nil, at: nil)
            guard try Occupants.scan(record.path).allSatisfy(subject.excuses) else { return }
            try fence(record)
        }
        guard admin.isLinked(to: record.fencePath, home: record.path) else {
            try unfence(record)
            return try claim.advance(to: .broken)
        }
        let git = git(in: record, at: record.fencePath, lock: claim.lockNumber)
        if var lease = record.lease {
            do { try endLease(&claim, lease, git, judged) } catch PoolError.cannotSave(_, let reasons) {
                // What a .gitignore of the lease hid is a repository of its own: the slot stays as it is, for its owner.
                try unfence(record)
                lease.order(.keep)
                return try orphan(&claim, lease, because: reasons.map(KeptReason.unsavable))
            }
        }
        let isDiscarded = judged != nil && record.lease?.orders.work == .discard
        try becomeIdle(&claim, git, removes: removes, isDiscarded: isDiscarded)
    }

    private func endLease(_ claim: inout SlotClaim, _ lease: Lease, _ git: Git, _ judged: JudgedFiles?) throws {
        let admin = claim.admin
        forgetSetup(&claim, git)
        let fate = try branchFate(lease, admin, git)
        try pin(lease, fate, admin, git)
        faults.reach(.recyclePinned)
        let parking = try parkingCommit(lease, admin, git)
        try TreeScrub(of: claim, lease, git, judged).run(to: parking)
        faults.reach(.recycleScrubbed)
        try decideBranch(fate, lease, admin, git)
        faults.reach(.recycleBranch)
        claim.record.head = parking
        claim.record.lease = nil
        claim.record.lastUsedAt = now()
        try claim.advance(to: .cleaning, mustWrite: false)
    }

    /// The tip of the branch the work was meant for, if it is there; else the commit the lease started from. A slot with
    /// submodules goes once it is clean: it waits where it stands, for another commit would leave them behind as changes.
    private func parkingCommit(_ lease: Lease, _ admin: AdminDirectory, _ git: Git) throws -> String {
        if !SubmoduleRepositories.paths(in: admin).isEmpty, let head = try headCommit(admin, git) { return head }
        guard let base = lease.base else { return lease.start }
        if RefName.shortBranch(base) != nil, let tip = knownTip(of: base) { return tip }
        return try git.resolve(base + "^{commit}") ?? lease.start
    }

    /// Idle is a slot in which nobody stands, in which nobody worked since it was scrubbed, and whose HEAD is detached at
    /// the recorded commit. What cannot be brought there without loss is an orphan, what cannot be scrubbed is trashed.
    private func becomeIdle(_ claim: inout SlotClaim, _ git: Git, removes: Bool, isDiscarded: Bool) throws {
        let (record, admin) = (claim.record, claim.admin)
        var judgement = claim.judge(nil, at: record.fencePath)
        if !judgement.isClean, !removes {
            let half = HalfCheckout(git: git, tree: record.fencePath)
            if let head = try headCommit(admin, git) { try half.takeBack(from: record.head, to: head) }
            try half.refill()
            judgement = claim.judge(nil, at: record.fencePath)
        }
        if judgement.isClean, admin.head != .detached(record.head) {
            try detach(&claim, git)
            judgement = claim.judge(nil, at: record.fencePath)
        }
        // The owner discarded the changes in its submodules, and nothing else was found behind this fence.
        if isDiscarded, !judgement.isClean, judgement.risks.allSatisfy(\.isOfSubmodule) { return try remove(&claim) }
        let isPlain = try SubmoduleRepositories.paths(in: admin).isEmpty && canWait(admin, git)
        // Deleted from behind the fence: at its path somebody could work in it again after the last look.
        let goes = removes || (settings.upkeep.strategy == .ondemand && record.useCount > 0 && !record.isAdopted)
        if judgement.isClean, goes || !isPlain { return try remove(&claim) }
        try unfence(record)
        faults.reach(.recycleUnfenced)
        if judgement.isClean {
            try GitLock.unlock(admin)
            faults.reach(.recycleUnlocked)
            return try claim.advance(to: .idle, mustWrite: false)
        }
        guard judgement.findsWork else { return }
        try orphanFound(&claim, judgement.risks)
    }

    /// Onto the recorded commit; where an ignored file is in its way there, or a filter fails, the slot waits where it
    /// stands.
    private func detach(_ claim: inout SlotClaim, _ git: Git) throws {
        let words = Git.detaching(at: claim.record.head)
        let outcome = try git.attempt(words)
        guard !outcome.isSuccess else { return }
        let failure = git.failure(words, outcome)
        guard let head = try git.resolve("HEAD^{commit}") else { throw failure }
        try HalfCheckout(git: git, tree: claim.record.fencePath).takeBack(from: claim.record.head, to: head)
        try git.run(Git.detaching(at: head))
        (claim.record.head, claim.record.base) = (head, nil)
    }

    /// A slot with another layout than the main worktree has, or that an index flag sets apart, is made anew instead.
    private func canWait(_ admin: AdminDirectory, _ git: Git) throws -> Bool {
        guard hasLayout(of: repository.commonDirectory, admin) else { return false }
        // Those that a sparse checkout leaves out are flagged by git itself.
        let isOwn = hasOwnLayout(admin)
        return try IndexFlags(of: git).entries.allSatisfy { isOwn && $0.isSkipped && !$0.isAssumedUnchanged }
    }

    /// A worktree that was adopted is its user's again, with all that git ignores in it.
    private func remove(_ claim: inout SlotClaim) throws {
        guard claim.record.isAdopted else { return try trash(&claim) }
        try unfence(claim.record)
        faults.reach(.recycleUnfenced)
        try GitLock.unlock(claim.admin)
        try claim.forget()
    }
}
