internal import GitPool
internal import POSIX

/// `git-pool keeper`: started by the program itself, never by a person.
enum KeeperCommand {
    static let syntax = Syntax(
        "keeper",
        summary: "wait for holders to die and deadlines to pass",
        forms: ["git-pool keeper [<common-dir>]"],
        operands: 0...1,
        isHidden: true
    )

    static func run(_ session: Session) throws -> Int32 {
        let pool = try Session.pool(at: session.arguments.operands.first ?? session.directory, session.environment)
        guard session.mayStartKeeper(pool) else {
            pool.collect(.full)
            return 0
        }
        var keeper = Keeper(pool) { event in
            Timestamp(seconds: Clock.wall()).description + " " + KeeperWords.line(event)
        }
        try keeper.run()
        return 0
    }
}
