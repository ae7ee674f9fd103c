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
    /// When what was tried in vain is tried again, by `Clock.sinceBoot`.
    private var retry: Int64 = 0
    /// The processes that do what may take its time. One that hangs has a slot's lock, and the others go round it.
    private var workers: [Worker] = []
    private var lastStart: Int64 = 0
    /// What workers that have ended were started for: left alone until something happens, or the pause is over.
    private var tried: Set<Int?> = []

    private struct Worker {
        let pid: Int32
        /// In the order it sees to them.
        let slots: [Int?]
        let startedAt: Int64

        /// Whether it may be in no slot for longer than it takes to come from one to the next.
        var isStuck: Bool { Clock.sinceBoot() - startedAt > Keeper.longestPause || ProcessTable.isStopped(pid) }
    }

    /// How many that are stuck others are started in spite of.
    private static let mostStuck = 4

    private static let shortestPause: Int64 = 100
    private static let longestPause: Int64 = 30_000
    /// Milliseconds for each worker that runs before there is another.
    private static let patience: Int64 = 500

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
            dismissEnded()
            let seen = try? pool.peek()
            if let seen { pool.endDeadLeases(seen) }
            let occupants = SlotOccupants(pool, seen ?? [])
            let wait = seen.flatMap { beginWork(thoroughness, DueWork(pool, $0, leaving: occupants.slots)) }
            thoroughness = .quick
            let guarding: FileLock
            do { guarding = try pool.lock() } catch PoolError.locked {
                // Whoever has it for so long is stopped.
                Clock.sleep(milliseconds: 1000)
                continue
            }
            let slots = (try? pool.slots()) ?? []
            let watch = KeeperWatch(pool, slots, occupants, workers.map(\.pid))
            if watch.isEmpty {
                log.add(line(.ended(.nothingLeft)))
                _ = consume bell
                _ = consume lock
                return extendLifetime(guarding)
            }
            _ = consume guarding
            Readiness.shrink()
            let time = watch.time(pool, pause: max(0, retry - Clock.sinceBoot()))
            let ready = try Readiness.wait(for: watch.numbers + [bell.number], milliseconds: min(time, wait ?? time))
            bell.silence()
            // That a worker ends is no reason to start the next: it may have failed.
            let isNews = !ready.isSubset(of: watch.workerNumbers)
            guard isNews || Clock.sinceBoot() >= retry else { continue }
            tried = []
            pause = isNews ? Keeper.shortestPause : min(pause * 2, Keeper.longestPause)
            retry = Clock.sinceBoot() + pause
        }
    }

    private mutating func dismissEnded() {
        let ended = Set(workers.map(\.pid).filter(Child.hasEnded))
        tried.formUnion(workers.filter { ended.contains($0.pid) }.flatMap(\.slots))
        workers.removeAll { ended.contains($0.pid) }
    }

    /// What may take its time is other processes' work, so that no death waits for it: where somebody's filter hangs, one
    /// of them hangs with it.
    ///
    /// - Returns: milliseconds until the next process may be started, if there is something for it to do.
    private mutating func beginWork(_ thoroughness: Pool.Thoroughness, _ due: DueWork) -> Int64? {
        let wanted = due.free.subtracting(tried)
        let stuck = min(workers.count(where: \.isStuck), Keeper.mostStuck)
        guard thoroughness == .full || !wanted.isEmpty, workers.count - stuck <= due.busy else { return nil }
        let patience = lastStart + Keeper.patience * Int64(workers.count) - Clock.sinceBoot()
        if !workers.isEmpty, patience > 0 { return patience }
        // What nobody was started for comes first: the rest may be in line behind something that hangs.
        let waiting = Set(workers.flatMap(\.slots))
        let order = [wanted.subtracting(waiting), wanted.intersection(waiting)].flatMap { slots in
            slots.sorted { ($0 ?? 0) < ($1 ?? 0) }
        }
        if let pid = pool.startUpkeep(thoroughness, order) {
            workers.append(Worker(pid: pid, slots: order, startedAt: Clock.sinceBoot()))
        } else {
            tried.formUnion(wanted)
        }
        lastStart = Clock.sinceBoot()
        reload()
        return Keeper.patience * Int64(workers.count)
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
