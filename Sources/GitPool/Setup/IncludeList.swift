internal import Git
internal import POSIX

/// The untracked files of the main worktree that the user wants in each lease, matched by git itself.
struct IncludeList {
    private static let fileName = ".worktreeinclude"

    /// Top of the main worktree.
    let tree: String
    private let patterns: [String]
    private let file: String?
    private let ignoresCase: Bool

    /// Nil where nothing is wanted; a look for the file is all that costs.
    /// - Throws: `ConfigurationError` for a pattern that can only be meant for another place.
    init?(_ pool: Pool, in tree: String) throws {
        self.tree = tree
        patterns = pool.settings.setup.includes
        ignoresCase = pool.settings.ignoresCase
        let path = Path.join(tree, IncludeList.fileName)
        let status = try? Files.status(path)
        file = status?.kind == .file && status.map { $0.size <= 1 << 20 } == true ? path : nil
        guard !patterns.isEmpty || file != nil else { return nil }
        for pattern in patterns where IncludeList.leadsOut(pattern, tree) {
            throw ConfigurationError(key: "pool.include", value: pattern, expected: .patternInside)
        }
    }

    /// A slash at the start means the top of the worktree, as in a .gitignore. Where that file is missing and one of this
    /// very path is on the disk, the other was meant.
    private static func leadsOut(_ pattern: String, _ tree: String) -> Bool {
        guard pattern.hasPrefix("/"), pattern.split(separator: "/").count > 1 else { return pattern.hasPrefix("~/") }
        return Files.exists(pattern) && !Files.exists(tree + pattern)
    }

    /// Paths of files; repositories of their own are listed with a slash at the end, and nothing in them.
    func paths(_ pool: Pool) throws -> [[UInt8]] {
        let git = pool.git.at(.exactly(gitDirectory: pool.repository.commonDirectory, workTree: tree))
        let words =
            ["ls-files", "-o", "-i", "-z"] + patterns.map { "--exclude=" + $0 }
            + (file.map { ["--exclude-from=" + $0] } ?? []) + ["--"] + places
        return Text.records(try git.run(words)).map { Array($0) }
    }

    /// Where matches can be, so that git looks nowhere else: all patterns must be bound to the top, by a slash that is not
    /// their last character. Without that git has to walk through the whole worktree.
    private var places: [String] {
        guard !ignoresCase, var bytes = try? file.map({ try Files.read($0, limit: 1 << 20) }) ?? [] else { return [] }
        // git passes over the mark of UTF-8 at the start of such a file.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        let lines = Text.lines(bytes).filter { !$0.hasPrefix("#") && !$0.utf8.allSatisfy { $0 == 0x20 || $0 == 0x0D } }
        var places: [String] = []
        for pattern in patterns + lines where !pattern.hasPrefix("!") {
            let path = pattern.hasPrefix("/") ? pattern.dropFirst() : pattern[...]
            guard pattern.utf8.dropLast().contains(UInt8(ascii: "/")) else { return [] }
            let fixed = path.prefix { !"*?[\\ \r\t".contains($0) }
            guard !fixed.isEmpty else { return [] }
            places.append(":(top)" + fixed + "*")
        }
        return places
    }
}
