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
    private let log: KeeperLog
    /// Milliseconds to leave alone what is in somebody's way; doubled while nothing else happens.
    private var pause = Keeper.shortestPause
    /// The processes that do what may take its time. One that hangs has a slot's lock, and the others go round it.
    private var workers: [Int32] = []
    private var lastStart: Int64 = 0
    /// What they were started for and may have failed at: left alone until something happens, or the pause is over.
    private var tried: Set<Int> = []

    private static let shortestPause: Int64 = 100
    private static let longestPause: Int64 = 30_000

    /// `line` is what the log says of an event.
    package init(_ pool: Pool, line: @escaping (Event) -> String) {
        self.pool = pool
        self.line = line
        log = KeeperLog(pool.keeperLogPath)
    }

    /// Returns when the last duty is done, or at once if another keeper is there.
    package mutating func run() throws {
        guard pool.exists, let lock = try FileLock.attempt(pool.keeperLockPath) else { return }
        let bell = try Doorbell(at: pool.keeperBellPath)
        bell.ringOnTermination()
        log.add(line(.started))
        var thoroughness = Pool.Thoroughness.full
        // Another repository may have been made where this one was.
        while lock.isAt(pool.keeperLockPath) {
            if Doorbell.isTerminated { return log.add(line(.ended(.terminated))) }
            if OwnProgram.isReplaced, OwnProgram.path(pool.environment) != nil {
                log.add(line(.ended(.replaced)))
                _ = consume bell
                _ = consume lock
                pool.wakeKeeper()
                return
            }
            beginWork(thoroughness)
            thoroughness = .quick
            let guarding: FileLock
            do { guarding = try pool.lock() } catch PoolError.locked {
                // Whoever has it for so long is stopped.
                Clock.sleep(milliseconds: 1000)
                continue
            }
            let slots = (try? pool.slots()) ?? []
            let watch = KeeperWatch(pool, slots, SlotOccupants(pool, slots), workers)
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
            bell.silence()
            // That a worker ends is no reason to start the next: it may have failed.
            let isNews = !ready.isSubset(of: watch.workerNumbers)
            if isNews || ready.isEmpty { tried = [] }
            pause = isNews ? Keeper.shortestPause : ready.isEmpty ? min(pause * 2, Keeper.longestPause) : pause
        }
    }

    /// Ends each dead holder's lease at once. What may take its time is other processes' work, so that no death waits for
    /// it: where somebody's filter hangs, one of them hangs with it.
    private mutating func beginWork(_ thoroughness: Pool.Thoroughness) {
        workers.removeAll(where: Child.hasEnded)
        guard let slots = try? pool.peek() else { return }
        pool.endDeadLeases(slots)
        let occupied = SlotOccupants(pool, slots).slots
        let due = DueWork(pool, slots, leaving: occupied)
        guard thoroughness == .full || !due.free.isSubset(of: tried), workers.count <= due.busy,
            workers.isEmpty || Clock.sinceBoot() >= lastStart + Keeper.shortestPause << min(workers.count, 8)
        else { return }
        if let worker = pool.startUpkeep(thoroughness, leaving: occupied) { workers.append(worker) }
        lastStart = Clock.sinceBoot()
        tried.formUnion(due.free)
        reload()
    }

    private mutating func reload() {
        do {
            pool = Pool(
                repository: pool.repository,
                settings: try Settings(of: pool.repository, own: Configuration(reading: pool.git)),
                environment: pool.environment)
        } catch {
            log.addOnce(line(.unreadableSettings(error)))
        }
    }
}
