internal import Git
internal import GitPool
internal import POSIX

/// The names of a repository that completions offer; whatever cannot be had is none, and nothing is said of it.
struct CompletionNames {
    private let pool: Pool

    /// One git child finds the repository; settings are not read, because they decide nothing here but groups.
    init?(_ session: Session) {
        guard let found = try? RepositorySearch.find(from: session.directory, environment: session.environment),
            let settings = try? Settings(Configuration(parsing: []))
        else { return nil }
        pool = Pool(repository: found, settings: settings, environment: session.environment)
    }

    func list(_ names: Completion.Names, typed: String) -> [Completion.Candidate] {
        switch names {
        case .leases: return leases.map { .init(word: $0.name, help: $0.branch ?? "detached") }
        case .sessions: return Set(leases.compactMap(\.session)).sorted().map { .init(word: $0, help: "") }
        case .saves:
            let saved = (try? Saves(pool).all()) ?? []
            return saved.map(\.name).uniqued().map { .init(word: $0, help: "") }
        case .groups:
            let configuration = try? Configuration(reading: pool.git)
            let groups = configuration.flatMap { try? Settings($0) }?.groups ?? [:]
            return groups.sorted { $0.key < $1.key }.map { .init(word: $0.key, help: "at most \($0.value)") }
        case .branches: return refs(["refs/heads/"], typed)
        case .commits: return refs(["refs/heads/", "refs/tags/", "refs/remotes/"], typed)
        case .strayWorktrees: return strayWorktrees.map { .init(word: $0, help: "") }
        }
    }

    private var leases: [Lease] { ((try? pool.peek(reading: SlotState.counted)) ?? []).compactMap(\.lease) }

    /// Names below a folder of refs: `refname:short` would look each of them up in all folders. As in git's own
    /// completion, git finds those that begin as typed, at whatever depth; a glob's letters begin no ref's name.
    private func refs(_ folders: [String], _ typed: String) -> [Completion.Candidate] {
        guard !typed.unicodeScalars.contains(where: "*?[\\".unicodeScalars.contains) else { return [] }
        let patterns = folders.flatMap { [$0 + typed + "*", $0 + typed + "*/**"] }
        let question = ["for-each-ref", "--format=%(refname:lstrip=2)"] + patterns
        return Text.lines((try? pool.git.run(question)) ?? []).map { .init(word: $0, help: "") }
    }

    /// Those that the pool does not have.
    private var strayWorktrees: [String] {
        let ours = Set(((try? pool.peek()) ?? []).compactMap { $0.record?.path })
        let all = Worktrees(of: pool.repository).adminDirectories().compactMap(\.recordedTree)
        return all.filter { !ours.contains($0) && Files.isDirectory($0) }
    }
}
