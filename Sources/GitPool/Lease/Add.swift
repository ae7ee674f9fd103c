internal import Git
internal import POSIX

/// `add`: a lease is made completely or not at all, and its path is told to nobody before its record says `leased`.
extension Pool {
    /// Leases a slot; with `request.wait` it stands in line while there is none.
    package func add(_ request: LeaseRequest, _ headStart: consuming HeadStart = HeadStart()) throws -> LeasedSlot {
        var applicant = try Applicant(request, in: self, headStart)
        let watch = RecordWatch(request.wait == nil ? nil : slotsDirectory)
        while true {
            // Before the look: a change that frees a slot after it must end the wait below.
            watch.silence()
            switch try applicant.ask() {
            case .leased(let leased): return leased
            case .inLine(let isFull):
                watch.wait(isFull: isFull, applicant.patience)
                collectDue()
            }
        }
    }
}

/// One caller's way to a lease: what it has decided so far, and its place in the queue. Between two attempts it holds
/// nothing but that place.
///
/// In the order in which things happen: `init` looks up what was asked for (StartPoint.swift), `reserve` takes name and
/// slot under the pool lock (Reservation.swift, Candidates.swift), `move` or `build` makes the tree the lease's outside
/// it (WarmLease.swift, ColdLease.swift), and `occupy` writes down that it is leased.
package struct Applicant: ~Copyable {
    package enum Answer: Sendable {
        case leased(LeasedSlot)
        /// There was no slot, and one stands in line; where the pool is not full, its room is for those who waited longer.
        case inLine(isFull: Bool)
    }

    let pool: Pool
    let request: LeaseRequest
    private(set) var start: StartPoint
    /// How long it stays in line.
    let patience: Deadline
    var headStart: HeadStart
    /// The id of the next lease; the git that waits to create its branch knows the first one already.
    private(set) var leaseID: String
    /// How many names were found taken.
    var namesTaken = 0
    /// Slots whose tree could not be moved without loss.
    private(set) var unfit: Set<Int> = []
    /// Slots whose recycling was waited for.
    private(set) var awaited: Set<Int> = []
    /// Slots whose work cannot be saved, which were tried in vain.
    private var hopeless: Set<Int> = []
    /// How many paths differ from the start, by the commit an idle slot waits at; nil as long as nobody needed to know.
    var distances: [String: Int]?
    /// Whether the disk has room for a new tree.
    private(set) var hasSpace = false
    private(set) var ticket: WaitQueue.Ticket?
    /// When it took its place among those who wait, in milliseconds since boot.
    private(set) var queuedAt: Int64?

    /// Looks up all that is asked for; nothing is changed.
    ///
    /// - Parameter headStart: the git that will make the branch, for whoever began it before.
    package init(_ request: LeaseRequest, in pool: Pool, _ headStart: consuming HeadStart = HeadStart()) throws {
        if let name = request.name, let problem = LeaseName.problem(with: name) {
            throw PoolError.badName(name, problem)
        }
        if let group = request.group, pool.settings.groups[group] == nil {
            throw PoolError.unknownGroup(group, known: pool.settings.groups.keys.sorted())
        }
        try pool.checkSetup()
        try pool.prepare()
        if request.fetches { try pool.fetchOnce() }
        start = try StartPoint.resolve(request, in: pool)
        if request.branch != .detached, start.existingBranch == nil, !request.resumes { headStart.begin(in: pool) }
        self.pool = pool
        self.request = request
        leaseID = headStart.leaseID
        self.headStart = headStart
        patience = Deadline(in: (request.wait ?? 0).multipliedOrMax(1000))
    }

    /// Leases a slot if there is room; a full pool first frees what it can.
    ///
    /// - Parameter hasOwn: whether the caller has leases already, whose end will make room.
    /// - Throws: `PoolError.poolFull` where waiting is not asked for or cannot help, `.waitTimedOut` where it did not.
    package mutating func ask(hasOwn: Bool = false) throws -> Answer {
        while true {
            switch try reserve() {
            case .reserved(var claim, let lease, let isCold):
                guard let leased = try occupy(&claim, lease, isCold: isCold) else {
                    leaseID = RandomID.make()
                    continue
                }
                // The slot's lock goes first: a hook may take its time, and may call git-pool itself.
                claim.release()
                pool.runPostCheckout(leased.record, commit: lease.start)
                pool.faults.reach(.addHooked)
                return .leased(leased)
            case .resumed(let slot):
                if let leased = try pool.rebind(slot.number, request) { return .leased(leased) }
            case .releasing(let slot): try awaitRelease(of: slot)
            case .soon(let number): try awaitIdle(number)
            case .measuring(let heads): try measure(heads)
            case .growing:
                try pool.checkSpace(for: start.commit)
                hasSpace = true
            case .full(let leases):
                if !leases.isEmpty, try pool.makeRoom(among: leases, &hopeless) { continue }
                headStart.end()
                try standInLine(behind: leases, hasOwn: hasOwn)
                return .inLine(isFull: !leases.isEmpty)
            }
        }
    }

    /// Makes the reserved slot into the lease; nil if this slot or name will not do and another is to be tried.
    private mutating func occupy(_ claim: inout SlotClaim, _ lease: Lease, isCold: Bool) throws -> LeasedSlot? {
        do {
            guard try isCold ? build(&claim, lease) : move(&claim, lease) else {
                unfit.insert(claim.number)
                return nil
            }
        } catch let error as PoolError {
            guard mayChangeName, error.isOfBranchName else { throw error }
            namesTaken += 1
            return nil
        }
        remember(lease, in: &claim.record)
        let notices = try pool.makeLeaseReady(&claim, lease, isCold: isCold)
        var lease = lease
        lease.origin = isCold ? .made : .reused
        claim.record.lease = lease
        try claim.advance(to: .leased)
        return LeasedSlot(record: claim.record, lease: lease, wasCold: isCold, notices: notices)
    }

    /// Whether the name is ours to choose.
    private var mayChangeName: Bool {
        (request.name == nil || request.isUnique) && request.branch == .byName && namesTaken < 200
    }

    /// What a slot remembers of the lease it is given to.
    private func remember(_ lease: Lease, in record: inout SlotRecord) {
        record.head = lease.start
        record.base = lease.base
        record.group = lease.group
        // Nobody asks for a generated name again.
        let isDedicated = pool.settings.upkeep.strategy == .dedicated && request.name != nil
        record.owner = isDedicated ? lease.name : nil
        record.useCount += 1
        record.lastUsedAt = pool.now()
    }

    /// Has the release of a lease finished whose name or branch is asked for.
    private mutating func awaitRelease(of slot: Slot) throws {
        awaited.insert(slot.number)
        let name = slot.lease?.name ?? ""
        do { try pool.finishRelease(slot.number, named: name) } catch PoolError.nameHeld where name != request.name {
            // It is the branch that is held, and the next look says so.
        }
        // An existing branch may have gone with the lease.
        if start.existingBranch != nil { start = try StartPoint.resolve(request, in: pool) }
    }

    /// Has a slot's recycling finished, or waits at most a second for the process that does.
    private mutating func awaitIdle(_ number: Int) throws {
        let patience = Deadline(in: 1000)
        var wasTried = false
        while !patience.hasPassed {
            guard let claim = try pool.claim(number) else {
                Clock.sleep(milliseconds: 5)
                continue
            }
            guard claim.state == .cleaning, !wasTried else { break }
            wasTried = true
            guard pool.goOn(with: claim) else { break }
        }
        // If it is not idle now, a process stands inside or its recycling is long: the next look passes it over.
        if try pool.snapshot().first(where: { $0.number == number })?.state == .cleaning { unfit.insert(number) }
    }

    /// Takes a place behind those who wait already; once.
    private mutating func standInLine(behind leases: [Slot], hasOwn: Bool) throws {
        guard request.wait != nil, hasOwn || mayEnd(leases) else { throw pool.full(leases, request) }
        if queuedAt == nil {
            queuedAt = Clock.sinceBoot()
            ticket = try WaitQueue(pool).join()
        }
        guard !patience.hasPassed else {
            throw PoolError.waitTimedOut(limit: pool.settings.limit, leases: leases.compactMap(LeaseSummary.init))
        }
    }

    /// Whether waiting can help: some session is still to end. Orphans that could not be saved wait for a person.
    private func mayEnd(_ leases: [Slot]) -> Bool {
        guard pool.settings.limit > 0 else { return false }
        return leases.isEmpty || leases.contains { $0.state != .orphaned }
    }
}

extension PoolError {
    /// Whether a branch of another name may be had.
    fileprivate var isOfBranchName: Bool {
        switch self {
        case .branchExists, .branchClash: true
        default: false
        }
    }
}

extension Pool {
    func full(_ leases: [Slot], _ request: LeaseRequest) -> PoolError {
        let limit = request.group.flatMap { settings.groups[$0] } ?? settings.limit
        return .poolFull(limit: limit, group: request.group, leases: leases.compactMap(LeaseSummary.init))
    }
}
