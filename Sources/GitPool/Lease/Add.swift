internal import Git
internal import POSIX

/// `add`: a lease is made whole or not at all, and nobody is told a path before its record says `leased`.
extension Pool {
    /// Leases a slot: reserves one under the pool lock, makes or moves its tree outside it, then writes the record.
    package func add(_ request: LeaseRequest) throws -> LeasedSlot {
        if let name = request.name, let problem = LeaseName.problem(with: name) {
            throw PoolError.badName(name, problem)
        }
        if let group = request.group, settings.groups[group] == nil {
            throw PoolError.unknownGroup(group, known: settings.groups.keys.sorted())
        }
        try prepare()
        if request.fetches { try fetchOnce() }
        let start = try StartPoint.resolve(request.from, in: self)
        var attempt = AddAttempt(request: request, start: start)
        try attempt.lookUpBranch(in: self)

        let queue = WaitQueue(self)
        var ticket: WaitQueue.Ticket? = nil
        var hopeless: Set<Int> = []
        let patience = Deadline(in: (request.wait ?? 0).multipliedOrMax(1000))
        while true {
            switch try reserve(&attempt, queue, ticket) {
            case .resumed(let slot):
                if let leased = try rebind(slot.number, request) { return leased }
            case .reserved(var claim, let isCold):
                guard let leased = try occupy(&claim, &attempt, isCold: isCold) else { continue }
                // The slot's lock goes first: a hook may take its time, and may call git-pool itself.
                _ = consume claim
                runPostCheckout(leased.record, commit: leased.lease.start)
                faults.reach(.addHooked)
                return leased
            case .releasing(let number):
                try finishRelease(number, named: request.name ?? "")
            case .soon(let number):
                try awaitIdle(number, &attempt)
            case .measuring(let heads): try attempt.measure(heads, in: self)
            case .growing:
                try checkSpace(for: attempt.start.commit)
                attempt.hasSpace = true
            case .full(let holders):
                if !holders.isEmpty, try makeRoom(among: holders, &hopeless) { continue }
                guard request.wait != nil, canFree(holders) else { throw full(holders, request) }
                if ticket == nil { ticket = try queue.join() }
                guard !patience.hasPassed else {
                    throw PoolError.waitTimedOut(limit: settings.limit, holders: holders.compactMap(LeaseSummary.init))
                }
                Clock.sleep(milliseconds: 50)
                collect(.quick)
            }
        }
    }

    /// Goes on with a slot's recycling, or waits at most a second for whoever is at it.
    private func awaitIdle(_ number: Int, _ attempt: inout AddAttempt) throws {
        let patience = Deadline(in: 1000)
        while !patience.hasPassed {
            if var claim = try claim(number) {
                // That it cannot be recycled now is no reason for this add to fail.
                if claim.state == .cleaning { try? finish(&claim) }
                break
            }
            Clock.sleep(milliseconds: 5)
        }
        // If it is not idle now, a process stands inside or its recycling is long: the next look passes it over.
        if try snapshot().first(where: { $0.number == number })?.state == .cleaning { attempt.unfit.insert(number) }
    }

    private func full(_ holders: [Slot], _ request: LeaseRequest) -> PoolError {
        let limit = request.group.flatMap { settings.groups[$0] } ?? settings.limit
        return .poolFull(limit: limit, group: request.group, holders: holders.compactMap(LeaseSummary.init))
    }

    /// Whether waiting can help: some session is still to end. Orphans that could not be saved wait for a person.
    private func canFree(_ holders: [Slot]) -> Bool {
        guard settings.limit > 0 else { return false }
        return holders.isEmpty || holders.contains { $0.state != .orphaned }
    }

    /// Makes the reserved slot into the lease; nil if this slot or name will not do and another is to be tried.
    private func occupy(
        _ claim: inout SlotClaim, _ attempt: inout AddAttempt, isCold: Bool
    ) throws -> LeasedSlot? {
        do {
            let isFit = isCold ? try build(&claim, attempt) : try move(&claim, attempt)
            guard isFit else {
                attempt.unfit.insert(claim.number)
                return nil
            }
        } catch let error as PoolError {
            guard case .branchExists = error, attempt.mayChangeName else { throw error }
            attempt.count += 1
            return nil
        }
        guard let lease = claim.record.lease else { return nil }
        return LeasedSlot(number: claim.number, state: claim.state, record: claim.record, lease: lease, wasCold: isCold)
    }
}

extension Int64 {
    func multipliedOrMax(_ factor: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? .max : product
    }
}
