internal import GitPool
internal import POSIX

/// A process of a login session may not make a cgroup, one in a scope of the user's systemd may. So this program starts
/// itself again in such a scope, with the same arguments and process id, before it has changed anything.
enum UserScope {
    /// Set for the second start; no command in a slot gets to see it.
    static let mark = "GIT_POOL_SCOPE"

    /// Returns where that cannot be had or would be of no use.
    static func enter(for plan: LimitPlan, _ session: Session) {
        let environment = session.environment
        guard plan.lacksGroup, environment[mark] == nil, let folder = environment["XDG_RUNTIME_DIR"],
            Files.exists(Path.join(folder, "systemd/private")),
            let manager = Command.find("systemd-run", in: Command.searchPath(environment)),
            let program = OwnProgram.path(environment)
        else { return }
        // Accounting makes systemd hand these controllers down to where the scope stands.
        let words = [
            "--user", "--scope", "--quiet", "--collect", "--property=MemoryAccounting=yes",
            "--property=CPUAccounting=yes", "--",
        ]
        guard answers(Command(manager, words + ["true"], environment: environment)) else { return }
        var again = environment
        again[mark] = "1"
        guard let own = try? Streams.arguments() else { return }
        try? Command(manager, words + [program] + own, environment: again).replaceProcess()
    }

    /// A manager that does not answer within three seconds is none.
    private static func answers(_ command: Command) -> Bool {
        var command = command
        (command.input, command.output, command.error) = (.null, .null, .null)
        guard let child = try? Child(starting: command) else { return false }
        var end = ProcessEnds()
        if end.hold(child.pid), (try? Readiness.wait(for: end.numbers, milliseconds: 3000))?.isEmpty ?? true {
            Signal.kill.send(to: child.pid)
        }
        return (try? child.wait()) == .exited(0)
    }
}
