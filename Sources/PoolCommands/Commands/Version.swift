internal import GitPool

/// `git pool version`: one line, from the binary alone.
enum VersionCommand {
    static let syntax = Syntax(
        "version",
        summary: "print the version",
        forms: ["git pool version [<options>]"]
    )

    static func run(_ session: Session) throws -> Int32 {
        try session.answer(line: "git-pool version \(Version.text)")
        return 0
    }
}
