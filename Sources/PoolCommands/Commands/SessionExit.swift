internal import GitPool
internal import POSIX

/// `git-pool _session-exit`: what a shell's exit hook calls. It leaves a process behind and returns; that one frees
/// nothing before the shell is really dead, so that a hook that fires wrongly does no harm.
enum SessionExitCommand {
    static let syntax = Syntax(
        "_session-exit",
        summary: "note that a shell is about to end",
        forms: ["git-pool _session-exit <pid> [<common-dir>...]"],
        operands: 1...Int.max,
        isHidden: true
    )

    static func run(_ session: Session) throws -> Int32 {
        guard let hook = ShellHook(session.environment), session.arguments.operands.first == String(hook.pid),
            session.environment["GIT_POOL_AUTO"] != "0"
        else { return 0 }
        let repositories = Array(session.arguments.operands.dropFirst())
        if repositories.isEmpty { detach(hook, session) } else { finish(hook, repositories, session) }
        return 0
    }

    private static func detach(_ hook: ShellHook, _ session: Session) {
        let repositories = hook.repositories
        guard !repositories.isEmpty else { return }
        OwnProgram.startDetached(
            ["_session-exit", String(hook.pid)] + repositories, session.environment,
            adding: session.environment.filter { $0.key == "GIT_POOL_SHELL" })
    }

    private static func finish(_ hook: ShellHook, _ repositories: [String], _ session: Session) {
        guard hasEnded(hook.pid, within: 10_000) else { return }
        for repository in repositories {
            guard let pool = try? Session.pool(at: repository, session.environment), pool.exists else { continue }
            // A keeper knows already.
            if !pool.ringKeeper() { pool.collectDue() }
        }
        hook.forget()
    }

    private static func hasEnded(_ pid: Int32, within milliseconds: Int64) -> Bool {
        var end = ProcessEnds()
        if end.hold(pid) {
            let ended = try? Readiness.wait(for: end.numbers, milliseconds: milliseconds)
            return ended?.isEmpty == false
        }
        // It is gone, or cannot be held by a descriptor (gVisor, old seccomp filters).
        let patience = Deadline(in: milliseconds)
        while !patience.hasPassed {
            switch ProcessTable.read(pid) {
            case .absent: return true
            case .present(let facts) where facts.hasEnded: return true
            case .present, .unknown: Clock.sleep(milliseconds: 20)
            }
        }
        return false
    }
}
