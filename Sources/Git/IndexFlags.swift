internal import POSIX

/// Index entries whose changes `git status` does not look for: assume-unchanged and skip-worktree, and submodules that
/// are not there, whatever lies in their folders.
package struct IndexFlags: Sendable {
    package struct Entry: Sendable {
        package let tag: UInt8
        package let mode: String
        package let id: String
        package let path: [UInt8]

        package var isSkipped: Bool { tag == UInt8(ascii: "S") || tag == UInt8(ascii: "s") }
        /// `ls-files -v` writes the tag of an assume-unchanged entry in lower case.
        package var isAssumedUnchanged: Bool { (0x61...0x7A).contains(tag) }
    }

    /// The flagged entries only.
    package private(set) var entries: [Entry] = []
    private var submodules: [[UInt8]] = []

    package init(of git: Git) throws(GitError) {
        if let scan = IndexFlags.scan(git), !scan.hasFlags, !scan.hasLinks { return }
        for record in Text.records(try git.run(["ls-files", "-v", "-s", "-z"])) {
            // "T mode id stage TAB path"
            let words = Text.words(beforeTab: record)
            guard words.count == 4, let tag = record.first else { continue }
            let path = Array(Text.path(afterTab: record))
            let entry = Entry(tag: tag, mode: String(words[1]), id: String(words[2]), path: path)
            if entry.isSkipped || entry.isAssumedUnchanged { entries.append(entry) }
            if entry.mode == "160000" { submodules.append(entry.path) }
        }
    }

    /// As a rule there are none, which the file itself tells.
    private static func scan(_ git: Git) -> IndexScan? {
        guard case .exactly(let folder, _) = git.place, git.environment["GIT_INDEX_FILE"] == nil,
            // In one piece: it is the largest file that nearly every release reads, and what stands at its place is replaced.
            let file = try? Descriptor(opening: Path.join(folder, "index"), for: .readAtOnce),
            let size = try? Files.status(of: file).size, size <= 1 << 30,
            let bytes = try? file.bytes(at: 0, Int(size))
        else { return nil }
        return IndexScan(bytes)
    }

    /// Submodules without a repository whose folder has something in it all the same: to git it stands for the commit.
    package func occupied(in tree: String) -> [[UInt8]] {
        submodules.filter { path in
            TreeFile(tree, path + Array("/.git".utf8)).kind == nil && TreeFile(tree, path).isFolderWithEntries
        }
    }

    /// The flagged entries whose file is there and is not what the index says, told by hashing them as `git add` would.
    package func edited(in tree: String, _ git: Git) throws(GitError) -> [Entry] {
        let present = entries.filter { TreeFile(tree, $0.path).kind != nil }
        var edited: [Entry] = []
        for entry in present where entry.mode == "120000" || TreeFile(tree, entry.path).kind != .file {
            guard let link = TreeFile(tree, entry.path).linkTarget,
                Text.line(try git.run(["hash-object", "--stdin"], input: link)) == entry.id
            else {
                edited.append(entry)
                continue
            }
        }
        let files = present.filter { $0.mode != "120000" && TreeFile(tree, $0.path).kind == .file }
        guard !files.isEmpty else { return edited }
        let input = PathList.lines(files.map(\.path))
        let ids = Text.lines(try git.run(["hash-object", "--stdin-paths"], input: input))
        for (entry, id) in zip(files, ids) where id != entry.id { edited.append(entry) }
        return edited
    }
}
