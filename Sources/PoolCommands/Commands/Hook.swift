internal import Git
internal import GitPool
internal import POSIX

/// `git pool hook`: puts git hooks in place or away byte for byte, or answers an agent's event.
enum HookCommand {
    static let syntax = Syntax(
        "hook",
        summary: "install git hooks or answer an event",
        forms: ["git pool hook (install | uninstall) [--global]", "git pool hook <event> [<argument>...]"],
        options: [.flag("global", "for every repository of this user")],
        operands: 1...Int.max
    )

    static func run(_ session: Session) throws -> Int32 {
        let operands = session.arguments.operands
        switch operands.first {
        case "install" where operands.count == 1:
            session.note(HookWords.line(try hook(session).install()))
            return 0
        case "uninstall" where operands.count == 1:
            session.note(HookWords.line(try hook(session).uninstall()))
            return 0
        case "install", "uninstall": throw session.arguments.error(.tooManyArguments)
        case "post-checkout": return try InternalHookCommand.run(session)
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
