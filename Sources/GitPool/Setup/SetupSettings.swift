package import Git
internal import POSIX

/// What makes a tree ready to work in: which files come along, what runs there, and when it runs again.
package struct SetupSettings: Sendable {
    /// In gitignore syntax, relative to the top of the main worktree.
    package let includes: [String]
    /// For `sh -c`, in this order.
    package let commands: [String]
    /// In gitignore syntax but for `!`; a change of such a file makes the commands run again.
    package let lockfiles: [String]
    /// What a tracked `.gitpool` had to say.
    package internal(set) var tracked = TrackedFile.none

    private static let usualLockfiles = [
        "Package.resolved", "Cargo.lock", "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock",
        "bun.lock", "bun.lockb", "deno.lock", "uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock",
        "requirements.txt", "go.sum", "go.work.sum", "Gemfile.lock", "composer.lock", "mix.lock", "pubspec.lock",
        "Podfile.lock", "gradle.lockfile", "flake.lock",
    ]

    package init(_ configuration: Configuration) throws(ConfigurationError) {
        includes = try SetupSettings.patterns(configuration, "pool.include") ?? []
        commands = SetupSettings.list(configuration, "pool.setup") ?? []
        lockfiles = try SetupSettings.patterns(configuration, "pool.lockfiles") ?? SetupSettings.usualLockfiles
    }

    /// As in git's own lists, an empty value takes back what was said before it. Nil if nothing was said.
    private static func list(_ configuration: Configuration, _ key: String) -> [String]? {
        let values = configuration.strings(key)
        return values.isEmpty ? nil : Array(values[(values.lastIndex(of: "").map { $0 + 1 } ?? 0)...])
    }

    private static func patterns(
        _ configuration: Configuration, _ key: String
    ) throws(ConfigurationError) -> [String]? {
        let patterns = list(configuration, key)
        for pattern in patterns ?? [] where pattern.split(separator: "/").contains("..") {
            throw ConfigurationError(key: key, value: pattern, expected: .patternInside)
        }
        return patterns
    }

    /// Pathspecs for the files that `lockfiles` names: a pattern without a slash is good in every folder.
    var lockfilePathspecs: [String] {
        lockfiles.map { pattern in
            let isAnchored = pattern.utf8.dropLast().contains(UInt8(ascii: "/"))
            let path = pattern.hasPrefix("/") ? String(pattern.dropFirst()) : pattern
            return ":(top,glob)" + (isAnchored ? path : "**/" + path)
        }
    }

    /// Tells other commands, or the same in another order, from these.
    var fingerprint: String {
        // Nobody gains by a collision but whoever wrote the commands.
        var fingerprint = Fingerprint()
        for command in commands { fingerprint.add((Array(command.utf8) + [0]).span) }
        return fingerprint.text
    }
}
