/// A git version, and the one list of what needs which version.
package struct GitVersion: Comparable, Sendable {
    /// `worktree list -z`, `hook run` and `core.fsync`: with less than that nothing is begun.
    package static let oldest = GitVersion(2, 36)
    /// Hooks in the configuration, which run beside those of any `core.hooksPath`.
    package static let configuredHooks = GitVersion(2, 54)

    /// As git wrote it: `2.39.5`, `2.55.GIT`, `2.47.1.windows.2`.
    package let text: String
    private let numbers: [Int]

    private init(_ major: Int, _ minor: Int) {
        numbers = [major, minor]
        text = "\(major).\(minor)"
    }

    /// `git version 2.39.5 (Apple Git-154)`: the third word. Nil for anything else.
    package init?(line: String) {
        let words = line.split(separator: " ")
        guard words.count > 2, words[0] == "git", words[1] == "version" else { return nil }
        self.init(String(words[2]))
    }

    package init?(_ text: String) {
        let numbers = text.split(separator: ".").prefix(2).map { Int($0) }
        guard numbers.count == 2, let major = numbers[0], let minor = numbers[1] else { return nil }
        self.text = text
        self.numbers = [major, minor]
    }

    package static func < (one: GitVersion, other: GitVersion) -> Bool {
        one.numbers.lexicographicallyPrecedes(other.numbers)
    }

    package static func == (one: GitVersion, other: GitVersion) -> Bool { one.numbers == other.numbers }
}

extension Git {
    /// Asks git, which costs a child; nil if the answer is none.
    package func version() throws(GitError) -> GitVersion? { GitVersion(line: try line(["version"])) }
}
