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

    /// For git's configuration and for hook managers. git appends another `"$@"` to a configured command: `:` takes it.
    package static let line = "command -v git-pool >/dev/null && git-pool _hook post-checkout \"$@\" || :"

    private let git: Git
    private let repository: Repository?

    /// Without a repository: for all of the user's.
    package init(git: Git, repository: Repository?) {
        self.git = git
        self.repository = repository
    }

    package func install() throws -> Change {
        if try runsConfiguredHooks() { return try configure() }
        guard let repository else { throw Refusal.needsNewerGit }
        let folder = try hooksFolder(repository)
        guard Path.contains(repository.commonDirectory, folder) else { throw Refusal.managed(folder: folder) }
        return try HookFile(folder).install()
    }

    package func uninstall() throws -> Change {
        let wasConfigured = try unconfigure()
        guard let repository, case let folder = try hooksFolder(repository),
            Path.contains(repository.commonDirectory, folder)
        else { return wasConfigured ? .removed : .none }
        let change = try HookFile(folder).uninstall()
        return change == .none && wasConfigured ? .removed : change
    }

    // MARK: - Configuration

    private var scope: String { repository == nil ? "--global" : "--local" }

    /// Hooks in the configuration run beside those of any `core.hooksPath` (git 2.54).
    private func runsConfiguredHooks() throws -> Bool {
        let words = try git.line(["version"]).split(separator: " ")
        let numbers = (words.count > 2 ? words[2] : "").split(separator: ".").compactMap { Int($0) }
        guard numbers.count >= 2 else { return false }
        return (numbers[0], numbers[1]) >= (2, 54)
    }

    private func configuredCommand() throws -> String? {
        let outcome = try git.attempt(["config", scope, "--get", "hook.git-pool.command"])
        return outcome.isSuccess ? Text.line(outcome.output) : nil
    }

    private func configure() throws -> Change {
        if let found = try configuredCommand() {
            guard found == PostCheckoutHook.line else { throw Refusal.foreignConfiguration(found) }
            return .none
        }
        try git.run(["config", scope, "hook.git-pool.command", PostCheckoutHook.line])
        try git.run(["config", scope, "hook.git-pool.event", "post-checkout"])
        return .configured
    }

    private func unconfigure() throws -> Bool {
        guard let found = try configuredCommand() else { return false }
        guard found == PostCheckoutHook.line else { throw Refusal.foreignConfiguration(found) }
        try git.run(["config", scope, "--remove-section", "hook.git-pool"])
        return true
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
