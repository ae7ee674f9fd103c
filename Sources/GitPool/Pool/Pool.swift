package import Git
package import POSIX

/// The pool of one repository: where its files are, who may touch them, and nothing that is not on the disk.
///
/// Locks are taken in this order: a slot's, then the pool's. The pool lock is held for milliseconds; a slot's lock as
/// long as an operation on the slot lasts, and every git child that changes the slot inherits it.
package struct Pool: Sendable {
    package let repository: Repository
    package let settings: Settings
    package let environment: [String: String]
    package let faults: FaultPoints
    package let surroundings: Surroundings
    package let directory: String
    package let slotsDirectory: String
    let worktreesDirectory: String
    /// Where the pool's files are, from the common dir on.
    static let folder = "pool"
    static let configurationNote = folder + "/configuration"
    /// Whether the files of a slot that goes are left, out of everybody's sight, for a process that has time.
    package var leavesFiles = false
    /// Those who end with this call: where they stand, they are in nobody's way.
    package var leavers: [Bystander] = []
    /// Somebody who is told how far the files of a lease are.
    package var watch: FileProgress.Watch?

    package init(repository: Repository, settings: Settings, environment: [String: String]) {
        self.repository = repository.withoutConfiguredHooks(of: settings.configuration)
        self.settings = settings
        self.environment = environment
        faults = FaultPoints(environment: environment)
        surroundings = Surroundings(environment: environment)
        directory = Path.join(repository.commonDirectory, Pool.folder)
        slotsDirectory = Path.join(directory, "slots")
        worktreesDirectory = Path.join(repository.commonDirectory, "worktrees")
    }

    /// For a look at the slots without a git process: settings are the defaults, and nothing may be changed with it.
    package init(lookingAt commonDirectory: String, environment: [String: String]) throws {
        self.init(
            repository: try Repository(unasked: commonDirectory, environment: environment),
            settings: try Settings(Configuration(parsing: [])), environment: environment)
    }

    package var git: Git { repository.git }
    /// The main worktree, or the common dir where there is none.
    package var mainTree: String {
        // With configuration of its own a linked worktree may have a `core.worktree` that is not the main one's.
        settings.hasPlainLayout ? mainTreeIfAny ?? repository.commonDirectory : Worktrees(of: repository).mainTree
    }
    /// Top of the main worktree; nil where there is none.
    var mainTreeIfAny: String? {
        Worktrees(of: repository).mainTree(configured: settings.configuration.string("core.worktree"))
    }
    package var exists: Bool { Files.isDirectory(slotsDirectory) }

    /// Makes the pool's folders, private to the user.
    package func prepare() throws {
        try requireGit()
        if !exists { try Files.makeDirectories(slotsDirectory) }
        // Without it folders are known by their places alone.
        try? Home.note(self)
    }

    /// - Throws: `PoolError.locked` when somebody holds it for longer than we wait.
    package func lock() throws -> FileLock {
        try acquire(Path.join(directory, "lock"), .pool)
    }

    func lockSlot(_ number: Int, name: String) throws -> FileLock {
        try acquire(slotLockPath(number), .slot(of: name))
    }

    func slotLockPath(_ number: Int) -> String { Path.join(slotsDirectory, "\(number).lock") }

    /// Milliseconds to wait for others at the most: as many, or what the tests' seam `GIT_POOL_LOCK_TIMEOUT` says.
    func patience(_ usual: Int64) -> Int64 { environment["GIT_POOL_LOCK_TIMEOUT"].flatMap { Int64($0) } ?? usual }

    /// Waits at the most `patience` milliseconds for one holder.
    func acquire(_ path: String, _ what: PoolError.Guarded, patience: Int64 = 10_000) throws -> FileLock {
        let patience = self.patience(patience)
        var seen: Int32?
        for round in 0..<Pool.rounds {
            do {
                return try FileLock.acquire(path, until: Deadline(in: patience / 2))
            } catch {
                guard error.isTimeout else { throw error }
            }
            let holder = FileLock.holder(of: path)
            if round > 0, holder == seen { break }
            seen = holder
        }
        throw PoolError.locked(what, by: LockHolder.name(of: path) ?? "another process")
    }

    /// Halves of our patience. One holder all the time is too long; where it is another one each time, the lock goes
    /// from hand to hand on a machine that is busy, and one's turn comes.
    private static let rounds = 12

    /// The admin directory a record names.
    package func admin(_ record: SlotRecord) -> AdminDirectory {
        AdminDirectory(Path.join(worktreesDirectory, record.admin))
    }

    /// Seconds since 1970. The tests' seams: `GIT_POOL_FAKE_SECONDS` pass on both clocks, by `GIT_POOL_FAKE_CLOCK` this
    /// one was set.
    package func now() -> Int64 { Clock.wall() &+ fake("GIT_POOL_FAKE_SECONDS") &+ fake("GIT_POOL_FAKE_CLOCK") }

    /// Seconds since boot, which nobody sets.
    func uptime() -> Int64 { Clock.sinceBoot() / 1000 &+ fake("GIT_POOL_FAKE_SECONDS") }

    private func fake(_ name: String) -> Int64 { environment[name].flatMap { Int64($0) } ?? 0 }
}
