internal import Git
internal import POSIX

/// What killed commands left behind: a lock is moved aside once nobody can own it, what was to be deleted is deleted,
/// and whatever may hold work goes back to its place or stays.
extension Mending {
    /// It may be a whole index with files that were staged nowhere else: those are saved as well.
    mutating func removeLock(_ path: String, slot: Int?) throws {
        guard let slot else { return try removePoolLock(path) }
        guard let claim = try pool.claim(slot) else { return }
        let admin = claim.admin
        guard Path.parent(path) == admin.path else { return }
        let places = [pool.repository.commonDirectory, pool.mainTree, claim.record.path]
        let before = try Files.status(path)
        guard LockOwner(of: path, in: pool, places: places) == .nobody else { return }
        if before.size > 0, Path.name(path) == "index.lock" {
            let lease = claim.record.lease ?? Lease(foundIn: claim.record)
            let git = pool.git.at(.gitDirectory(admin.path)).with(["GIT_INDEX_FILE": try copyAside(path)])
            // One that was cut off is no index.
            try? SaveCommit(pool: pool, lease: lease, git: git).saveIndexAlone()
            pool.faults.reach(.mendSaved)
        }
        let now = try Files.status(path)
        guard now.inode == before.inode, now.modified == before.modified, now.size == before.size else { return }
        try moveAside(path, as: admin.id + "-" + Path.name(path), slot: slot)
    }

    private func copyAside(_ path: String) throws -> String {
        let copy = try place(aside: Path.name(path))
        try Files.create(copy, try Files.read(path))
        pool.faults.reach(.mendKept)
        return copy
    }

    /// Of all refs those of saves alone are ours; each is created once, and its lock is as good as empty.
    private mutating func removePoolLock(_ path: String) throws {
        let folder = Path.join(pool.repository.commonDirectory, "refs/pool")
        guard Path.contains(folder, path) else { return }
        let places = [pool.repository.commonDirectory, pool.mainTree] + pool.roots()
        guard LockOwner(of: path, in: pool, places: places) == .nobody else { return }
        try moveAside(path, as: Path.name(path))
    }

    mutating func mend(brokenRef ref: String) throws {
        guard pool.refFindings().contains(.brokenRef(ref)) else { return }
        let path = Path.join(pool.repository.commonDirectory, ref)
        guard let commit = try lostSave(of: ref) else { return try moveAside(path, as: Path.name(ref)) }
        _ = try copyAside(path)
        // As git writes one: it itself does not change a ref that it cannot read.
        try Files.create(path + ".lock", Array((commit + "\n").utf8), mode: 0o644)
        try Files.rename(path + ".lock", path)
        note(.foundSave(ref: ref), path)
    }

    /// Its commit names the lease, and no ref leads to it; of several the newest.
    private func lostSave(of ref: String) throws -> String? {
        guard ref.hasPrefix(Saved.folder), let lease = Path.name(ref).split(separator: "-").first else {
            return nil
        }
        let words = ["fsck", "--unreachable", "--no-reflogs", "--no-progress", "--connectivity-only"]
        // It complains of whatever else is broken, too.
        let lines = Text.lines(try pool.git.attempt(words).output)
        let mark = "unreachable commit "
        let saves = lines.filter { $0.hasPrefix(mark) }.map { String($0.dropFirst(mark.count)) }.filter { id in
            guard let text = try? pool.git.run(["cat-file", "commit", id]) else { return false }
            return Text.lines(text).contains("Pool-Lease: " + lease)
        }
        guard !saves.isEmpty else { return nil }
        return Text.lines(try pool.git.run(["rev-list", "--no-walk", "--date-order"] + saves)).first
    }

    mutating func clear(_ path: String, _ kind: Finding.Leftover) throws {
        guard pool.leftoverFindings().contains(.leftover(path: path, kind)) else { return }
        switch kind {
        case .draft: try clearDraft(path)
        case .trash: try clearTrash(path)
        case .fencedTree: try bringBack(path)
        case .keptTree, .forgottenTree: break
        }
    }

    /// Drafts of records and saves are copies; an admin directory may know commits that nothing else does.
    private mutating func clearDraft(_ path: String) throws {
        let name = Path.name(path)
        if name.hasPrefix(SlotRecord.draftPrefix) || name.hasPrefix(SlotRecord.trashPrefix) {
            let admin = AdminDirectory(path)
            try save(admin, Lease(foundAs: name))
            // A tree that it belongs to would be left without.
            if let tree = admin.recordedTree, Files.exists(tree), !pool.hasRecord(ofTree: tree) {
                return try moveAside(path, as: name)
            }
        }
        try Directory.removeTree(path)
        note(.removed(.draft), path)
    }

    /// It was judged before it came here; its `.git` file goes first, so one that has it was not on its way yet.
    private mutating func clearTrash(_ path: String) throws {
        // In a folder that was configured another pool may be at it.
        guard pool.configuredRoot == nil, !Files.exists(Path.join(path, ".git")),
            try Occupants.scan(Files.realPath(path)).isEmpty,
            Directory.firstRepository(below: path) == nil
        else { return }
        try Directory.removeTree(path)
        note(.removed(.trash), path)
    }

    /// A tree behind a fence that no record knows of goes back to where its admin directory has it.
    private mutating func bringBack(_ path: String) throws {
        guard let root = Path.parent(path) else { return }
        let home = Path.join(root, String(Path.name(path).dropFirst(SlotRecord.fencePrefix.count)))
        guard let admin = AdminDirectory.named(byTree: path), Path.parent(admin.path) == pool.worktreesDirectory,
            admin.isLinked(to: path, home: home), !Files.exists(home)
        else { return }
        try Files.renameNoReplace(path, home)
        note(.broughtBack(home), path)
    }
}

extension Pool {
    fileprivate func hasRecord(ofTree tree: String) -> Bool {
        ((try? peek()) ?? []).contains { $0.record?.path == tree }
    }
}
