internal import POSIX

/// A submodule as a worktree's index and `.gitmodules` describe it. All of that is foreign data: a name or URL that git
/// itself would refuse is refused here too (CVE-2018-17456, CVE-2022-39253).
package struct Submodule: Sendable {
    package let path: String
    package let name: String
    /// The commit it is pinned at.
    package let commit: String
    /// As declared, perhaps relative to the repository it belongs to.
    package let url: String?
    package let isNeverUpdated: Bool

    /// Those that have both a commit and a name, and that a sparse checkout does not leave out.
    package static func all(in git: Git) throws(GitError) -> [Submodule] {
        let words = ["config", "-z", "--blob", ":.gitmodules", "--get-regexp", "^submodule\\."]
        guard try git.resolve(":.gitmodules") != nil else { return [] }
        let outcome = try git.attempt(words)
        if outcome.termination == .exited(1) { return [] }
        guard outcome.isSuccess else { throw git.failure(words, outcome) }
        let declared = Configuration(parsing: outcome.output)
        var names: [String: String] = [:]
        for key in declared.keys where key.hasPrefix("submodule.") && key.hasSuffix(".path") {
            let name = String(key.dropFirst(10).dropLast(5))
            if isName(name), let path = declared.string(key) { names[path] = name }
        }
        return Text.records(try git.run(["ls-files", "-v", "-s", "-z"])).compactMap { record in
            // "T mode id stage TAB path"
            let words = Text.words(beforeTab: record)
            guard words.count == 4, words[1] == "160000", words[3] == "0", words[0].lowercased() != "s",
                let path = String(validating: Text.path(afterTab: record), as: UTF8.self),
                let name = names[path]
            else { return nil }
            let url = declared.string("submodule.\(name).url").flatMap { isURL($0) ? $0 : nil }
            return Submodule(
                path: path, name: name, commit: String(words[2]), url: url,
                isNeverUpdated: declared.string("submodule.\(name).update") == "none")
        }
    }

    /// A name becomes folders below `modules`.
    private static func isName(_ name: String) -> Bool {
        let parts = name.utf8.split(omittingEmptySubsequences: false) { $0 == 0x2F || $0 == 0x5C }
        return !name.utf8.contains { $0 < 0x20 }
            && parts.allSatisfy { part in !part.isEmpty && ![".", ".."].contains { part.elementsEqual($0.utf8) } }
    }

    /// One that begins with a dash would be an option.
    private static func isURL(_ text: String) -> Bool {
        !text.isEmpty && !text.hasPrefix("-") && !text.utf8.contains { $0 < 0x20 }
    }

    /// The declared URL as git resolves it: `./` and `../` are relative to the URL of the repository's remote, or to the
    /// repository itself where it has none (gitmodules(5)).
    package func resolvedURL(against remote: String) -> String? {
        guard var rest = url?[...] else { return nil }
        guard rest.hasPrefix("./") || rest.hasPrefix("../") else { return url }
        var base = remote[...]
        while base.hasSuffix("/") { base = base.dropLast() }
        var separator = "/"
        while true {
            if rest.hasPrefix("./") {
                rest = rest.dropFirst(2)
            } else if rest.hasPrefix("../") {
                rest = rest.dropFirst(3)
                if let slash = base.lastIndex(of: "/") {
                    base = base[..<slash]
                } else if let colon = base.lastIndex(of: ":") {
                    base = base[..<colon]
                    separator = ":"
                } else {
                    return nil
                }
            } else {
                while rest.hasSuffix("/") { rest = rest.dropLast() }
                return base + separator + rest
            }
        }
    }
}
