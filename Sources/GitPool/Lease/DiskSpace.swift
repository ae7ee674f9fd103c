internal import Git
internal import POSIX

/// Whether the disk has room for one more tree, asked before anything of it is made.
extension Pool {
    /// - Throws: `PoolError.diskLow` if the tree of `commit` would leave less than `pool.minFree`.
    func checkSpace(for commit: String) throws {
        try checkCeiling(for: commit)
        let kept = settings.upkeep.minFree
        guard kept > 0 else { return }
        let folder = try PoolRoot.prepare(self).folder
        guard let free = Files.freeBytes(folder) else { return }
        let needed = try treeBytes(commit)
        guard free - needed < kept else { return }
        throw PoolError.diskLow(folder: folder, free: free, needed: needed, kept: kept)
    }

    /// What a cloning disk shares between the trees counts for each of them.
    private func checkCeiling(for commit: String) throws {
        guard let most = settings.limits.maxDisk else { return }
        let used = try snapshot().compactMap(\.record).reduce(0) { $0 + DiskUsage.estimate(below: $1.path) }
        let needed = try treeBytes(commit)
        guard used + needed > most else { return }
        throw PoolError.poolTooLarge(used: used, needed: needed, most: most)
    }

    /// Whether anything is to be measured before the pool grows.
    var hasDiskLimits: Bool { settings.upkeep.minFree > 0 || settings.limits.maxDisk != nil }

    /// What the files of a commit take up, in whole blocks. It never changes, so the last answer is kept.
    private func treeBytes(_ commit: String) throws -> Int64 {
        let note = Note(path: Path.join(directory, "tree-size"))
        if let last = note.words(2), last[0] == commit, let bytes = Int64(last[1]), (0...1 << 53).contains(bytes) {
            return bytes
        }
        // Where blobs are fetched when they are asked for, so would their sizes be.
        guard !settings.configuration.keys.contains("extensions.partialclone") else { return 0 }
        var bytes: Int64 = 0
        // "mode type id size TAB path", with "-" for the size of a submodule.
        for line in Text.records(try git.run(["ls-tree", "-r", "-l", "-z", "--full-tree", commit])) {
            let words = Text.words(beforeTab: line)
            guard words.count == 4, let size = Int64(words[3]) else { continue }
            bytes += (size + 4095) / 4096 * 4096
        }
        try? note.write(commit, String(bytes))
        return bytes
    }
}
