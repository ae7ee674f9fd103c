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
    /// - Returns: the slots as they are then.
    @discardableResult
    func tend(_ pool: Pool) throws -> [Slot] {
        let slots = try pool.peek()
        if pool.isAnyDue(slots) {
            // What a keeper should have begun by now may wait for one that was stopped.
            goOn(pool, withKeeper: !pool.isKeeperStopped)
            return try pool.peek()
        }
        // Slots that waited too long are no affair of this caller's.
        if pool.exists, mayStartKeeper(pool), Duties(pool, slots).mustEnd { pool.wakeKeeper() }
        return slots
    }

    /// What a command does after it left work or a new lease behind.
    func goOn(_ pool: Pool, withKeeper: Bool = true) {
        if withKeeper, mayStartKeeper(pool), pool.wakeKeeper() { return }
        guard environment["GIT_POOL_AUTO"] != "0" else {
            pool.collect(.quick)
            pool.foldStatistics(.quick)
            return
        }
        var pool = pool
        pool.leavesFiles = true
        pool.collect(.quick)
        pool.foldStatistics(.quick)
        if (try? pool.peek(reading: []).contains { $0.state == .trash }) == true { _ = pool.startUpkeep() }
    }
}
