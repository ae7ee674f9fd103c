internal import Git
internal import GitPool

/// `git pool trust`: shows the commands of `.gitpool` and agrees to exactly these; nothing runs by it.
enum TrustCommand {
    static let syntax = Syntax(
        "trust",
        summary: "agree to run the commands of '.gitpool'",
        forms: ["git pool trust [--revoke]"],
        options: [.flag("revoke", "agree to none any more")]
    )

    static func run(_ session: Session) throws -> Int32 {
        let pool = try session.openPool()
        let trust = Trust(of: pool.repository)
        if session.arguments.flag("revoke") {
            session.note(try trust.revoke() ? "no command of '.gitpool' is agreed to any more" : "nothing to revoke")
            return 0
        }
        let file = pool.settings.setup.tracked
        guard let path = file.path, file.problem == nil else {
            session.note("no '\(TrackedFile.name)' to agree to")
            return 1
        }
        for key in file.ignored {
            session.warn("'\(key)' in '\(path)' is not used: only your own configuration may set it")
        }
        guard !file.commands.isEmpty else {
            session.note("'\(path)' names no commands")
            return 0
        }
        for command in file.commands {
            try session.answer(line: "pool.\(command.key.rawValue):")
            for line in command.lines { try session.answer(line: Words.command(line)) }
        }
        try trust.record(file.commands)
        session.note("agreed to run these, until '\(path)' changes them")
        return 0
    }
}
