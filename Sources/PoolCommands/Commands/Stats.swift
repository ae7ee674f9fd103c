internal import GitPool

/// `git pool stats`: what the pool takes; figures that are true of now, and change nothing.
enum StatsCommand {
    static let syntax = Syntax(
        "stats",
        summary: "show what the pool takes of the disk",
        forms: ["git pool stats --disk [--json]"],
        options: [
            .flag("disk", "measure the worktrees and caches"), .flag("json", "print the figures as JSON"),
        ]
    )

    static func run(_ session: Session) throws -> Int32 {
        guard session.arguments.flag("disk") else {
            throw session.arguments.error(.other("nothing to measure: give '--disk'"))
        }
        let report = try DiskReport(of: session.openPool())
        session.answer(session.arguments.flag("json") ? DiskWords(report).json.text : DiskWords(report).text)
        return 0
    }
}
