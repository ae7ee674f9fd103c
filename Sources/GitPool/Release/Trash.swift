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
        guard judgement.findsWork else { return false }
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
    func dropAdmin(_ record: SlotRecord, lock: Int32) throws {
        let admin = admin(record)
        guard !record.admin.isEmpty, admin.recordedTree == record.path, !admin.isLinked(to: record.path) else { return }
        if !settings.hasPlainLayout || Files.exists(Path.join(admin.path, "logs/HEAD")) {
            let git = repository.git.at(.gitDirectory(admin.path)).inheriting(lock)
            try pin(record.lease ?? Lease(foundIn: record), .keeps, admin, git)
        }
        try Files.renameNoReplace(admin.path, Path.join(directory, record.workID))
    }
}
