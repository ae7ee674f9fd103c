internal import GitPool
internal import POSIX

/// Work that the caller need not wait for: a keeper does it or, where none may start, the caller itself.
extension Session {
    /// Whether this call may leave a process behind (`GIT_POOL_AUTO`, `pool.keeper`).
    func mayStartKeeper(_ pool: Pool) -> Bool {
        if pool.isAlone { return false }
        return pool.settings.startsKeeper ?? (environment["GITHUB_ACTIONS"] == nil && environment["JENKINS_URL"] == nil)
    }

    /// What every command does first: begins whatever is due.
    /// - Returns: the slots as they are then.
    @discardableResult
    func tend(_ pool: Pool) throws -> [Slot] {
        let slots = try pool.peek()
        if pool.isAnyDue(slots) {
            // A stopped keeper cannot begin it.
            if pool.isKeeperStopped || !mayStartKeeper(pool) || !pool.wakeKeeper() {
                pool.collectAside()
                startRemoval(pool)
            }
            return try pool.peek()
        }
        // The removal of idle slots is left to a keeper.
        if pool.exists, mayStartKeeper(pool), pool.holdsWaste(slots) { pool.wakeKeeper() }
        return slots
    }

    /// What a command does after it left work or a new lease behind.
    func goOn(_ pool: Pool) {
        if mayStartKeeper(pool), pool.wakeKeeper() { return }
        var pool = pool
        pool.leavesFiles = !pool.isAlone
        pool.collectDue()
        pool.foldStatistics(.quick)
        startRemoval(pool)
    }

    private func startRemoval(_ pool: Pool) {
        guard !pool.isAlone, (try? pool.peek(reading: []).contains { $0.state == .trash }) == true else { return }
        _ = pool.startUpkeep()
    }
}
