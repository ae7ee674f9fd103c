internal import Git
internal import POSIX

/// A new slot: its tree and admin directory are made where no other git command looks, and published by one rename.
extension Applicant {
    /// Builds the tree of a slot in state `leasing`. On an error nothing of it is left.
    ///
    /// - Returns: false where its path was taken meanwhile.
    mutating func build(_ claim: inout SlotClaim, _ lease: Lease) throws -> Bool {
        // Answered while the branch is created.
        let question = TreeQuestion(of: lease.start, pool.repository.commonGit)
        do {
            try pool.createBranch(lease, &headStart, lock: claim.lockNumber)
        } catch {
            try? pool.dismantle(&claim)
            throw error
        }
        do {
            try pool.buildTree(&claim, lease, question.answer())
            try pool.fillSubmodules(claim.record, lock: claim.lockNumber)
            try pool.checkBranchIsOurs(lease, claim.admin)
        } catch {
            // A published worktree must not lose its branch before it is judged.
            try? pool.rollBack(&claim)
            // Somebody's folder took the path meanwhile: the next look chooses a free number.
            if (error as? SystemError)?.isExisting == true, !Files.exists(claim.record.fencePath) { return false }
            throw error
        }
        claim.record.workID = ""
        return true
    }
}

extension Pool {
    /// Makes tree and admin directory of a slot that has only a record so far; without a branch HEAD is detached.
    ///
    /// - Parameter tree: of the lease's commit, where it is known.
    func buildTree(_ claim: inout SlotClaim, _ lease: Lease, _ tree: String?) throws {
        if makesPlainTrees {
            try buildUnseen(&claim, lease, tree)
        } else {
            try buildThroughGit(&claim, lease, tree)
        }
        CacheSeed(pool: self, record: claim.record, git: claim.git).run()
        faults.reach(.addSeeded)
    }

    /// Before the rename at the end no git command can see the worktree; after it, it is complete.
    ///
    /// Until then the tree stands behind its fence: at its path somebody could write files into it that git would
    /// overwrite, or a failed add delete.
    private func buildUnseen(_ claim: inout SlotClaim, _ lease: Lease, _ tree: String?) throws {
        let (path, site) = (claim.record.path, claim.record.fencePath)
        let draft = draftAdmin(claim.record)
        try draft.make(for: path, at: .detached(lease.start), lockReason: GitLock.reason(claim.record))
        faults.reach(.addDrafted)
        try Files.makeDirectory(site, mode: 0o777)
        faults.reach(.addDirectory)
        try nameAdmin(&claim, try freeID(claim.record), in: site)
        faults.reach(.addTree)
        let git = repository.git.at(.exactly(gitDirectory: draft.path, workTree: site)).inheriting(claim.lockNumber)
        try fill(claim, git, draft, lease, tree)
        faults.reach(.addPopulated)
        try pointHead(git, lease, draft)
        faults.reach(.addHeaded)
        try Files.renameNoReplace(site, path)
        faults.reach(.addPlaced)
        try publish(&claim, draft)
        faults.reach(.addPublished)
    }

    private func fill(
        _ claim: borrowing SlotClaim, _ git: Git, _ admin: AdminDirectory, _ lease: Lease, _ known: String?
    ) throws {
        let fill = Fill(
            pool: self, git: git, admin: admin, tree: claim.record.fencePath, commit: lease.start, known: known,
            root: claim.record.root, number: claim.number, workID: claim.record.workID, lock: claim.lockNumber)
        try fill.run()
    }

    /// For layouts only git knows (reftable, relative links, sparse checkouts): its own command, under the pool lock so
    /// that two of ours never meet, and without the checkout, which is the slow part.
    private func buildThroughGit(_ claim: inout SlotClaim, _ lease: Lease, _ tree: String?) throws {
        let path = claim.record.path
        do {
            let guarding = try lock()
            defer { extendLifetime(guarding) }
            let reason = GitLock.reason(claim.record)
            try repository.git.inheriting(claim.lockNumber).persist([
                "worktree", "add", "--no-checkout", "--detach", "--lock", "--reason", reason, path, lease.start,
            ])
            faults.reach(.addRegistered)
            guard let admin = AdminDirectory.named(byTree: path) else {
                throw PoolError.broken(name: lease.name, .notMade(at: path))
            }
            claim.record.admin = admin.id
            try claim.advance(to: claim.state, under: guarding)
        }
        let site = claim.record.fencePath
        try Files.renameNoReplace(path, site)
        faults.reach(.addHidden)
        guard try Directory.entries(site) == [".git"] else {
            throw PoolError.broken(name: lease.name, .contested(path))
        }
        let git = git(in: claim.record, at: site, lock: claim.lockNumber)
        try fill(claim, git, claim.admin, lease, tree)
        faults.reach(.addPopulated)
        try pointHead(git, lease, claim.admin)
        faults.reach(.addHeaded)
        try unfence(claim.record)
        faults.reach(.addPublished)
    }
}
