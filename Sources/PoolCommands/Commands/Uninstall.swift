/// `git pool uninstall`: removes exactly what `install` put under the prefix.
enum UninstallCommand {
    static let syntax = Syntax(
        "uninstall",
        summary: "remove what install has put in place",
        forms: ["git pool uninstall [<options>]"],
        options: [.value("prefix", "dir", "remove from below this directory")]
    )

    static func run(_ session: Session) throws -> Int32 {
        let installation = try session.installation()
        guard let (removed, changed) = try installation.uninstall() else {
            session.note("nothing is installed below '\(installation.prefix)'")
            return 0
        }
        for path in removed { try session.answer(line: path) }
        for path in changed { session.warn("left in place, because it was changed since: '\(path)'") }
        return 0
    }
}
