internal import Git
internal import POSIX

/// `add`: a lease is made completely or not at all, and its path is told to nobody before its record says `leased`.
extension Pool {
    /// Leases a slot: reserves one under the pool lock, makes or moves its tree outside it, then writes the record.
    ///
    /// The way: `Applicant.ask`, `reserve` (Reservation.swift), then `occupy`: `build` (ColdLease.swift, Publish.swift) or
    /// `move` (WarmLease.swift), `makeLeaseReady` (MakeReady.swift), and `SlotClaim.advance(to: .leased)`.
    package func add(_ request: LeaseRequest, _ headStart: consuming HeadStart = HeadStart()) throws -> LeasedSlot {
        var applicant = try Applicant(request, in: self, headStart)
        let patience = Deadline(in: (request.wait ?? 0).multipliedOrMax(1000))
        let watch = RecordWatch(request.wait == nil ? nil : slotsDirectory)
        while true {
            // Before the look: a change that frees a slot after it must end the wait below.
            watch.silence()
            switch try applicant.ask() {
            case .leased(let leased): return leased
            case .full(let holders):
                guard request.wait != nil, canFree(holders) else { throw full(holders, request) }
                try applicant.queue()
                guard !patience.hasPassed else { throw waitIsOver(holders) }
                watch.wait(isFull: !holders.isEmpty, patience)
                collect(.quick)
            }
        }
    }

    /// Finishes a slot's recycling, or waits at most a second for the process that does.
    func awaitIdle(_ number: Int, _ attempt: inout AddAttempt) throws {
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

    package func full(_ holders: [Slot], _ request: LeaseRequest) -> PoolError {
        let limit = request.group.flatMap { settings.groups[$0] } ?? settings.limit
        return .poolFull(limit: limit, group: request.group, holders: holders.compactMap(LeaseSummary.init))
    }

    package func waitIsOver(_ holders: [Slot]) -> PoolError {
        .waitTimedOut(limit: settings.limit, holders: holders.compactMap(LeaseSummary.init))
    }

    /// Whether waiting can help: some session is still to end. Orphans that could not be saved wait for a person.
    package func canFree(_ holders: [Slot]) -> Bool {
        guard settings.limit > 0 else { return false }
        return holders.isEmpty || holders.contains { $0.state != .orphaned }
    }

    /// Makes the reserved slot into the lease; nil if this slot or name will not do and another is to be tried.
    func occupy(
        _ claim: inout SlotClaim, _ attempt: inout AddAttempt, _ headStart: inout HeadStart, isCold: Bool
    ) throws -> LeasedSlot? {
        do {
            let isFit = try isCold ? build(&claim, attempt, &headStart) : move(&claim, attempt, &headStart)
            guard isFit else {
                attempt.unfit.insert(claim.number)
                return nil
            }
        } catch let error as PoolError {
            guard case .branchExists = error, attempt.mayChangeName else { throw error }
            attempt.count += 1
            return nil
        }
        let notices = try makeLeaseReady(&claim, isCold: isCold)
        claim.record.lease?.origin = isCold ? .made : .reused
        guard let lease = claim.record.lease else { return nil }
        try claim.advance(to: .leased)
        return LeasedSlot(
            number: claim.number, state: claim.state, record: claim.record, lease: lease, wasCold: isCold,
            notices: notices)
    }
}
