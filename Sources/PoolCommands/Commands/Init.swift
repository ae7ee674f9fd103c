internal import POSIX

/// `git pool init`: prints the shell's integration and changes nothing.
enum InitCommand {
    static let syntax = Syntax(
        "init",
        summary: "print the integration for a shell",
        forms: ["git pool init [<options>] (bash | zsh | fish)"],
        operands: 1...1
    )

    static func run(_ session: Session) throws -> Int32 {
        switch session.arguments.operands.first {
        case "bash": try session.answer(Resource.bashHook.text)
        case "zsh": try session.answer(Resource.zshHook.text)
        case "fish": try session.answer(Resource.fishHook.text)
        case let other:
            throw session.arguments.error(.other("unknown shell '\(other ?? "")': expected bash, zsh or fish"))
        }
        return 0
    }
}
