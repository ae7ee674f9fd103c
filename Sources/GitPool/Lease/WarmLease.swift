internal import Git
internal import POSIX

/// An idle slot becomes a lease: branch and HEAD move, and only the files that differ are touched.
extension Pool {
    /// False if the slot will not do; it is then back where it was, or kept as somebody's work.
    func move(_ claim: inout SlotClaim, _ attempt: AddAttempt, _ headStart: inout HeadStart) throws -> Bool {
        guard let lease = claim.record.lease else { return false }
        let record = claim.record
        let admin = admin(record)
        let git = git(in: record, lock: claim.lockNumber)
        guard try isAsWeLeftIt(&claim, admin, git) else { return false }

        do {
            try createBranch(lease, &headStart, lock: claim.lockNumber)
        } catch {
            try putBack(&claim)
            throw error
        }
        do {
            try GitLock.lock(admin, GitLock.leased(lease.name))
            faults.reach(.addLocked)
            // Another commit of the same tree is as good as the same.
            var stands = record.head
            guard admin.head(git) == .detached(stands) else { return try leave(&claim, lease, admin, git) }
            if record.head != lease.start, attempt.distances?[record.head] != 0 {
                try checkOut(lease.start, git)
                stands = lease.start
            }
            faults.reach(.addMoved)
            guard admin.head(git) == .detached(stands) else { return try leave(&claim, lease, admin, git) }
            try pointHead(git, lease, admin)
            faults.reach(.addHeaded)
            try fillSubmodules(record, lock: claim.lockNumber)
            try checkBranchIsOurs(lease, admin)
        } catch {
            // Whatever moved is judged and put right like any used slot; the caller is told of the first error only.
            try? takeBack(&claim, lease, admin, git)
            if let failure = error as? GitError, failure.isOverwriteRefusal { return false }
            throw error
        }
        claim.record.remember(lease, attempt, self)
        return true
    }

    /// Somebody committed here since the slot was reserved: that is theirs, and the lease gets another slot.
    private func leave(
        _ claim: inout SlotClaim, _ lease: Lease, _ admin: AdminDirectory, _ git: Git
    ) throws -> Bool {
        try takeBackBranch(lease)
        try GitLock.unlock(admin)
        claim.record.lease = nil
        try orphanIdle(&claim, judge(claim.record, nil, lock: claim.lockNumber))
        return false
    }

    /// Ignored files that a commit tracks are not overwritten: git refuses, and another slot is taken.
    private func checkOut(_ commit: String, _ git: Git) throws {
        let words = Git.detaching(at: commit)
        let outcome = try git.withoutTracesOnStandardError.attempt(words)
        guard outcome.isSuccess else { throw git.failure(words, outcome) }
        // On a full disk git reports a file it could not write on stderr only, with status 0. A filter may write there
        // too; then the tree is complete all the same.
        guard try outcome.error.isEmpty || isWhole(git) else { throw git.failure(words, outcome) }
    }

    private func isWhole(_ git: Git) throws -> Bool {
        try !WorktreeStatus(of: git).entries.contains { $0.kind != .untracked }
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

    private func takeBack(_ claim: inout SlotClaim, _ lease: Lease, _ admin: AdminDirectory, _ git: Git) throws {
        let parked = claim.record.head
        if admin.head == .detached(lease.start), lease.start != parked { try? rewrite(parked, lease.start, git) }
        _ = try git.attempt(Git.detaching(at: parked))
        try takeBackBranch(lease)
        // Not simply idle again: a file may be cut short although HEAD is back where it was.
        claim.record.lease = nil
        try claim.advance(to: .cleaning)
        try recycle(&claim)
    }

    private func putBack(_ claim: inout SlotClaim) throws {
        claim.record.lease = nil
        try claim.advance(to: .idle)
    }

    /// An idle slot is believed if its HEAD is the commit it was left at, in this boot. Else it is judged: work in it
    /// makes it an orphan, and a clean one is recycled first.
    private func isAsWeLeftIt(_ claim: inout SlotClaim, _ admin: AdminDirectory, _ git: Git) throws -> Bool {
        let record = claim.record
        // A tree that names another admin directory is left to doctor: the repository was moved or copied.
        let isOthers = AdminDirectory.named(byTree: record.path) != nil && !admin.isLinked(to: record.path)
        if !Files.exists(record.path) || !Files.exists(admin.path) || isOthers {
            try putBack(&claim)
            return false
        }
        if admin.head(git) == .detached(record.head), record.bootID == surroundings.bootID,
            admin.isLinked(to: record.path)
        {
            return true
        }
        claim.record.lease = nil
        let judgement = judge(claim.record, nil, lock: claim.lockNumber)
        if judgement.isClean {
            try claim.advance(to: .cleaning)
            try recycle(&claim)
        } else {
            try orphanIdle(&claim, judgement)
        }
        return false
    }

    /// Work in a slot that nobody had leased gets a lease of its own, so that it is shown, kept and saved like any other.
    func orphanIdle(_ claim: inout SlotClaim, _ judgement: Judgement) throws {
        var lease = Lease(foundIn: claim.record)
        lease.leasedAt = now()
        lease.releasedAt = now()
        lease.expiresAt = now() + settings.orphanTtl
        lease.keptBecause = judgement.risks.map(\.summary)
        claim.record.lease = lease
        try claim.advance(to: .orphaned)
    }
}

extension GitError {
    /// `checkout` refused to write over a file (git's text in the C locale, 2.36 to 2.55).
    var isOverwriteRefusal: Bool {
        message.contains("would be overwritten by checkout") || message.contains("would lose untracked files")
    }
}
