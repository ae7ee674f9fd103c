internal import Git
internal import POSIX

/// The way back of an `add` or `warm` that failed or was killed.
extension Pool {
    /// An `add` that was killed: its path was never told to anyone.
    func rollBack(_ claim: inout SlotClaim) throws {
        if let lease = claim.record.lease { try awaitBranchWriter(lease) }
        try publishPlaced(&claim)
        let record = claim.record
        if let lease = record.lease, record.admin.isEmpty || admin(record).recordedTree != record.path {
            try takeBackBranch(lease)
            faults.reach(.rolledBackBranch)
        }
        try dismantle(&claim)
    }

    /// Takes away what a failed or killed cold `add` left; nobody was ever told of it.
    func dismantle(_ claim: inout SlotClaim) throws {
        try recognise(&claim)
        let record = claim.record
        // The folder of that name may be another worktree's: only one that says it is this slot's is taken for it.
        if !record.admin.isEmpty, admin(record).recordedTree == record.path {
            // Published: from here on it is a worktree like any other, and judged like one.
            try unfence(record)
            try fillUnfilled(claim, admin(record))
            claim.record.workID = ""
            if record.lease != nil { return try releaseUnseen(&claim) }
            if claim.state == .warming, admin(record).head == .detached(record.head) {
                return try takeBackSetup(&claim, at: record.head)
            }
            try claim.advance(to: .cleaning)
            return try finish(&claim)
        }
        let isOurs = isBuilt(at: record.fencePath, record)
        let grave = Path.join(SlotRecord.trashFolder(in: record.root), record.workID)
        if isOurs {
            try Files.makeDirectories(SlotRecord.trashFolder(in: record.root))
            // A snapshot that was to take the tree's place, or the empty tree that it took the place of.
            try Directory.removeTree(grave)
            try Files.renameNoReplace(record.fencePath, grave)
            faults.reach(.dismantled)
        } else {
            // An empty one, or one with a draft of its `.git` file.
            let names = (try? Directory.entries(record.fencePath)) ?? []
            for name in names where names.count == 1 && name.hasPrefix(".git.") && name.hasSuffix(Files.draftSuffix) {
                try? Files.unlink(Path.join(record.fencePath, name))
            }
            try? Files.removeDirectory(record.fencePath)
        }
        if !record.workID.isEmpty {
            try Directory.removeTree(grave)
            try Directory.removeTree(draftAdmin(record).path)
        }
        try claim.forget()
    }

    /// Releases a lease that nobody was told of. What stands in its tree is no session's, but is saved all the same; a
    /// branch that this lease did not make, because it was killed before, is not its to delete.
    private func releaseUnseen(_ claim: inout SlotClaim) throws {
        if var lease = claim.record.lease {
            if !madeBranch(lease) { lease.branchCreatedAt = nil }
            lease.order(.save)
            lease.origin = nil
            claim.record.lease = lease
        }
        try claim.advance(to: .releasing)
        try finish(&claim)
    }

    /// A tree whose first checkout never ended has no index; what stands in its way there makes it an orphan.
    private func fillUnfilled(_ claim: borrowing SlotClaim, _ admin: AdminDirectory) throws {
        let (record, git) = (claim.record, claim.git)
        guard !Files.exists(Path.join(admin.path, "index")), admin.isLinked(to: record.path) else { return }
        try AdminScrub(admin).dropOperations()
        try git.run(["read-tree", record.lease?.start ?? record.head])
        _ = try git.attempt(["checkout-index", "-q", "-a", "-u"])
    }

    /// `git worktree add` made the worktree, and the kill came before its id was written down: the id is found again.
    private func recognise(_ claim: inout SlotClaim) throws {
        let path = claim.record.path
        guard claim.record.admin.isEmpty, let found = AdminDirectory.named(byTree: path),
            Path.parent(found.path) == worktreesDirectory, found.isLinked(to: path),
            found.lockReason.map(GitLock.isOurs) == true
        else { return }
        claim.record.admin = found.id
        try claim.advance(to: claim.state)
    }
}
