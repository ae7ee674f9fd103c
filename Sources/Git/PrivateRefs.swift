internal import POSIX

/// Refs that belong to one worktree alone and go with it (gitglossary(7), "per-worktree refs").
package enum PrivateRefs {
    /// `refs/bisect` is told as an operation.
    package static func exist(in admin: AdminDirectory, _ git: Git) throws(GitError) -> Bool {
        let names = ["refs/worktree", "refs/rewritten"]
        guard admin.hasRefTables else {
            for name in names where try hasFile(Path.join(admin.path, name)) { return true }
            return false
        }
        return try !git.at(.gitDirectory(admin.path)).run(["for-each-ref", "--count=1"] + names).isEmpty
    }

    /// Whether refs are kept, where each is a file of its own: such refs are never packed.
    package static func areFiles(in admin: AdminDirectory) -> Bool {
        ["refs/worktree", "refs/rewritten", "refs/bisect"].contains {
            (try? hasFile(Path.join(admin.path, $0))) ?? true
        }
    }

    /// Where refs are in tables, what is a file of an operation elsewhere is one of these.
    package static let operations = ["CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD", "NOTES_MERGE_PARTIAL"]

    /// Their names and ids, `refs/bisect` and those of operations too.
    package static func list(_ git: Git) throws(GitError) -> [(ref: String, id: String)] {
        try list(git, ["refs/worktree", "refs/bisect", "refs/rewritten"] + (git.hasRefTables ? operations : []))
    }

    /// What git leaves behind beside them where refs are in tables, and nobody waits for.
    package static func traces(_ git: Git) throws(GitError) -> [(ref: String, id: String)] {
        git.hasRefTables ? try list(git, ["ORIG_HEAD", "AUTO_MERGE"]) : []
    }

    private static func list(_ git: Git, _ patterns: [String]) throws(GitError) -> [(ref: String, id: String)] {
        // The option came with the tables, in 2.45.
        let roots = git.hasRefTables ? ["--include-root-refs"] : []
        let output = try git.run(["for-each-ref", "--format=%(objectname) %(refname)"] + roots + patterns)
        return Text.lines(output).compactMap { line in
            let words = line.split(separator: " ", maxSplits: 1)
            return words.count == 2 ? (String(words[1]), String(words[0])) : nil
        }
    }

    /// - Throws: for a name that we could not tell git.
    private static func hasFile(_ folder: String) throws(GitError) -> Bool {
        if Directory.hasNamesOfNoText(folder) { throw .launch(.noText(folder)) }
        guard let names = try? Directory.entries(folder) else { return Files.exists(folder) }
        for name in names {
            let path = Path.join(folder, name)
            guard Files.isDirectory(path), try !hasFile(path) else { return true }
        }
        return false
    }
}
