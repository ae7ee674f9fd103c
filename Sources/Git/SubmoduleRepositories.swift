internal import POSIX

/// Repositories of submodules that were initialised in one worktree: they live in its admin directory.
package enum SubmoduleRepositories {
    /// How deep they are made in each other.
    package static let depth = 12

    /// In each that git-pool made: the commit that it was made at, which is no work of anybody's there.
    package static let given = "refs/pool/given/commit"

    package static func paths(in admin: AdminDirectory) -> [String] {
        search(folder(in: admin))
    }

    package static func folder(in admin: AdminDirectory) -> String { Path.join(admin.path, "modules") }

    /// Where a submodule's tree belongs, as its repository says; nil where it has none, such as after `deinit`.
    package static func workTree(of module: String, _ git: Git) throws(GitError) -> String? {
        // From outside of it: inside git wants to go to the tree first, and fails where that was moved.
        for name in ["config.worktree", "config"] {
            let file = Path.join(module, name)
            guard Files.exists(file) else { continue }
            let outcome = try git.attempt(["config", "--file", file, "--get", "core.worktree"])
            if outcome.isSuccess { return Path.normalize(Path.join(module, Text.line(outcome.output))) }
        }
        return nil
    }

    /// Submodules whose commit is another in the index than in HEAD, or checked out than in the index.
    package static func moved(_ git: Git) throws(GitError) -> [String] {
        let words = ["diff-index", "--cached", "--name-only", "-z", "--no-renames", "--ignore-submodules=none", "HEAD"]
        var moved = Set(Text.records(try git.run(words)).map { Array($0) })
        let link = Array("160000 ".utf8)
        var links: Set<[UInt8]> = []
        for record in Text.records(try git.run(["ls-files", "-s", "-z"])) where record.starts(with: link) {
            links.insert(Array(Text.path(afterTab: record)))
        }
        moved.formIntersection(links)
        // Compares the commit that is checked out and goes into no submodule.
        let dirty = ["diff-files", "--name-only", "-z", "--ignore-submodules=dirty"]
        moved.formUnion(Text.records(try git.run(dirty)).map { Array($0) }.filter(links.contains))
        return moved.map { String(decoding: $0, as: UTF8.self) }.sorted()
    }

    /// Whether a submodule's repository has a stash, or a ref that names bare files: no search of commits would find them.
    /// Tags come along with a clone, whatever they name.
    package static func hasOwnRefs(_ git: Git) throws(GitError) -> Bool {
        let format = "--format=%(objecttype) %(*objecttype) %(refname)"
        return Text.lines(try git.run(["for-each-ref", format])).contains { line in
            let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
            guard words.count == 3, !words[2].hasPrefix("refs/tags/"), !words[2].hasPrefix("refs/remotes/") else {
                return false
            }
            return words[2] == "refs/stash" || (words[0] != "commit" && words[1] != "commit")
        }
    }

    /// Whether linked worktrees hang on a submodule's repository, or may: one whose tree is not there now may come back.
    package static func mayHaveWorktrees(_ module: String) -> Bool {
        do { return try !Directory.entries(Path.join(module, "worktrees")).isEmpty } catch { return !error.isNotFound }
    }

    /// A name has as many folders as the submodule's path, as a rule; through a link nothing is searched. What cannot be
    /// looked into counts as a repository: whoever asks git about it gets an error, which is a reason to keep it.
    private static func search(_ folder: String) -> [String] {
        let names: [String]
        do { names = try Directory.entries(folder) } catch { return error.isNotFound ? [] : [folder] }
        let isRepository = names.contains("HEAD") && names.contains("objects")
        if isRepository { return [folder] + search(Path.join(folder, "modules")) }
        guard Files.isDirectory(folder) else { return [] }
        let unnamed = Directory.hasNamesOfNoText(folder) ? [folder] : []
        return unnamed + names.flatMap { search(Path.join(folder, $0)) }
    }
}
