internal import Git
internal import POSIX

/// The background process that waits, in the kernel, for holders to die and deadlines to pass, and then does what `gc`
/// does. There is one per pool, only while it has something to wait for, and nothing depends on it.
package struct Keeper {
    package enum Event {
        case started
        case took(Pool.CollectReport)
        case noSlot(any Error)
        case unreadableSettings(any Error)
        case ended(End)
    }

    package enum End: Sendable { case nothingLeft, terminated, replaced }

    private var pool: Pool
    private let line: (Event) -> String
    private var log: KeeperLog
    /// Milliseconds to leave alone what is in somebody's way; doubled while nothing else happens.
    private var pause = Keeper.shortestPause
    /// The process that sees to idle slots, and what it was started for: what it could not do is left alone until
    /// somebody rings.
    private var upkeep: Int32?
    private var tried: Duties?

    private static let shortestPause: Int64 = 100
    private static let longestPause: Int64 = 30_000

    /// `line` is what the log says of an event.
    package init(_ pool: Pool, line: @escaping (Event) -> String) {
        self.pool = pool
        self.pool.leavesFiles = true
        self.line = line
        log = KeeperLog(pool.keeperLogPath)
    }

    /// Returns when the last duty is done, or at once if another keeper is there.
    package mutating func run() throws {
        guard pool.exists, let lock = try FileLock.attempt(pool.keeperLockPath) else { return }
        let bell = try Doorbell(at: pool.keeperBellPath)
        bell.ringOnTermination()
        log.add(line(.started))
        collect(.full)
        while true {
            startUpkeep()
            // Another repository may have been made where this one was.
            guard lock.isAt(pool.keeperLockPath) else { return }
            if Doorbell.isTerminated { return log.add(line(.ended(.terminated))) }
            if OwnProgram.isReplaced, OwnProgram.path(pool.environment) != nil {
                log.add(line(.ended(.replaced)))
                _ = consume bell
                _ = consume lock
                pool.wakeKeeper()
                return
            }
            let guarding: FileLock
            do { guarding = try pool.lock() } catch PoolError.locked {
                // Whoever has it for so long is stopped.
                Clock.sleep(milliseconds: 1000)
                continue
            }
            let slots = (try? pool.slots()) ?? []
            let watch = KeeperWatch(pool, slots, SlotOccupants(pool, slots), upkeep: upkeep)
            if watch.isEmpty {
                log.add(line(.ended(.nothingLeft)))
                _ = consume bell
                _ = consume lock
                return extendLifetime(guarding)
            }
            _ = consume guarding
            Readiness.shrink()
            let ready = try Readiness.wait(
                for: watch.numbers + [bell.number], milliseconds: watch.time(pool, pause: pause))
            if ready.contains(bell.number) || pause == Keeper.longestPause { tried = nil }
            bell.silence()
            pause = ready.isEmpty ? min(pause * 2, Keeper.longestPause) : Keeper.shortestPause
            if lock.isAt(pool.keeperLockPath) { collect(.quick) }
        }
    }

    /// Does what is due, by the settings of this moment.
    private mutating func collect(_ thoroughness: Pool.Thoroughness) {
        guard let slots = try? pool.peek(), thoroughness == .full || pool.isAnyDue(slots) else {
            return
        }
        let occupied = SlotOccupants(pool, slots).slots
        if thoroughness == .quick {
            guard pool.isAnyDue(slots.filter { !occupied.contains($0.number) }) else { return }
            reload()
        }
        // Each lease ends at once; the judging of what is in the slots, one after another, may take its time.
        pool.endDeadLeases(slots)
        for report in pool.collect(thoroughness, leaving: occupied) { log.add(line(.took(report)), about: report) }
        pool.foldStatistics(thoroughness)
    }

    /// What may take its time is another process's work, so that no death waits for it.
    private mutating func startUpkeep() {
        if let pid = upkeep, Child.hasEnded(pid) { upkeep = nil }
        guard upkeep == nil, let slots = try? pool.peek() else { return }
        let duties = Duties(pool, slots)
        guard !duties.isEmpty, duties != tried else { return }
        if tried == nil { reload() }
        tried = duties
        upkeep = pool.startUpkeep()
    }

    private mutating func reload() {
        do {
            pool = Pool(
                repository: pool.repository,
                settings: try Settings(of: pool.repository, own: Configuration(reading: pool.git)),
                environment: pool.environment)
            pool.leavesFiles = true
        } catch {
            log.add(line(.unreadableSettings(error)))
        }
    }
}
