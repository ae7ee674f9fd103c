internal import Git
internal import POSIX

/// A finished tree becomes a worktree by one rename, which gives its admin directory its name under `worktrees/`.
extension Pool {
    /// git removes `worktrees/` when it is empty: it is made again. An id that was taken meanwhile is changed for another.
    func publish(_ claim: inout SlotClaim, _ draft: AdminDirectory) throws {
        for count in 0..<1000 {
            if count > 0 { try nameAdmin(&claim, try freeID(claim.record), in: claim.record.path) }
            for _ in 0..<20 {
                try Files.makeDirectories(worktreesDirectory, mode: 0o777)
                do {
                    return try Files.renameNoReplace(draft.path, claim.admin.path)
                } catch {
                    if error.isExisting { break }
                    guard error.isNotFound else { throw error }
                }
            }
        }
        throw noFreeID(claim.record)
    }

    /// Publishes a tree that stood at its path already when its `add` was killed: it was whole, and since then anybody
    /// may have worked in it.
    func publishPlaced(_ claim: inout SlotClaim) throws {
        guard isBuilt(at: claim.record.path, claim.record) else { return }
        try publish(&claim, draftAdmin(claim.record))
    }

    /// What becomes the admin directory of a slot that is being made.
    func draftAdmin(_ record: SlotRecord) -> AdminDirectory { AdminDirectory(Path.join(directory, record.workID)) }

    /// Whether the tree that stands there is the one that was being made for a slot, and is not published. By its id: the
    /// repository may have been moved since; what a copy's record names is the first repository's.
    func isBuilt(at tree: String, _ record: SlotRecord) -> Bool {
        guard !record.workID.isEmpty, !record.admin.isEmpty, let named = AdminDirectory.named(byTree: tree) else {
            return false
        }
        return named.id == record.admin && isOurAdmin(named) && draftAdmin(record).recordedTree == record.path
    }

    /// Writes the tree's `.git` file for an id under `worktrees/`, and the id into the record.
    func nameAdmin(_ claim: inout SlotClaim, _ id: String, in tree: String) throws {
        claim.record.admin = id
        try claim.advance(to: claim.state)
        try Files.replace(Path.join(tree, ".git"), Array(claim.admin.link.utf8), mode: 0o644)
    }

    /// A name that nothing under `worktrees/` has, numbered if need be, as git does it: a tree never names another's.
    func freeID(_ record: SlotRecord) throws -> String {
        let name = Path.name(record.path)
        for count in 0..<1000 {
            let id = count == 0 ? name : "\(name)-\(count)"
            if !Files.exists(Path.join(worktreesDirectory, id)) { return id }
        }
        throw noFreeID(record)
    }

    private func noFreeID(_ record: SlotRecord) -> PoolError {
        .broken(name: record.lease?.name ?? Path.name(record.path), .noFreeID(in: worktreesDirectory))
    }
}
