import Foundation
import Testing

/// A real repository in a scratch directory, with what a test does there.
struct Repository {
    let scratch: Scratch
    /// The main worktree, or the repository itself if it is bare.
    let path: String

    var name: String { (path as NSString).lastPathComponent }
    /// The pool's root as the contract has it by default.
    var root: String { "\(path.hasSuffix(".git") ? String(path.dropLast(4)) : path).pool" }
    var commonDirectory: String { Scratch.exists("\(path)/.git") ? "\(path)/.git" : path }
    var state: String { "\(commonDirectory)/pool" }
    /// `git worktree list`, without the main worktree.
    var linkedWorktrees: [String] {
        get throws {
            try git("worktree", "list", "--porcelain").lines
                .filter { $0.hasPrefix("worktree ") }.map { String($0.dropFirst(9)) }.filter { $0 != path }
        }
    }
    /// The files of slot records, such as `1.leased`.
    var records: [String] { scratch.entries("\(state)/slots").filter { !$0.hasSuffix(".lock") } }

    func slot(_ number: Int) -> String { "\(root)/\(name)-\(number)" }

    // MARK: - git

    @discardableResult
    func git(
        _ arguments: String..., in directory: String? = nil, env: [String: String?] = [:],
        at location: SourceLocation = #_sourceLocation
    ) throws -> Outcome {
        try scratch.run(["git"] + arguments, in: directory ?? path, env: env, at: location).ok(at: location)
    }

    /// The object id of a revision, nil if there is none.
    func tip(_ revision: String, in directory: String? = nil) throws -> String? {
        let outcome = try scratch.run(
            ["git", "rev-parse", "-q", "--verify", "\(revision)^{commit}"], in: directory ?? path)
        return outcome.status == 0 ? outcome.line : nil
    }

    /// A submodule with one commit, in a commit of its own. Gives the submodule's repository here.
    @discardableResult
    func addSubmodule(at place: String = "library") throws -> Repository {
        let library = Repository(scratch: scratch, path: try scratch.directory("library"))
        try library.git("init", "-q")
        try library.commit("library", ["a.txt": "one\n"])
        try git("-c", "protocol.file.allow=always", "submodule", "-q", "add", library.path, place)
        try commit("submodule")
        return Repository(scratch: scratch, path: "\(path)/\(place)")
    }

    /// Writes files, adds them and commits; the moment is always the same. Gives the commit.
    @discardableResult
    func commit(
        _ message: String, _ files: [String: String] = [:], in directory: String? = nil,
        at location: SourceLocation = #_sourceLocation
    ) throws -> String {
        let place = directory ?? path
        for (name, text) in files { try scratch.write("\(place)/\(name)", text) }
        try git("add", "-A", in: place, at: location)
        try git("commit", "-q", "--allow-empty", "-m", message, in: place, env: Repository.moment, at: location)
        return try git("rev-parse", "HEAD", in: place, at: location).line
    }

    /// A setting of the main worktree's own, which git copies: slots are made by `git worktree add`.
    func leaveWorktreesToGit() throws {
        try git("config", "extensions.worktreeConfig", "true")
        try git("config", "--worktree", "advice.detachedHead", "false")
    }

    static let moment: [String: String?] = [
        "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
    ]

    /// Whether git finds the worktree and the repository sound.
    func fsck(at location: SourceLocation = #_sourceLocation) throws {
        try git("fsck", "--no-progress", "--connectivity-only", at: location)
    }

    // MARK: - git pool

    func pool(
        _ arguments: String..., in directory: String? = nil, env: [String: String?] = [:], input: String? = nil,
        seconds: Double = 60, at location: SourceLocation = #_sourceLocation
    ) throws -> Outcome {
        try scratch.run(
            ["git", "pool"] + arguments, in: directory ?? path, env: env, input: input, seconds: seconds, at: location)
    }

    /// `git pool add` for the test's own holder, whatever its status.
    func add(
        _ arguments: String..., in directory: String? = nil, env: [String: String?] = [:], seconds: Double = 60,
        at location: SourceLocation = #_sourceLocation
    ) throws -> Outcome {
        try scratch.run(addWords(arguments), in: directory ?? path, env: env, seconds: seconds, at: location)
    }

    /// The same, beside the test.
    func startAdd(_ arguments: String..., env: [String: String?] = [:]) throws -> Background {
        try scratch.start(addWords(arguments), in: path, env: env)
    }

    /// A lease that the test needs; gives its path.
    func lease(
        _ name: String, _ options: String..., in directory: String? = nil, env: [String: String?] = [:],
        at location: SourceLocation = #_sourceLocation
    ) throws -> String {
        let outcome = try scratch.run(addWords(options + [name]), in: directory ?? path, env: env, at: location)
        let place = try outcome.ok(at: location).line
        try #require(Scratch.exists("\(place)/.git"), "no worktree: \(outcome)", sourceLocation: location)
        return place
    }

    private func addWords(_ arguments: [String]) throws -> [String] {
        let lasting = arguments.contains { $0 == "--no-holder" || $0.hasPrefix("--pid") }
        return ["git", "pool", "add"] + (lasting ? [] : ["--pid", try scratch.holderPid()]) + arguments
    }

    /// The elements of `list --json`.
    func slots(_ options: String..., at location: SourceLocation = #_sourceLocation) throws -> [[String: Any]] {
        let outcome = try scratch.run(["git", "pool", "list", "--json"] + options, in: path, at: location)
        let slots = try outcome.object(at: location)["slots"] as? [[String: Any]]
        return try #require(slots, "no slots in \(outcome)", sourceLocation: location)
    }

    /// The element of `list --json` whose lease has this name.
    func slot(named name: String, at location: SourceLocation = #_sourceLocation) throws -> [String: Any]? {
        try slots(at: location).first { $0["name"] as? String == name }
    }

    /// The names of the leases that `list` shows as leased, sorted.
    var leased: [String] {
        get throws {
            try slots().filter { $0["state"] as? String == "leased" }.compactMap { $0["name"] as? String }.sorted()
        }
    }

    /// The state that `list` shows for the slot at a path; nil if it shows no such slot.
    func state(at path: String, at location: SourceLocation = #_sourceLocation) throws -> String? {
        try slots(at: location).first { $0["path"] as? String == path }?["state"] as? String
    }

    /// Runs `gc` until the slot at `path` is in `state`: what a release leaves to the background, done here.
    func settle(_ path: String, _ state: String = "idle", at location: SourceLocation = #_sourceLocation) throws {
        try scratch.until("\(path) is \(state)", at: location) {
            try pool("gc", at: location).ok(at: location)
            return try self.state(at: path, at: location) == state
        }
    }
}

extension Scratch {
    /// A repository on `main` with one commit of these files.
    func repository(named name: String = "repo", files: [String: String] = ["a.txt": "one\n"]) throws -> Repository {
        let repository = Repository(scratch: self, path: try directory(name))
        try repository.git("init", "-q")
        try repository.commit("first", files)
        return repository
    }

    func bareClone(of source: Repository, named name: String = "x.git") throws -> Repository {
        try git("clone", "-q", "--bare", source.path, name)
        return Repository(scratch: self, path: at(name))
    }
}
