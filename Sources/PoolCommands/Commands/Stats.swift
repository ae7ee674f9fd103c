internal import GitPool
internal import POSIX

/// `git pool stats`: what the pool has, did and takes; figures that are true of now, and change nothing.
enum StatsCommand {
    static let syntax = Syntax(
        "stats",
        summary: "show how the pool is used and what it takes",
        forms: ["git pool stats [--disk] [--json | --openmetrics]"],
        options: [
            .flag("disk", "measure the worktrees and caches"), .flag("json", "print the figures as JSON"),
            .flag("openmetrics", "print the figures as OpenMetrics text"),
        ],
        exclusive: [["json", "openmetrics"]]
    )

    static func run(_ session: Session) throws -> Int32 {
        let pool = try session.openPool()
        let disk = session.arguments.flag("disk") ? try DiskReport(of: pool) : nil
        if session.arguments.flag("openmetrics") {
            try session.answer(StatsMetrics(try Statistics(of: pool), disk).text)
        } else if let disk {
            try session.answer(session.arguments.flag("json") ? DiskWords(disk).json.text : DiskWords(disk).text)
        } else if session.arguments.flag("json") {
            try session.answer(StatsWords(try Statistics(of: pool)).json(pool.settings.limits.limits).text)
        } else {
            let sparkline = Streams.columns(1).map { Sparkline(width: $0, environment: session.environment) }
            try session.answer(StatsWords(try Statistics(of: pool)).text(sparkline))
        }
        return 0
    }
}
