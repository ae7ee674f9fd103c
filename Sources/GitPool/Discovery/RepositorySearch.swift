package import Git
internal import POSIX

/// Finds the one repository a command is about: git's own answer, else the only one a little way down.
package enum RepositorySearch {
    /// - Throws: `GitError` with git's own words where it refuses one; `PoolError.noRepository` or `.severalRepositories`
    ///   where it finds none, and the folders below have none or more than one.
    package static func find(from directory: String, environment: [String: String]) throws -> Repository {
        do { return try Repository(discovering: directory, environment: environment) } catch let error as GitError {
            return try lookDown(from: directory, environment, error)
        }
    }

    /// The same, with its configuration.
    ///
    /// - Parameter usesNote: whether what git has said before may be believed, and what it says now be kept.
    package static func open(
        from directory: String, environment: [String: String], usesNote: Bool = true,
        tracing: (@Sendable ([String]) -> Void)? = nil, meanwhile: () -> Void = {}
    ) throws -> (repository: Repository, configuration: Configuration) {
        let note = usesNote ? Pool.configurationNote : nil
        do {
            return try Repository.discover(
                from: directory, environment: environment, note: note, tracing: tracing,
                meanwhile: meanwhile)
        } catch let error as GitError {
            let found = try lookDown(from: directory, environment, error)
            return try Repository.discover(
                from: found.workTree ?? found.commonDirectory, environment: environment,
                note: note, tracing: tracing)
        }
    }

    /// The children of `directory`, never those of an ancestor: a sibling's repository is not ours.
    private static func lookDown(
        from directory: String, _ environment: [String: String], _ refusal: GitError
    ) throws -> Repository {
        guard refusal.message.contains("not a git repository (or any"), environment["GIT_DIR"] == nil else {
            throw refusal
        }
        let git = try Git(environment: environment, place: .directory(directory))
        let depth = Int(Text.line(try git.attempt(["config", "--get", "pool.discoverDepth"]).output)) ?? 2
        var found: [Repository] = []
        for candidate in candidates(below: directory, depth: depth) {
            let repository = try Repository(discovering: candidate, environment: environment)
            if let known = found.firstIndex(where: { $0.commonDirectory == repository.commonDirectory }) {
                // The main worktree speaks for its linked ones.
                if repository.gitDirectory == repository.commonDirectory { found[known] = repository }
            } else {
                found.append(repository)
            }
        }
        guard let only = found.first else {
            throw PoolError.noRepository(at: directory, depth: depth)
        }
        guard found.count == 1 else {
            throw PoolError.severalRepositories(
                directory: directory, found: found.map { $0.workTree ?? $0.commonDirectory }.sorted())
        }
        return only
    }

    /// Folders with a `.git` or bare repositories; hidden folders, links, and whatever lies in a repository are skipped.
    private static func candidates(below directory: String, depth: Int) -> [String] {
        guard depth > 0, let names = try? Directory.entries(directory) else { return [] }
        return names.sorted().filter { !$0.hasPrefix(".") }.flatMap { name -> [String] in
            let path = Path.join(directory, name)
            guard Files.isDirectory(path) else { return [] }
            if Files.exists(Path.join(path, ".git")) || isBare(path) { return [path] }
            return candidates(below: path, depth: depth - 1)
        }
    }

    private static func isBare(_ path: String) -> Bool {
        Files.exists(Path.join(path, "HEAD")) && Files.isDirectory(Path.join(path, "objects"))
            && Files.isDirectory(Path.join(path, "refs"))
    }
}
