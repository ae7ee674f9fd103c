internal import Git
internal import POSIX

/// The id of a future lease, and the git process that will create its branch: it is started first, so that it is ready
/// by the time a slot is chosen.
///
/// That git starts before there is a slot, so it cannot hold the slot's lock. It holds a lock of its own, which tells
/// whoever rolls back a killed `add` whether the branch may still appear (`Pool.awaitBranchWriter`).
package struct HeadStart: ~Copyable {
    let leaseID = RandomID.make()
    var writer: RefWriter?
    private var lock: FileLock?
    private var path: String?

    /// With nothing begun.
    package init() {}

    /// For whoever will need a branch whatever comes.
    package init(in pool: Pool) { begin(in: pool) }

    /// If git cannot be started, the branch is made later in the ordinary way.
    mutating func begin(in pool: Pool) {
        let place = pool.branchLockPath(leaseID)
        guard path == nil, pool.exists, let own = HeadStart.lock(place) else { return }
        path = place
        // It waits, and not in the tree that we may stand in: whoever releases that would wait for it.
        let git = pool.repository.commonGit.inheriting(own.number)
        lock = consume own
        writer = try? RefWriter(starting: git, message: Pool.branchMessage(leaseID: leaseID))
    }

    private static func lock(_ path: String) -> FileLock? {
        // A sweep may take the file away before it is locked.
        for _ in 0..<10 {
            guard let lock = (try? FileLock.attempt(path)) ?? nil else { continue }
            if lock.isAt(path) { return consume lock }
        }
        return nil
    }

    /// Once the branch is there, or will not be: nothing that was told is still to be done.
    mutating func end() {
        if let idle = writer.take() { idle.dismiss() }
        if let path { try? Files.unlink(path) }
        path = nil
        lock = nil
    }

    deinit { if let path { try? Files.unlink(path) } }
}

extension Pool {
    private static let branchLock = "branch-"

    fileprivate func branchLockPath(_ leaseID: String) -> String { Path.join(directory, Pool.branchLock + leaseID) }

    /// Of names in the pool's folder, the ids of the leases that such a lock is for.
    func branchLocks(among names: [String]) -> [String] {
        names.filter { $0.hasPrefix(Pool.branchLock) }.map { String($0.dropFirst(Pool.branchLock.utf8.count)) }
    }

    /// Waits for the git that a killed `add` had told to make the branch.
    /// - Throws: `PoolError.locked` when it takes more than a second; the slot is then rolled back another time.
    func awaitBranchWriter(_ lease: Lease) throws {
        let path = branchLockPath(lease.id)
        guard Files.exists(path) else { return }
        let lock = try acquire(path, .branch(of: lease.name), patience: 1000)
        try? Files.unlink(path)
        extendLifetime(lock)
    }

    /// Takes away the locks of gits that were killed, or whose `add` was, but for those whose lease is written down.
    func sweepBranchLocks(_ leaseIDs: [String], _ slots: [Slot]) {
        let written = Set(slots.compactMap { $0.record?.lease?.id })
        for id in leaseIDs where !written.contains(id) {
            let path = branchLockPath(id)
            guard let lock = (try? FileLock.attempt(path)) ?? nil else { continue }
            try? Files.unlink(path)
            extendLifetime(lock)
        }
    }
}
