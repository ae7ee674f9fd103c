internal import GitPool
internal import POSIX

/// `git-pool _upkeep`: started by the keeper, never by a person, for what may take its time.
enum UpkeepCommand {
    static let syntax = Syntax(
        "_upkeep",
        summary: "remove, park and make idle worktrees",
        forms: ["git-pool _upkeep [<common-dir>]"],
        operands: 0...1,
        isHidden: true
    )

    static func run(_ session: Session) throws -> Int32 {
        Priority.lower()
        let pool = try Session.pool(at: session.arguments.operands.first ?? session.directory, session.environment)
        let log = KeeperLog(pool.keeperLogPath)
        func tell(_ line: String) { log.add(Timestamp(seconds: Clock.wall()).description + " " + line) }
        do {
            try pool.upkeep { tell(KeeperWords.line(.took($0))) }
        } catch {
            tell(KeeperWords.line(.noSlot(error)))
        }
        return 0
    }
}
