/// Which commits are reachable from nothing that lasts: no branch, tag, remote-tracking ref or save.
///
/// `--not --all` would be wrong here: it also counts the HEAD of the worktree in question.
package struct Reachability: Sendable {
    private let git: Git

    package init(_ git: Git) { self.git = git }

    /// `--exclude` in front of `--branches` takes short names (git-rev-list(1)).
    private func lasting(besides refs: [String], saves: [String]) -> [String] {
        ["--not"] + refs.map { "--exclude=" + $0 } + ["--branches", "--tags", "--remotes"] + saves
    }

    private static let allSaves = ["--glob=refs/pool/saved/*"]

    /// The newest commit that only `tips` lead to.
    package func firstUnreached(from tips: [String]) throws(GitError) -> String? {
        let output = try git.run(["rev-list", "-n1"] + tips + lasting(besides: [], saves: Reachability.allSaves))
        return Text.lines(output).first
    }

    /// Those of `tips` that nothing lasting reaches, without those that another of them reaches; the branch `name` (short)
    /// counts as gone, and with it whatever symbolic ref leads there through it.
    /// - Parameter saves: those that count; all if nil.
    package func unreached(
        of tips: [String], besides name: String? = nil, counting saves: [String]? = nil
    ) throws(GitError) -> [String] {
        guard !tips.isEmpty else { return [] }
        var gone: [String] = []
        if let name { gone = try [name] + aliases(of: name) }
        let input = Array((tips.joined(separator: "\n") + "\n").utf8)
        let arguments =
            ["rev-list", "--stdin", "--parents", "--ignore-missing"]
            + lasting(besides: gone, saves: saves ?? Reachability.allSaves)
        let lines = Text.lines(try git.run(arguments, input: input)).map { $0.split(separator: " ") }
        let found = Set(lines.compactMap(\.first))
        let parents = Set(lines.flatMap { $0.dropFirst() })
        return tips.filter { found.contains($0[...]) && !parents.contains($0[...]) }.uniqued()
    }

    private func aliases(of branch: String) throws(GitError) -> [String] {
        let lines = Text.lines(try git.run(["for-each-ref", "--format=%(symref) %(refname)", "refs/heads"]))
        let start = "refs/heads/\(branch) refs/heads/"
        return lines.filter { $0.hasPrefix(start) }.map { String($0.dropFirst(start.count)) }
    }

    /// A commit of a submodule's repository that its remote-tracking refs do not have. A tag or a note keeps nothing here,
    /// it goes with the repository, and so do refs of any other name; the reflog may be all that leads to a commit.
    package func firstUnpushed() throws(GitError) -> String? {
        let words = [
            "rev-list", "-n1", "--all", "--reflog", "HEAD", "--not", "--remotes",
            "--glob=refs/pool/given/*",
        ]
        return Text.lines(try git.run(words)).first
    }
}

extension Array where Element: Hashable {
    /// Each element where it stood first.
    package func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
