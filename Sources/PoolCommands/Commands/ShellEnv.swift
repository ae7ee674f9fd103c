internal import GitPool

/// `git-pool _env`: what a shell's hook calls after a change of directory; tells the shell the variables of the lease it
/// stands in, if that lease is its own, by a file of names and values. Status 1 otherwise.
enum ShellEnvCommand {
    static let syntax = Syntax(
        "_env",
        summary: "tell a shell the variables of its lease",
        forms: ["git-pool _env <pid>"],
        operands: 1...1,
        isHidden: true
    )

    static func run(_ session: Session) throws -> Int32 {
        guard let hook = ShellHook(session.environment), session.arguments.operands.first == String(hook.pid) else {
            return 1
        }
        for repository in hook.repositories {
            // Asks git nothing before there is something to tell.
            guard let known = try? Pool(lookingAt: repository, environment: session.environment),
                let slot = known.slot(at: session.directory, among: (try? known.peek()) ?? []),
                slot.state == .leased, let record = slot.record, let lease = slot.lease, hook.isHolder(lease.holder)
            else { continue }
            let pool = try Session.pool(at: repository, session.environment)
            guard let variables = session.variables(of: slot, in: pool) else { return 1 }
            let isTold = hook.tell(
                place: record.path, while: pool.recordPath(slot.number, .leased),
                values: variables.values.map { $0.name + "=" + $0.value }, withdrawn: variables.withdrawn)
            return isTold ? 0 : 1
        }
        return 1
    }
}
