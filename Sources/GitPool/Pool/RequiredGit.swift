internal import Git
internal import POSIX

/// Refuses to work with a git that is too old. git's version is noted beside the records, so that a warm `add` need not
/// ask for it.
extension Pool {
    /// - Throws: `PoolError.oldGit`
    package func requireGit() throws {
        guard let version = try knownGit ?? askGit(), version < .oldest else { return }
        throw PoolError.oldGit(version: version)
    }

    private var notePath: String { Path.join(directory, "git") }

    private var knownGit: GitVersion? {
        guard let mark = git.program, let bytes = try? Files.read(notePath, limit: 4096) else { return nil }
        let parts = Text.line(bytes).split(separator: " ", maxSplits: 1).map(String.init)
        return parts.count == 2 && parts[0] == mark ? GitVersion(parts[1]) : nil
    }

    private func askGit() throws -> GitVersion? {
        guard let version = try git.version() else { return nil }
        if exists, let mark = git.program { try? Files.replace(notePath, Array("\(mark) \(version.text)\n".utf8)) }
        return version
    }
}
