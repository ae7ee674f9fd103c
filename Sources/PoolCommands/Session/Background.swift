internal import GitPool
internal import POSIX

/// Work that is not done on the caller's time: a detached keeper does it, or, where none may start, the caller after all.
extension Session {
    /// Whether this call may leave a process behind (CLI.md, `GIT_POOL_AUTO`; DESIGN.md, `pool.keeper=auto`).
    func mayStartKeeper(_ pool: Pool) -> Bool {
        if environment["GIT_POOL_AUTO"] == "0" { return false }
        return pool.settings.startsKeeper ?? (environment["GITHUB_ACTIONS"] == nil && environment["JENKINS_URL"] == nil)
    }

    /// What every command does first: if something is due, it is begun.
    func tend(_ pool: Pool) {
        guard pool.exists, let slots = try? pool.peek(), slots.contains(where: { pool.isDue($0) }) else { return }
        goOn(pool)
    }

    /// What a command does after it left work or a new lease behind.
    func goOn(_ pool: Pool) {
        if mayStartKeeper(pool), pool.wakeKeeper() { return }
        pool.collect(.quick)
    }
}
