internal import Git
internal import POSIX

/// What a worktree holds beyond its commit, as objects in the repository: bytes as they lie on the disk, filters or not.
struct SaveContents {
    /// The worktree as a tree.
    let files: String
    /// Index, flags, permissions and operation as a tree (see `Restore` for its reading).
    let state: String
    /// Commits that the operation's files name.
    let named: [String]
    /// A tree of the files and trees that refs of the worktree alone name, so that no gc takes them; nil for none.
    let held: String?

    /// Looks at the tree and writes the objects, by drafts in `workshop`.
    /// - Throws: `PoolError.cannotSave` naming what git objects cannot hold.
    init(
        _ git: Git, _ tree: String, _ admin: AdminDirectory, _ extra: [[UInt8]], _ workshop: String, _ name: String,
        _ zeroID: String
    ) throws {
        let mounted = RemoteMounts.below(tree)
        guard mounted.isEmpty else {
            throw PoolError.cannotSave(name: name, reasons: mounted.map { .mounted(path: $0) })
        }
        let status = try WorktreeStatus(of: git, untracked: .all)
        let flags = try IndexFlags(of: git)
        let unholdable = status.entries.filter { $0.isSubmodule || $0.path.last == UInt8(ascii: "/") }
        let occupied = flags.occupied(in: tree).map { String(decoding: $0, as: UTF8.self) }
        guard unholdable.isEmpty, occupied.isEmpty else {
            throw PoolError.cannotSave(
                name: name,
                reasons: unholdable.map { .repository(path: $0.text) }
                    + occupied.map { .submoduleFolder(path: $0) })
        }
        let hidden = try flags.edited(in: tree, git).map(\.path)
        let paths = Array(Set(status.entries.map(\.path) + hidden + extra)).sorted { $0.lexicographicallyPrecedes($1) }

        let unmerged = try git.run(["ls-files", "-u", "-z"])
        let (entries, permissions) = try SaveContents.hash(paths, in: tree, git)
        files = try SaveContents.tree(
            git, from: admin, removing: paths, adding: entries, workshop + "/files", zeroID, name)
        let conflicted = Text.records(unmerged).map { Array(Text.path(afterTab: $0)) }
        let staged = try SaveContents.tree(
            git, from: admin, removing: conflicted, adding: [], workshop + "/staged", zeroID, name)

        let intents = Text.terminated(status.entries.filter(\.isIntentToAdd).map(\.path))
        let tagged = Text.terminated(flags.entries.map { [$0.tag, 0x20] + $0.path })
        let privateRefs = try PrivateRefs.list(git)
        let refs = privateRefs.map { "\($0.id) \($0.ref)\n" }.joined()
        held = try SaveContents.tree(holding: privateRefs.map(\.id).uniqued(), git)
        let texts: [(String, [UInt8])] = [
            ("index", try git.run(["ls-files", "-s", "-z"])), ("flags", tagged), ("intents", intents),
            ("permissions", permissions), ("refs", Array(refs.utf8)),
        ]
        let operation = try Operation(admin)
        named = try operation.commits(git)
        state = try SaveContents.stateTree(git, texts, operation, staged, unmerged, workshop)
    }

    /// Commits are pinned when the refs go.
    private static func tree(holding ids: [String], _ git: Git) throws -> String? {
        guard !ids.isEmpty else { return nil }
        let peeled = ids.map { $0 + "^{}\n" }.joined()
        let answers = Text.lines(
            try git.run(["cat-file", "--batch-check=%(objecttype) %(objectname)"], input: Array(peeled.utf8)))
        let lines = answers.uniqued().enumerated().compactMap { number, answer -> String? in
            if answer.hasPrefix("blob ") { return "100644 \(answer)\t\(number)\n" }
            return answer.hasPrefix("tree ") ? "040000 \(answer)\t\(number)\n" : nil
        }
        guard !lines.isEmpty else { return nil }
        return Text.line(try git.run(["mktree"], input: Array(lines.joined().utf8)))
    }

    private static func stateTree(
        _ git: Git, _ texts: [(String, [UInt8])], _ operation: Operation, _ staged: String, _ unmerged: [UInt8],
        _ workshop: String
    ) throws -> String {
        var sources: [(name: String, path: String)] = []
        for (name, bytes) in texts {
            try Files.create(workshop + "/text-" + name, bytes)
            sources.append((name, workshop + "/text-" + name))
        }
        sources += operation.files.map { ("operation/" + $0, Path.join(operation.folder, $0)) }
        let list = PathList.lines(sources.map { Array($0.path.utf8) })
        let hashing = ["hash-object", "-w", "--no-filters", "--stdin-paths"]
        let outcome = try git.attempt(hashing, input: list)
        let ids = Text.lines(outcome.output)
        guard outcome.isSuccess, ids.count == sources.count else { throw git.failure(hashing, outcome) }
        var info: [UInt8] = []
        for (source, id) in zip(sources, ids) { info += Array("100644 \(id)\t\(source.name)".utf8) + [0] }
        // Stages 1 to 3 of a conflict are in no tree; here they are, so that no gc takes them.
        for (number, record) in Text.records(unmerged).enumerated() {
            let words = Text.words(beforeTab: record)
            guard words.count == 3, words[0] != "160000" else { continue }
            info += Array("100644 \(words[1])\tunmerged/\(number)".utf8) + [0]
        }
        let drafting = git.with(["GIT_INDEX_FILE": workshop + "/state"])
        try drafting.run(["update-index", "-z", "--index-info"], input: info)
        try drafting.run(["read-tree", "--prefix=staged/", staged])
        return try drafting.line(["write-tree"])
    }

    /// A copy of the worktree's index with some paths changed, as a tree.
    private static func tree(
        _ git: Git, from admin: AdminDirectory, removing: [[UInt8]], adding: [[UInt8]], _ draft: String,
        _ zeroID: String, _ name: String
    ) throws -> String {
        let index = Path.join(admin.path, "index")
        if Files.exists(index) { try Files.create(draft, Files.read(index)) }
        let drafting = git.with(["GIT_INDEX_FILE": draft])
        let lines = Text.terminated(removing.map { Array("0 \(zeroID)\t".utf8) + $0 } + adding)
        try drafting.run(["update-index", "-z", "--index-info"], input: lines)
        let refused = try leftOut(adding, drafting)
        guard refused.isEmpty else {
            throw PoolError.cannotSave(name: name, reasons: refused.map { .refusedName(path: $0) })
        }
        return try drafting.line(["write-tree"])
    }

    /// Paths that git passes over with a word on stderr alone, such as `git~1` or `.GIT/x`.
    private static func leftOut(_ lines: [[UInt8]], _ drafting: Git) throws -> [String] {
        guard !lines.isEmpty else { return [] }
        var missing = Set(lines)
        for record in Text.records(try drafting.run(["ls-files", "-s", "-z"])) { missing.remove(Array(record)) }
        return missing.map { String(decoding: Text.path(afterTab: $0[...]), as: UTF8.self) }.sorted()
    }

    /// Index lines, as `ls-files -s` has them, for the paths that are there, and the permissions of the files among them.
    private static func hash(
        _ paths: [[UInt8]], in tree: String, _ git: Git
    ) throws -> (entries: [[UInt8]], permissions: [UInt8]) {
        var entries: [[UInt8]] = []
        var permissions: [UInt8] = []
        // Below a folder that became a link stands nothing of this tree.
        let paths = paths.filter { TreeFile.folders($0).allSatisfy { TreeFile(tree, $0).kind == .directory } }
        let files = paths.filter { TreeFile(tree, $0).kind == .file }
        let input = PathList.lines(files)
        let ids = Text.lines(try git.run(["hash-object", "-w", "--no-filters", "--stdin-paths"], input: input))
        for (path, id) in zip(files, ids) {
            let mode = TreeFile(tree, path).permissions ?? 0o644
            entries.append(Array("\(mode & 0o100 == 0 ? "100644" : "100755") \(id) 0\t".utf8) + path)
            permissions += Array("\(String(mode, radix: 8)) ".utf8) + path + [0]
        }
        for path in paths {
            guard let target = TreeFile(tree, path).linkTarget else { continue }
            let id = Text.line(try git.run(["hash-object", "-w", "--no-filters", "--stdin"], input: target))
            entries.append(Array("120000 \(id) 0\t".utf8) + path)
        }
        return (entries, permissions)
    }
}
