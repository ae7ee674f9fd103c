internal import Git
internal import GitPool
internal import POSIX

/// `git-pool _hook`: what installed git hooks call; the hook's own arguments pass through unread. It asks git nothing,
/// waits for nothing, and never fails: a checkout has its status whatever happens here.
enum InternalHookCommand {
    static let syntax = Syntax(
        "_hook",
        summary: "answer a git hook",
        forms: ["git-pool _hook <hook> [<argument>...]"],
        operands: 1...Int.max,
        stopsAtOperand: true,
        isHidden: true
    )

    /// Whether it is done by ringing the keeper, as it is wherever one runs. A checkout waits for it: `main` asks before it
    /// makes anything that only a longer answer needs.
    static func isAnswered(_ words: [String]) -> Bool {
        guard words.count > 1, words[0] == "_hook", !words[1].hasPrefix("-"), Streams.variable("GIT_POOL_HOOK") == nil,
            let directory = try? Path.workingDirectory(),
            let common = CommonDirectory.near(directory, gitDirectory: Streams.variable("GIT_DIR"))
        else { return false }
        return Pool.ringKeeper(at: common)
    }

    static func run(_ session: Session) throws -> Int32 {
        // Our own git commands run with the user's hooks, and this is one of them.
        guard session.environment["GIT_POOL_HOOK"] == nil,
            let common = CommonDirectory.near(session.directory, gitDirectory: session.environment["GIT_DIR"]),
            !Pool.ringKeeper(at: common),
            let pool = try? Pool(lookingAt: common, environment: session.environment), pool.exists,
            session.mayStartKeeper(pool)
        else { return 0 }
        // What cannot be done would be tried again by every checkout.
        let wasTried = (try? Files.status(pool.keeperLogPath)).map { $0.modified > Clock.wall() - 10 } ?? false
        if !wasTried, let slots = try? pool.peek(), pool.isAnyDue(slots) { pool.wakeKeeper() }
        return 0
    }
}
