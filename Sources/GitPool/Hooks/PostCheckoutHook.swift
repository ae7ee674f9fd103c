package import Git
internal import POSIX

/// The post-checkout hook of a repository, or of the user: put in place without touching anybody else's, and taken away
/// without a trace. Nothing depends on it.
package struct PostCheckoutHook {
    package enum Change: Sendable, Equatable {
        case none, configured, removed
        case written(String)
        case chained(String)
        case restored(String)
    }

    package enum Refusal: Error, Equatable {
        /// `core.hooksPath` leads into the work tree or out of the repository: a hook manager's folder, or everybody's.
        case managed(folder: String)
        case edited(String)
        case inTheWay(String)
        case foreignConfiguration(String)
        case needsNewerGit
    }

    /// As `hook.<name>`.
    package static let name = "git-pool"

    /// For git's configuration and for hook managers. A main worktree without a pool costs no process (in a linked one
    /// `GIT_DIR` is set, and the pool is elsewhere). git appends another `"$@"` to a configured command: `:` takes it.
    package static let line =
        "test -f \"${GIT_DIR:-.git}/HEAD\" && ! test -e \"${GIT_DIR:-.git}/commondir\" && ! test -d \"${GIT_DIR:-.git}/pool\""
        + " || ! command -v git-pool >/dev/null || git-pool _hook post-checkout \"$@\""
        + " </dev/null >/dev/null 2>&1 || :"

    private let git: Git
    private let repository: Repository?

    /// Without a repository: for all of the user's.
    package init(git: Git, repository: Repository?) {
        self.git = git
        self.repository = repository
    }

    package func install() throws -> Change {
        if try git.version().map({ $0 >= .configuredHooks }) ?? false {
            let change = try configure()
            // Ours of the time when git was older would run beside it.
            if let folder = try ownHooksFolder() { _ = try? HookFile(folder).uninstall() }
            return change
        }
        guard let repository else { throw Refusal.needsNewerGit }
        let folder = try hooksFolder(repository)
        guard Path.contains(repository.commonDirectory, folder) else { throw Refusal.managed(folder: folder) }
        return try HookFile(folder).install()
    }

    package func uninstall() throws -> Change {
        let wasConfigured = try unconfigure()
        guard let folder = try ownHooksFolder() else { return wasConfigured ? .removed : .none }
        let change = try HookFile(folder).uninstall()
        return change == .none && wasConfigured ? .removed : change
    }

    // MARK: - Configuration

    private var scope: String { repository == nil ? "--global" : "--local" }

    private func values(_ key: String) throws -> [String] {
        let outcome = try git.attempt(["config", scope, "-z", "--get-all", "hook.\(PostCheckoutHook.name).\(key)"])
        return outcome.isSuccess ? Text.records(outcome.output).map { String(decoding: $0, as: UTF8.self) } : []
    }

    /// In this order: an event without a command is an error to git, a command without an event is not looked at.
    private func configure() throws -> Change {
        let command = try values("command").last
        if let command, command != PostCheckoutHook.line { throw Refusal.foreignConfiguration(command) }
        let isWired = try values("event").contains("post-checkout")
        if command == nil { try set("command", PostCheckoutHook.line) }
        if !isWired { try set("event", "post-checkout") }
        return command != nil && isWired ? .none : .configured
    }

    private func set(_ key: String, _ value: String) throws {
        try git.run(["config", scope, "--add", "hook.\(PostCheckoutHook.name).\(key)", value])
    }

    /// Only what `configure` wrote: whatever else the user put there (`enabled`) is the user's.
    private func unconfigure() throws -> Bool {
        guard let found = try values("command").last else { return false }
        guard found == PostCheckoutHook.line else { throw Refusal.foreignConfiguration(found) }
        for (key, value) in [("event", "post-checkout"), ("command", PostCheckoutHook.line)]
        where try values(key).contains(value) {
            let name = "hook.\(PostCheckoutHook.name).\(key)"
            try git.run(["config", scope, "--fixed-value", "--unset-all", name, value])
        }
        return true
    }

    /// Nil where hooks are kept elsewhere, which `core.hooksPath` decides.
    private func ownHooksFolder() throws -> String? {
        guard let repository, case let folder = try hooksFolder(repository),
            Path.contains(repository.commonDirectory, folder)
        else { return nil }
        return folder
    }

    /// Where git looks for hooks, which `core.hooksPath` decides.
    private func hooksFolder(_ repository: Repository) throws -> String {
        let words = ["rev-parse", "--path-format=absolute", "--git-path", "hooks"]
        let outcome = try repository.git.command(words, withHooks: true).run()
        guard outcome.isSuccess else { throw repository.git.failure(words, outcome) }
        let folder = Path.normalize(Text.line(outcome.output))
        return (try? Files.realPath(folder)) ?? folder
    }
}
