internal import Git
internal import POSIX

/// Deletes a slot: tree and admin directory are first moved aside, each on its own file system; after a crash in
/// between, the record says `trash`, and the next command goes on.
extension Pool {
    /// - Precondition: the slot was judged behind its fence, and stands there.
    func trash(_ claim: inout SlotClaim) throws {
        let record = claim.record
        guard admin(record).isLinked(to: record.fencePath, home: record.path) else {
            try unfence(record)
            return try claim.advance(to: .broken)
        }
        guard try !keepHiddenRepository(&claim) else { return }
        claim.record.workID = SlotRecord.newTrashID()
        try claim.advance(to: .trash)
        try emptyTrash(&claim, isJudged: true)
    }

    /// Goes on with a slot in state `trash`.
    ///
    /// - Parameter isJudged: whether the tree was judged since it was fenced; after a crash nobody can tell.
    func emptyTrash(_ claim: inout SlotClaim, isJudged: Bool = false) throws {
        // A full disk let only the record's name change: without an id of our own nothing could be told from the rest.
        if !claim.record.workID.hasPrefix(SlotRecord.trashPrefix) {
            claim.record.workID = SlotRecord.newTrashID()
            try claim.advance(to: .trash)
        }
        let record = claim.record
        let grave = try grave(record)
        if !record.admin.isEmpty, !Files.exists(record.fencePath), admin(record).isLinked(to: record.path) {
            try fence(record)
        }
        if !record.admin.isEmpty, admin(record).isLinked(to: record.fencePath, home: record.path) {
            guard try isJudged || isStillClean(&claim) else { return }
            try Files.renameNoReplace(record.fencePath, grave)
            faults.reach(.trashMoved)
        }
        // Without its `.git` file no git command run inside can find its way back to the repository.
        if Files.isDirectory(grave) { try? Files.unlink(Path.join(grave, ".git")) }
        try dropAdmin(record, lock: claim.lockNumber)
        faults.reach(.trashDropped)
        guard !leavesFiles else { return }
        try Directory.removeTree(grave)
        try Directory.removeTree(Path.join(directory, record.workID))
        if let cache = cacheFolder?.own(record.slot) {
            // A folder that somebody named for slots may have one of this name with files of their own.
            for plan in settings.caches.plans { try? Directory.removeTree(Path.join(cache, plan.tool)) }
            try? Files.removeDirectory(cache)
        }
        faults.reach(.trashDeleted)
        try claim.forget()
    }

    /// Since the crash anybody could go in and work there, even behind the fence: work makes the slot an orphan.
    private func isStillClean(_ claim: inout SlotClaim) throws -> Bool {
        let judgement = claim.judge(nil, at: claim.record.fencePath)
        if judgement.isClean { return try !keepHiddenRepository(&claim) }
        // Whoever only stands inside leaves again.
        if judgement.risks.allSatisfy(\.isProcess) { return false }
        try unfence(claim.record)
        try orphanFound(&claim, judgement.risks)
        return false
    }

    /// Whether a repository that git does not list, such as an ignored one, made the fenced slot an orphan.
    private func keepHiddenRepository(_ claim: inout SlotClaim) throws -> Bool {
        let record = claim.record
        let modules = SubmoduleRepositories.folder(in: admin(record))
        guard
            let found = Directory.firstRepository(below: record.fencePath, home: record.path, exceptInto: modules)
        else { return false }
        try unfence(record)
        try orphanFound(&claim, [Risk(hidden: found)])
        return true
    }

    /// Where a tree is deleted: in the root's `trash/`, or hidden beside a tree that stands among a user's own folders.
    private func grave(_ record: SlotRecord) throws -> String {
        if record.isAdopted { return Path.join(record.root, ".git-pool-" + record.workID) }
        try Files.makeDirectories(SlotRecord.trashFolder(in: record.root))
        return Path.join(SlotRecord.trashFolder(in: record.root), record.workID)
    }

    /// Takes our admin directory out of git's sight, if it says that it belongs to the slot's path. Its reflog goes with
    /// it: commits that somebody made in a slot that nobody had leased are kept first.
    private func dropAdmin(_ record: SlotRecord, lock: Int32) throws {
        let admin = admin(record)
        guard !record.admin.isEmpty, admin.recordedTree == record.path, !admin.isLinked(to: record.path) else { return }
        if !settings.hasPlainLayout || Files.exists(Path.join(admin.path, "logs/HEAD")) {
            let git = repository.git.at(.gitDirectory(admin.path)).inheriting(lock)
            try pin(record.lease ?? Lease(foundIn: record), .keeps, admin, git)
        }
        try Files.renameNoReplace(admin.path, Path.join(directory, record.workID))
    }

    /// A slot whose tree or admin directory a user removed: what is left of it is saved, then forgotten.
    func dropMissing(_ claim: inout SlotClaim, _ lease: Lease?) throws {
        let record = claim.record
        let admin = admin(record)
        if Files.exists(record.path) || Files.exists(record.fencePath) {
            if var lease = claim.record.lease {
                lease.keptBecause = [KeptReason.noAdminDirectory(path: admin.path).summary]
                claim.record.lease = lease
            }
            return try claim.advance(to: .broken)
        }
        let isOurs = !record.admin.isEmpty && admin.recordedTree == record.path
        let git = repository.git.at(.gitDirectory(isOurs ? admin.path : repository.commonDirectory))
            .inheriting(claim.lockNumber)
        // Moved away by its user: it is theirs now, and ours to unlock, unless another slot has it.
        let isOthers = try slots().contains { $0.number != record.slot && $0.record?.admin == record.admin }
        if !record.admin.isEmpty, !isOurs, !isOthers, admin.recordedTree != nil { try GitLock.unlock(admin) }
        // Whoever worked in an idle slot had no lease.
        if let lease = lease ?? (isOurs ? Lease(foundIn: record) : nil) {
            let fate = try branchFate(lease, isOurs ? admin : nil, git)
            if isOurs { try SaveCommit(pool: self, lease: lease, git: git).saveIndexAlone() }
            try pin(lease, fate, isOurs ? admin : nil, git)
            try decideBranch(fate, lease, isOurs ? admin : nil, git)
        }
        claim.record.workID = SlotRecord.newTrashID()
        try claim.advance(to: .trash, mustWrite: false)
        try dropAdmin(claim.record, lock: claim.lockNumber)
        try Directory.removeTree(Path.join(directory, claim.record.workID))
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
