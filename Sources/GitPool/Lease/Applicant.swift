internal import Git
internal import POSIX

/// One caller's way to a lease: what it has decided so far, and its place in the queue. Between two attempts it holds
/// nothing but that place.
package struct Applicant: ~Copyable {
    package enum Answer: Sendable {
        case leased(LeasedSlot)
        /// The leases in the way; none if the room there is belongs to those who waited longer.
        case full([Slot])
    }

    private let pool: Pool
    private let request: LeaseRequest
    private var attempt: AddAttempt
    private var ticket: WaitQueue.Ticket?
    private var headStart: HeadStart
    /// Slots whose work cannot be saved, which were tried in vain.
    private var hopeless: Set<Int> = []

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
        let start = try StartPoint.resolve(request.from, in: pool)
        var attempt = AddAttempt(request: request, start: start, leaseID: headStart.leaseID)
        try attempt.lookUpBranch(in: pool)
        if attempt.makesBranch { headStart.begin(in: pool) }
        self.pool = pool
        self.request = request
        self.attempt = attempt
        ticket = nil
        self.headStart = headStart
    }

    /// Takes a place behind those who wait already; once.
    package mutating func queue() throws {
        let isQueued =
            switch ticket {
            case .some: true
            case .none: false
            }
        guard !isQueued else { return }
        attempt.queuedAt = Clock.sinceBoot()
        ticket = try WaitQueue(pool).join()
    }

    /// Leases a slot if there is room; a full pool first frees what it can.
    package mutating func ask() throws -> Answer {
        while true {
            switch try pool.reserve(&attempt, WaitQueue(pool), ticket) {
            case .resumed(let slot):
                if let leased = try pool.rebind(slot.number, request) { return .leased(leased) }
            case .reserved(var claim, let isCold):
                guard let leased = try pool.occupy(&claim, &attempt, &headStart, isCold: isCold) else {
                    attempt.renewID()
                    continue
                }
                // The slot's lock goes first: a hook may take its time, and may call git-pool itself.
                claim.release()
                pool.runPostCheckout(leased.record, commit: leased.lease.start)
                pool.faults.reach(.addHooked)
                return .leased(leased)
            case .releasing(let number):
                attempt.awaited.insert(number)
                try pool.finishRelease(number, named: request.name ?? "")
            case .soon(let number):
                try pool.awaitIdle(number, &attempt)
            case .measuring(let heads): try attempt.measure(heads, in: pool)
            case .growing:
                try pool.checkSpace(for: attempt.start.commit)
                attempt.hasSpace = true
            case .full(let holders):
                if !holders.isEmpty, try pool.makeRoom(among: holders, &hopeless) { continue }
                headStart.end()
                return .full(holders)
            }
        }
    }
}
