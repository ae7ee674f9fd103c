internal import Git
internal import POSIX

/// An idle slot becomes a lease: branch and HEAD move, and only the files that differ are touched.
extension Applicant {
    /// False if the slot will not do; it is then back where it was, or kept as somebody's work.
    mutating func move(_ claim: inout SlotClaim, _ lease: Lease) throws -> Bool {
        guard try pool.isAsWeLeftIt(&claim) else { return false }
        do {
            try pool.createBranch(lease, &headStart, lock: claim.lockNumber)
        } catch {
            try pool.putBack(&claim)
            throw error
        }
        let (admin, git, parked) = (claim.admin, claim.git, claim.record.head)
        do {
            try GitLock.lock(admin, GitLock.leased(lease.name))
            pool.faults.reach(.addLocked)
            guard admin.head(git) == .detached(parked) else { return try pool.leave(&claim, lease) }
            // Another commit of the same tree is as good as the same.
            let moves = parked != lease.start && distances?[parked] != 0
            if moves { try pool.checkOut(lease.start, git) }
            pool.faults.reach(.addMoved)
            guard admin.head(git) == .detached(moves ? lease.start : parked) else {
                return try pool.leave(&claim, lease)
            }
            try pool.pointHead(git, lease, admin)
            pool.faults.reach(.addHeaded)
            try pool.fillSubmodules(claim.record, lock: claim.lockNumber)
            try pool.checkBranchIsOurs(lease, admin)
        } catch {
            // Whatever moved is judged and put right like any used slot; the caller is told of the first error only.
            let hasBegun = (error as? GitError)?.isOverwriteRefusal != true
            try? pool.takeBack(&claim, lease, hasBegun: hasBegun)
            if let failure = error as? GitError, failure.isOverwriteRefusal { return false }
            throw error
        }
        return true
    }
}

extension Pool {
    /// An idle slot is believed if its HEAD is the commit it was left at, in this boot. Else it is judged: work in it
    /// makes it an orphan, and a clean one is recycled first.
    fileprivate func isAsWeLeftIt(_ claim: inout SlotClaim) throws -> Bool {
        let (record, admin) = (claim.record, claim.admin)
        // A tree that names another admin directory is left to doctor: the repository was moved or copied.
        let isOthers = AdminDirectory.named(byTree: record.path) != nil && !admin.isLinked(to: record.path)
        if !Files.exists(record.path) || !Files.exists(admin.path) || isOthers {
            try putBack(&claim)
            return false
        }
        if admin.head(claim.git) == .detached(record.head), record.bootID == surroundings.bootID,
            admin.isLinked(to: record.path)
        {
            return true
        }
        claim.record.lease = nil
        let judgement = claim.judge(nil)
        if judgement.isClean {
            try claim.advance(to: .cleaning)
            try recycle(&claim)
        } else {
            try orphanFound(&claim, judgement.risks)
        }
        return false
    }

    fileprivate func putBack(_ claim: inout SlotClaim) throws {
        claim.record.lease = nil
        try claim.advance(to: .idle)
    }

    /// Somebody committed here since the slot was reserved: that is theirs, and the lease gets another slot.
    fileprivate func leave(_ claim: inout SlotClaim, _ lease: Lease) throws -> Bool {
        try takeBackBranch(lease)
        try GitLock.unlock(claim.admin)
        claim.record.lease = nil
        try orphanFound(&claim, claim.judge(nil).risks)
        return false
    }

    /// Ignored files that a commit tracks are not overwritten: git refuses, and another slot is taken.
    fileprivate func checkOut(_ commit: String, _ git: Git) throws {
        let words = Git.detaching(at: commit) + (watch == nil ? [] : ["--progress"])
        let outcome = try git.withoutTracesOnStandardError.attempt(words) { watch?(.told($0)) }
        guard outcome.isSuccess else { throw git.failure(words, outcome) }
        // On a full disk git reports a file it could not write on stderr only, with status 0. A filter and progress are
        // written there too; then the tree is complete all the same.
        guard try outcome.error.isEmpty || isWhole(git) else { throw git.failure(words, outcome) }
    }

    private func isWhole(_ git: Git) throws -> Bool {
        try !WorktreeStatus(of: git).entries.contains { $0.kind != .untracked }
    }

    /// - Parameter hasBegun: whether git may have written anything.
    fileprivate func takeBack(_ claim: inout SlotClaim, _ lease: Lease, hasBegun: Bool) throws {
        let (git, parked) = (claim.git, claim.record.head)
        if lease.start != parked, hasBegun {
            if claim.admin.head == .detached(lease.start) {
                try? rewrite(parked, lease.start, git)
            } else {
                // Such as a partial clone's that had no way to its remote. What cannot be written now is when it is recycled.
                try? HalfCheckout(git: git, tree: claim.record.path).takeBack(from: lease.start, to: parked)
            }
        }
        _ = try git.attempt(Git.detaching(at: parked))
        try takeBackBranch(lease)
        // Not simply idle again: a file may be cut short although HEAD is back where it was.
        claim.record.lease = nil
        try claim.advance(to: .cleaning)
        try recycle(&claim)
    }

    /// Rewrites the files that an interrupted checkout may have cut short. They were unmodified before it, or git had
    /// refused.
    private func rewrite(_ parked: String, _ commit: String, _ git: Git) throws {
        let paths = try git.run(["diff-tree", "-r", "--name-only", "--no-renames", "-z", parked, commit])
        try git.run(
            [
                "--literal-pathspecs", "restore", "-q", "--source=" + parked, "--staged", "--worktree",
                "--pathspec-from-file=-", "--pathspec-file-nul",
            ], input: paths)
    }
}

extension GitError {
    /// `checkout` refused to write over a file (git's text in the C locale, 2.36 to 2.55).
    var isOverwriteRefusal: Bool {
        message.contains("would be overwritten by checkout") || message.contains("would lose untracked files")
    }
}
