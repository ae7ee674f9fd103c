internal import Git
internal import POSIX

/// With a git that is too old nothing is begun. What a git is, is kept beside the records under the file it was found as,
/// so that a warm `add` asks no child.
extension Pool {
    /// - Throws: `PoolError.oldGit`
    package func requireGit() throws {
        guard let version = try knownGit ?? askGit(), version < .oldest else { return }
        throw PoolError.oldGit(version: version)
    }

    private var notePath: String { Path.join(directory, "git") }

    /// The file behind the name: an update puts another one there.
    private var mark: String? {
        guard let file = try? Files.status(git.executable, followingLinks: true) else { return nil }
        return "\(file.device):\(file.inode):\(file.size):\(file.modified)"
    }

    private var knownGit: GitVersion? {
        guard let mark, let bytes = try? Files.read(notePath, limit: 4096) else { return nil }
        let parts = Text.line(bytes).split(separator: " ", maxSplits: 1).map(String.init)
        return parts.count == 2 && parts[0] == mark ? GitVersion(parts[1]) : nil
    }

    private func askGit() throws -> GitVersion? {
        guard let version = try git.version() else { return nil }
        if exists, let mark { try? Files.replace(notePath, Array("\(mark) \(version.text)\n".utf8)) }
        return version
    }
}
