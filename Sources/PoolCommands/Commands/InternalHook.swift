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

    static func run(_ session: Session) throws -> Int32 {
        // Our own git commands run with the user's hooks, and this is one of them.
        guard session.environment["GIT_POOL_HOOK"] == nil,
            let common = CommonDirectory.near(session.directory, session.environment),
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
