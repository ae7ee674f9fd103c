internal import Git
internal import POSIX

/// The right to change one slot: its lock is ours from the first step to the last durable state.
struct SlotClaim: ~Copyable {
    let pool: Pool
    let number: Int
    private(set) var state: SlotState
    var record: SlotRecord
    private let lock: FileLock
    /// The lease that the record on the disk has.
    private var written: Lease?

    init(pool: Pool, slot: Slot, record: SlotRecord, lock: consuming FileLock) {
        self.pool = pool
        number = slot.number
        state = slot.state
        self.record = record
        self.lock = lock
        written = slot.record?.lease
    }

    /// What the slot is to whoever looks at it.
    var slot: Slot { Slot(number: number, state: state, record: record) }

    /// For the git children that change the slot.
    var lockNumber: Int32 { lock.number }

    /// git in the slot, which owns it too, should it outlive us.
    var git: Git { pool.git(in: record, lock: lockNumber) }

    var admin: AdminDirectory { pool.admin(record) }

    /// Gives the slot's lock back, whoever inherited it.
    consuming func release() { lock.unlock() }

    /// Replaces the record's content, then its state, by renames under the pool lock.
    ///
    /// - Parameter mustWrite: false where a lease ends: on a full disk only the state changes, and the old content stays.
    mutating func advance(to next: SlotState, mustWrite: Bool = true) throws {
        let guarding = try pool.lock()
        defer { extendLifetime(guarding) }
        try advance(to: next, under: guarding, mustWrite: mustWrite)
    }

    mutating func advance(to next: SlotState, under _: borrowing FileLock, mustWrite: Bool = true) throws {
        // An idle slot that is only reserved, or put back, was not looked at: it stays a slot of the boot that left it.
        let isLookedAt = next != .leasing && !(state == .leasing && next == .idle)
        if isLookedAt { record.bootID = pool.surroundings.bootID ?? "" }
        if record.lease?.id != written?.id { journal() }
        do {
            try pool.write(record, as: state)
            written = record.lease
        } catch let error as SystemError {
            guard !mustWrite, error.isDiskFull else { throw error }
        }
        pool.faults.reach(next, onlyWritten: true)
        if next != state {
            try Files.rename(pool.recordPath(number, state), pool.recordPath(number, next))
            state = next
        }
        pool.faults.reach(next, onlyWritten: false)
    }

    /// Whether the record on the disk has the lease as it is here.
    var isWritten: Bool { written == record.lease }

    /// A lease that the record is about to lose is written down before: whoever is killed in between finds it in the
    /// record again, and there it counts alone.
    private func journal() {
        guard let written, let line = JournalLine(written, in: state, at: pool.now()) else { return }
        Journal(pool).add(line)
        pool.faults.reach(.statsNoted)
    }

    /// Whether `forget` was called: there is no record any more.
    private(set) var isForgotten = false

    /// Ends the slot: its record goes, and its number is free.
    mutating func forget() throws {
        let guarding = try pool.lock()
        defer { extendLifetime(guarding) }
        try? Birth.forget(number, in: pool)
        journal()
        if let slot = JournalLine(slot: record) { Journal(pool).add(slot) }
        pool.faults.reach(.statsNoted)
        try Files.unlink(pool.recordPath(number, state))
        try? Files.unlink(pool.includeRecordPath(number))
        isForgotten = true
        pool.faults.reach(.forgotten)
    }
}

extension Pool {
    /// Takes a slot's lock without waiting and looks again; nil if it is busy, gone, or not understood.
    func claim(_ number: Int) throws -> SlotClaim? {
        guard let lock = try FileLock.attempt(slotLockPath(number)) else { return nil }
        return try claim(number, holding: lock)
    }

    /// As `claim`, but waits for the slot's lock; nil only if there is no such slot any more.
    func claim(_ number: Int, waitingFor name: String) throws -> SlotClaim? {
        if let claim = try claim(number, holding: lockSlot(number, name: name)) { return claim }
        guard let slot = slot(number), slot.record == nil else { return nil }
        throw PoolError.broken(name: name, .unreadable)
    }

    private func claim(_ number: Int, holding lock: consuming FileLock) throws -> SlotClaim? {
        let guarding = try self.lock()
        defer { extendLifetime(guarding) }
        guard let slot = slot(number), let record = slot.record else { return nil }
        return SlotClaim(pool: self, slot: slot, record: record, lock: lock)
    }
}
