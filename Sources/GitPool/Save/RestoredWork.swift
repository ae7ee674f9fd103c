internal import Git
internal import POSIX

/// The work of a save, laid into a clean worktree at the save's commit; all of it is read and checked before anything is
/// written.
struct RestoredWork {
    private let pool: Pool
    private let saved: Saved
    private let tree: String
    private let admin: AdminDirectory
    let git: Git

    init(_ saved: Saved, into tree: String, _ admin: AdminDirectory, _ pool: Pool) {
        (self.pool, self.saved, self.tree, self.admin) = (pool, saved, tree, admin)
        git = pool.repository.git.at(.exactly(gitDirectory: admin.path, workTree: tree))
    }

    struct Difference {
        let path: [UInt8]
        /// Of what the save has there; `000000` for nothing.
        let mode: String
        let id: String
        let wasTracked: Bool
    }

    /// What a save has otherwise than HEAD.
    func differences() throws -> [Difference] {
        let base = try git.line(["rev-parse", "HEAD"])
        return try TreeDifference.between(base, saved.id, git).map {
            try SavedState.check($0.path[...])
            return Difference(
                path: $0.path, mode: $0.new?.mode ?? "000000", id: $0.new?.id ?? "", wasTracked: $0.old != nil)
        }
    }

    func lay() throws {
        guard saved.isOfWork else { return }
        let state = try SavedState(saved, git)
        // All of it is read before anything is written: any commit can stand under `refs/pool/saved/`.
        let differences = try differences()
        let (operation, refs) = (try state.operation(), try state.privateRefs())
        let leftOut = try Set(IndexFlags(of: git).entries.filter(\.isSkipped).map(\.path))
        try layFiles(differences, state.permissions)
        pool.faults.reach(.restoreFiles)
        let laid = Set(differences.map(\.path))
        try layOut(leftOut.subtracting(state.skipped).subtracting(laid))
        // Where this worktree has a file that a sparse one had not, no flag shall hide what becomes of it.
        let skipped = state.skipped.filter { laid.contains($0) || TreeFile(tree, $0).kind == nil }
        try layIndex(state, skipping: skipped)
        pool.faults.reach(.restoreIndex)
        for (path, bytes) in operation {
            let target = Path.join(admin.path, path)
            try Files.makeDirectories(Path.parent(target) ?? admin.path, mode: 0o777)
            try Files.replace(target, bytes, mode: 0o644)
        }
        var transaction = RefTransaction("git-pool: restore")
        for (ref, id) in refs { transaction.create(ref, id) }
        try transaction.commit(in: git)
    }

    /// Whatever differs from HEAD, written as it was, past all filters. A link in the way is never walked through.
    private func layFiles(_ differences: [Difference], _ permissions: [[UInt8]: UInt32]) throws {
        // The deepest first, and what the commit has before the rest: a folder may have become a file, or the reverse.
        for wasTracked in [true, false] {
            for difference in differences.reversed() where difference.wasTracked == wasTracked {
                let folders = TreeFile.folders(difference.path)
                guard folders.allSatisfy({ TreeFile(tree, $0).kind == .directory }) else { continue }
                try TreeFile(tree, difference.path).removeWithEmptyFolders()
            }
        }
        let laid = differences.filter { $0.mode != "000000" && $0.mode != "160000" }
        var blobs = try BlobReader(laid.map(\.id), git)
        for difference in laid {
            let (path, mode) = (difference.path, difference.mode)
            for folder in TreeFile.folders(path).reversed() {
                let place = TreeFile(tree, folder)
                guard place.kind == nil || place.kind == .directory else {
                    throw PoolError.restoreBlocked(.inTheWay(path: String(decoding: folder, as: UTF8.self)))
                }
                if place.kind == nil { try place.makeDirectory() }
            }
            if mode == "120000" {
                var target: [UInt8] = []
                try blobs.next { target += $0 }
                try TreeFile(tree, path).createLink(to: target)
            } else {
                let usual: UInt32 = mode == "100755" ? 0o755 : 0o644
                try TreeFile(tree, path).create(permissions: permissions[path] ?? usual) { file in
                    try blobs.next { try file.write($0) }
                }
            }
        }
        try blobs.finish()
    }

    /// What this worktree leaves out as sparse, and the saved one did not.
    private func layOut(_ paths: Set<[UInt8]>) throws {
        guard !paths.isEmpty else { return }
        let drafting = git.with(["GIT_INDEX_FILE": draftIndex])
        try drafting.run(["-c", "core.sparseCheckout=false", "read-tree", saved.id])
        try drafting.run(["checkout-index", "-q", "-z", "--stdin"], input: Text.terminated(Array(paths)))
    }

    private var draftIndex: String { Path.join(admin.path, "index.restored") }

    /// The index is made from its listing without stat data, so that git looks at every file's content once.
    private func layIndex(_ state: SavedState, skipping skipped: [[UInt8]]) throws {
        let drafting = git.with(["GIT_INDEX_FILE": draftIndex])
        try drafting.run(["read-tree", "--empty"])
        // Such an index names a tree that git knows without an object, and git fsck misses since 2.55.
        if state.index.isEmpty { try git.run(["hash-object", "-t", "tree", "-w", "--stdin"], input: []) }
        let intents = Set(Text.records(state.intents).map { Array($0) })
        let lines = Text.records(state.index).filter { !intents.contains(Array(Text.path(afterTab: $0))) }
        try drafting.run(
            ["update-index", "-z", "--index-info"], input: Text.terminated(lines.map { Array($0) }))
        if !intents.isEmpty {
            try drafting.with(["GIT_LITERAL_PATHSPECS": "1"]).run(
                ["add", "--intent-to-add", "-f", "--pathspec-from-file=-", "--pathspec-file-nul"], input: state.intents)
        }
        for (option, paths) in [("--assume-unchanged", state.assumed), ("--skip-worktree", skipped)]
        where !paths.isEmpty {
            try drafting.run(["update-index", option, "-z", "--stdin"], input: Text.terminated(paths))
        }
        try Files.rename(draftIndex, Path.join(admin.path, "index"))
        _ = try git.attempt(["update-index", "-q", "--refresh"])
    }
}
