internal import Git
internal import POSIX

/// What a pool has and did, exact at the moment of one look under its lock: what is over is in the counts and the
/// journal, what is not is in the records, and nothing is in both.
package struct Statistics: Sendable {
    /// Seconds since 1970.
    package let now: Int64
    package let since: Int64
    package let limit: Int
    /// How many slots are in each state that is shown.
    package let states: [(state: SlotState, count: Int)]
    package let counts: Counts
    /// Leases that last are in it up to now.
    package let history: UseHistory
    /// Bytes that are free where the slots are; nil where nobody can tell.
    package let free: Int64?
    /// The common directory.
    package let repository: String

    package init(of pool: Pool) throws {
        let saves = try pool.savesOfWork()
        let slots: [Slot]
        var file: CountsFile
        now = pool.now()
        do {
            let guarding = pool.exists ? try pool.lock() : nil
            defer { extendLifetime(guarding) }
            slots = try pool.slots()
            switch CountsFile.read(pool) {
            case .found(let found): file = found
            case .none, .unknown: file = CountsFile(beginningWith: slots, at: now)
            }
            if let journal = Journal(pool).read() { _ = file.add(journal, slots, saves, at: now) }
        }
        for slot in slots {
            guard let record = slot.record else { continue }
            if record.isMade { file.counts.slots &+= 1 }
            guard let lease = record.lease, let facts = LeaseFacts(lease, in: slot.state, at: now) else { continue }
            file.counts.add(facts)
            file.history.add(from: facts.from, to: facts.to, at: now)
        }
        file.counts.saves &+= Int64(saves.count)
        (counts, history, since) = (file.counts, file.history, file.since)
        limit = pool.settings.limit
        let shown: [SlotState] = [.leased, .idle, .warming, .expiring, .orphaned, .cleaning, .broken]
        states = shown.map { state in
            (state, slots.count { ($0.record == nil ? SlotState.broken.shown : $0.state.shown) == state.rawValue })
        }
        free = Files.freeBytes(slots.lazy.compactMap { $0.record?.root }.first ?? pool.repository.commonDirectory)
        repository = pool.repository.commonDirectory
    }
}

extension Pool {
    /// The saves that there are, as a journal would tell of them.
    fileprivate func savesOfWork() throws -> Set<JournalLine> {
        exists ? Set(try Saves(self).all().compactMap { JournalLine($0) }) : []
    }

    /// Adds the journal up, at the latest where it is long: what is kept of the past is bounded. Never on the way of
    /// an `add`.
    package func foldStatistics(_ thoroughness: Thoroughness) {
        let journal = Journal(self)
        let most: Int64 =
            switch thoroughness {
            case .quick: 65_536
            case .full: 0
            }
        guard exists, journal.size > most, let saves = try? savesOfWork(), let guarding = try? lock() else { return }
        defer { extendLifetime(guarding) }
        guard let slots = try? slots() else { return }
        guard let contents = journal.read() else {
            try? journal.setAside()
            return
        }
        var file: CountsFile
        switch CountsFile.read(self) {
        case .found(let found): file = found
        case .none: file = CountsFile(beginningWith: slots, at: now())
        case .unknown: return
        }
        let rest = file.add(contents, slots, saves, at: now())
        // Beyond the bytes that are in from now on: whoever is killed here leaves them to be read again.
        for line in rest { journal.add(line) }
        do { try file.write(self, at: now()) } catch { return }
        faults.reach(.statsFolded)
        try? journal.restart(with: rest)
    }
}
