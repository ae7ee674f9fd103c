internal import Git
internal import POSIX

/// How other commands reach the keeper: it is rung if it listens, started if not, and never waited for.
extension Pool {
    package var keeperLogPath: String { Path.join(directory, "keeper.log") }
    var keeperLockPath: String { Path.join(directory, "keeper.lock") }
    var keeperBellPath: String { Pool.keeperBellPath(in: repository.commonDirectory) }
    private static func keeperBellPath(in commonDirectory: String) -> String {
        Path.join(commonDirectory, folder + "/keeper.fifo")
    }

    /// The keeper that runs now, for those who tell.
    var keeperPID: Int32? { FileLock.holder(of: keeperLockPath) }

    /// Whether a keeper is there that can do nothing of what it is rung for.
    package var isKeeperStopped: Bool { ProcessTable.isStopped(keeperPID) }

    /// Makes a keeper look; false where none can be had, and the caller is to do what is due.
    ///
    /// To be called after a lease's record is written: a keeper that ends takes its last look, and stops listening,
    /// under the pool lock, so that it has either seen the record or is not rung any more.
    @discardableResult
    package func wakeKeeper() -> Bool {
        if ringKeeper() { return true }
        return OwnProgram.startDetached(["keeper", repository.commonDirectory], environment) != nil
    }

    /// Whether a keeper listens; if so, it looks again.
    package func ringKeeper() -> Bool { Doorbell.ring(keeperBellPath) }

    /// The same for those in a hurry, who know no more than where the repository is.
    package static func ringKeeper(at commonDirectory: String) -> Bool {
        Doorbell.ring(keeperBellPath(in: commonDirectory))
    }

    /// Whether no process may be left behind, not even one that removes files.
    package var isAlone: Bool { environment["GIT_POOL_AUTO"] == "0" }

    /// The first step of what `collect` does with a dead holder's lease.
    func endDeadLeases(_ slots: [Slot]) {
        for slot in slots where plan(slot) == .reap {
            guard var claim = try? claim(slot.number), plan(claim.slot) == .reap else { continue }
            try? beginReap(&claim)
        }
    }
}
