internal import Git
internal import POSIX

/// Makes a slot before anybody asks for it; until it is idle it belongs to nobody, and may be dismantled.
extension Pool {
    /// Makes one slot if fewer than `count` wait or are being made.
    ///
    /// - Returns: nil if there are enough.
    /// - Throws: `PoolError.noCommit`, or what a cold `add` throws; nothing of the slot is left.
    package func warm(upTo count: Int) throws -> CollectReport? {
        try prepare()
        let start = try parkingStart()
        guard try missing(of: count) > 0 else { return nil }
        try checkSpace(for: start.commit)
        guard var claim = try reserveIdle(start, upTo: count) else { return nil }
        do { try fill(&claim, start) } catch {
            if claim.state == .warming { try? rollBack(&claim) }
            throw error
        }
        return CollectReport(
            number: claim.number, name: nil, from: .warming, plan: .warm, to: claim.state, keptBecause: [], failure: nil
        )
    }

    /// How many slots are to be made so that `count` wait.
    package func missing(of count: Int) throws -> Int {
        try IdleSlots(self, snapshot(reading: [.idle])).missing(of: count)
    }

    /// Where slots wait: at `pool.base`, else where the main worktree is.
    private func parkingStart() throws -> StartPoint {
        try StartPoint(settings.base, repository.commonGit)
    }

    private func reserveIdle(_ start: StartPoint, upTo count: Int) throws -> SlotClaim? {
        let place = try PoolRoot.prepare(self)
        let guarding = try lock()
        defer { extendLifetime(guarding) }
        let slots = try slots()
        guard IdleSlots(self, slots).missing(of: count) > 0 else { return nil }
        return try newSlot(.warming, slots, place, under: guarding) { record in
            record.head = start.commit
            record.base = start.base
        }
    }

    private func fill(_ claim: inout SlotClaim, _ start: StartPoint) throws {
        // Nobody's lease: it gives the commit, and is written nowhere.
        try buildTree(&claim, Lease(id: "", name: "", start: start.commit), nil)
        claim.record.workID = ""
        try makeIdleReady(&claim, at: start.commit)
        try GitLock.unlock(claim.admin)
        faults.reach(.warmUnlocked)
        claim.record.lastUsedAt = now()
        try claim.advance(to: .idle)
    }
}
