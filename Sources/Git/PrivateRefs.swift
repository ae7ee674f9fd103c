internal import POSIX

/// Refs that belong to one worktree alone and go with it (gitglossary(7), "per-worktree refs").
package enum PrivateRefs {
    /// `refs/bisect` is told as an operation.
    package static func exist(in admin: AdminDirectory) -> Bool {
        ["refs/worktree", "refs/rewritten"].contains { hasFile(Path.join(admin.path, $0)) }
    }

    /// Whether refs are kept, where each is a file of its own: such refs are never packed.
    package static func areFiles(in admin: AdminDirectory) -> Bool {
        exist(in: admin) || hasFile(Path.join(admin.path, "refs/bisect"))
    }

    /// Their names and ids, `refs/bisect` too.
    package static func list(_ git: Git) throws(GitError) -> [(ref: String, id: String)] {
        let format = "--format=%(objectname) %(refname)"
        let output = try git.run(["for-each-ref", format, "refs/worktree", "refs/bisect", "refs/rewritten"])
        return Text.lines(output).compactMap { line in
            let words = line.split(separator: " ", maxSplits: 1)
            return words.count == 2 ? (String(words[1]), String(words[0])) : nil
        }
    }

    private static func hasFile(_ folder: String) -> Bool {
        guard let names = try? Directory.entries(folder) else { return Files.exists(folder) }
        return names.contains { name in
            let path = Path.join(folder, name)
            return Files.isDirectory(path) ? hasFile(path) : true
        }
    }
}

/// Repositories of submodules that were initialised in one worktree: they live in its admin directory.
package enum SubmoduleRepositories {
    package static func paths(in admin: AdminDirectory) -> [String] {
        search(folder(in: admin), depth: 0)
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
            links.insert(Array(record.drop { $0 != 0x09 }.dropFirst()))
        }
        moved.formIntersection(links)
        // Compares the commit that is checked out and goes into no submodule.
        let dirty = ["diff-files", "--name-only", "-z", "--ignore-submodules=dirty"]
        moved.formUnion(Text.records(try git.run(dirty)).map { Array($0) }.filter(links.contains))
        return moved.map { String(decoding: $0, as: UTF8.self) }.sorted()
    }

    private static func search(_ folder: String, depth: Int) -> [String] {
        guard depth < 12, let names = try? Directory.entries(folder) else { return [] }
        if names.contains("HEAD"), names.contains("objects") {
            return [folder] + search(Path.join(folder, "modules"), depth: depth + 1)
        }
        return names.flatMap { search(Path.join(folder, $0), depth: depth + 1) }
    }
}
