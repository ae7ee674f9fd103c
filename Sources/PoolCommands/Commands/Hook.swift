internal import Git
internal import GitPool
internal import POSIX

/// `git pool hook`: puts git hooks in place or away byte for byte, or answers an agent's event.
enum HookCommand {
    static let syntax = Syntax(
        "hook",
        summary: "install git hooks or answer an event",
        forms: [
            "git pool hook (install | uninstall) [--global]",
            "git pool hook (claude-worktree-create | claude-worktree-remove)",
        ],
        options: [.flag("global", "for every repository of this user")],
        operands: 1...Int.max
    )

    static func run(_ session: Session) throws -> Int32 {
        let operands = session.arguments.operands
        if session.arguments.flag("global"), operands.first.map({ !["install", "uninstall"].contains($0) }) == true {
            throw session.arguments.error(.other("'--global' is for 'install' and 'uninstall'"))
        }
        switch operands.first {
        case "install" where operands.count == 1:
            session.note(HookWords.line(try hook(session).install()))
            return 0
        case "uninstall" where operands.count == 1:
            session.note(HookWords.line(try hook(session).uninstall()))
            return 0
        case "install", "uninstall": throw session.arguments.error(.tooManyArguments)
        case "post-checkout": return try InternalHookCommand.run(session)
        case "claude-worktree-create" where operands.count == 1: return try ClaudeWorktreeCreate.run(session)
        case "claude-worktree-remove" where operands.count == 1: return try ClaudeWorktreeRemove.run(session)
        case "claude-worktree-create", "claude-worktree-remove": throw session.arguments.error(.tooManyArguments)
        case let event: throw session.arguments.error(.other("unknown event '\(event ?? "")'"))
        }
    }

    private static func hook(_ session: Session) throws -> PostCheckoutHook {
        if session.arguments.flag("global") {
            return PostCheckoutHook(
                git: try Git(environment: session.environment, place: .directory("/")), repository: nil)
        }
        let repository = try RepositorySearch.find(from: session.directory, environment: session.environment)
        return PostCheckoutHook(git: repository.git, repository: repository)
    }
}
