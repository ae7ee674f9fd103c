internal import GitPool
internal import POSIX

/// `git-pool _upkeep`: started by the keeper, never by a person, for what may take its time or never end: of any two of
/// them each works on slots that the other has not.
enum UpkeepCommand {
    static let syntax = Syntax(
        "_upkeep",
        summary: "collect, then remove, park and make idle worktrees",
        forms: ["git-pool _upkeep [--full | --collect | --save] [--leaver <process>]... <common-dir> [<slot>...]"],
        options: [
            .flag("full", "as 'git pool gc' collects"),
            .flag("collect", "see to no idle worktree"),
            .flag("save", "only make room: save what these hold, which nobody has any more"),
            .value("leaver", "process", "a process that may stand in any of them, for it waits for this one"),
        ],
        operands: 1...Int.max,
        isHidden: true
    )

    static func run(_ session: Session) throws -> Int32 {
        let operands = session.arguments.operands
        var pool = try Session.pool(at: operands.first ?? session.directory, session.environment)
        pool.leavers = session.arguments.values("leaver").compactMap(Bystander.init(text:))
        let log = KeeperLog(pool.keeperLogPath)
        func text(_ event: Keeper.Event) -> String {
            Timestamp(seconds: Clock.wall()).description + " " + KeeperWords.line(event)
        }
        let slots = operands.dropFirst().compactMap { Int($0) }
        if session.arguments.flag("save") {
            slots.forEach(pool.makeRoom)
            return 0
        }
        let thoroughness: Pool.Thoroughness = session.arguments.flag("full") ? .full : .quick
        pool.leavesFiles = !pool.isAlone
        pool.collect(thoroughness, only: slots) { report in
            log.add(text(.took(report)), about: report)
        }
        pool.foldStatistics(thoroughness)
        if session.arguments.flag("collect") { return 0 }
        pool.leavesFiles = false
        Priority.lower()
        do {
            try pool.upkeep { log.add(text(.took($0)), about: $0) }
        } catch {
            log.addOnce(text(.noSlot(error)))
        }
        return 0
    }
}
