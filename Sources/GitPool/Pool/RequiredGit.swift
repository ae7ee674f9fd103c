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

    private var gitNote: Note { Note(path: Path.join(directory, "git")) }

    private var knownGit: GitVersion? {
        guard let mark = git.program, let words = gitNote.words(2), words[0] == mark else { return nil }
        return GitVersion(words[1])
    }

    private func askGit() throws -> GitVersion? {
        guard let version = try git.version() else { return nil }
        if exists, let mark = git.program { try? gitNote.write(mark, version.text) }
        return version
    }
}
