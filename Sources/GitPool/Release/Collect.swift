internal import Git
internal import POSIX

/// `gc`: looks at every slot and carries each that is due one step or more; a slot that another process works on is
/// passed over.
extension Pool {
    package enum Thoroughness: Sendable {
        /// What other commands run first: dead holders and unfinished work, no look into trees that nobody left.
        case quick
        /// Also saves that are past their time.
        case full
    }

    /// What was done, or would be, to one slot.
    package struct CollectReport: Sendable {
        package let number: Int
        package let name: String?
        package let from: SlotState
        package let plan: CollectPlan
        /// Nil if the slot is gone.
        package let to: SlotState?
        package let keptBecause: [String]
        package let failure: (any Error)?
    }

    /// A failure with one slot does not stop the others, and each is told of before the next is begun.
    ///
    /// - Parameter only: the numbers of the slots to look at, in this order; none for all.
    @discardableResult
    package func collect(
        _ thoroughness: Thoroughness, only: [Int] = [], tell: (CollectReport) -> Void = { _ in }
    ) -> [CollectReport] {
        guard var slots = try? snapshot() else { return [] }
        if !only.isEmpty { slots = only.compactMap { number in slots.first { $0.number == number } } }
        var reports: [CollectReport] = []
        var verdicts = Verdicts(surroundings)
        // Whoever is claimed is asked after again.
        for slot in slots where plan(slot, { verdicts.of($0) }) != .nothing {
            guard var claim = try? claim(slot.number) else { continue }
            let plan = plan(claim.slot)
            let report = report(&claim, plan) { (claim: inout SlotClaim) throws in try carryOut(plan, &claim) }
            tell(report)
            reports.append(report)
        }
        if thoroughness == .full {
            sweep()
            Template.sweep(self)
            _ = try? Saves(self).dropExpired()
        }
        return reports
    }

    /// Whether `gc` would do something about a slot.
    func isDue(_ slot: Slot) -> Bool { isDue(slot) { verdict(of: $0) } }

    /// The same for any of several; each holder is asked after once.
    package func isAnyDue(_ slots: [Slot]) -> Bool {
        var verdicts = Verdicts(surroundings)
        return slots.contains { isDue($0) { lease in verdicts.of(lease) } }
    }

    /// Whether there is something to do in a slot, though somebody may be at it.
    func hasWork(_ slot: Slot) -> Bool { hasWork(slot) { verdict(of: $0) } }

    private func isDue(_ slot: Slot, _ verdict: (Lease) -> HolderVerdict) -> Bool {
        hasWork(slot, verdict) && !isBusy(slot)
    }

    private func hasWork(_ slot: Slot, _ verdict: (Lease) -> HolderVerdict) -> Bool {
        switch plan(slot, verdict) {
        case .nothing: false
        case .keep: slot.record.map { Files.exists($0.fencePath) } ?? false
        case .rollBack, .reap, .notice, .goOn, .expire, .deleteTrash, .forget, .trim, .warm, .park: true
        }
    }

    /// Whether somebody holds the slot's lock, or may. Asks only for slots that no `add` wants at this moment: the look
    /// takes the lock for an instant.
    func isBusy(_ slot: Slot) -> Bool {
        let path = slotLockPath(slot.number)
        guard Files.exists(path) else { return false }
        do { return try FileLock.attempt(path) == nil } catch { return true }
    }

    /// A look under the lock, so that no slot is missed in the middle of a rename.
    package func snapshot(reading: [SlotState] = SlotState.allCases) throws -> [Slot] {
        guard exists else { return [] }
        let guarding = try lock()
        defer { extendLifetime(guarding) }
        return try slots(reading: reading)
    }

    func carryOut(_ plan: CollectPlan, _ claim: inout SlotClaim) throws {
        switch plan {
        case .nothing: break
        case .keep: try unfence(claim.record)
        case .notice:
            let leasedAt = claim.record.lease?.leasedAt ?? now()
            claim.record.lease?.expiresAt = leasedAt + Pool.earlyDeathGrace
            try claim.advance(to: .leased)
        case .rollBack: try rollBack(&claim)
        case .reap:
            try beginReap(&claim)
            try finish(&claim)
        case .goOn: try finish(&claim)
        case .expire:
            claim.record.lease?.order(.save)
            try finish(&claim)
        case .deleteTrash:
            // Since the crash anybody could go in and work there.
            if claim.admin.isLinked(to: claim.record.path) {
                let judgement = claim.judge(nil)
                guard judgement.isClean else { return try orphanFound(&claim, judgement.risks) }
            }
            try emptyTrash(&claim)
        case .forget: try dropMissing(&claim, nil)
        case .trim, .warm, .park: break
        }
    }

    /// After a holder's death work is kept, whatever a `done` that was killed had been told.
    func beginReap(_ claim: inout SlotClaim) throws {
        let orders = claim.record.lease?.orders ?? Release()
        let wasTold = orders.work != .keep || orders.branchPolicy != .merged
        if var lease = claim.record.lease {
            lease.takeBackRelease()
            lease.release = Release(at: now(), isReaped: true)
            claim.record.lease = lease
        }
        try claim.advance(to: .releasing, mustWrite: wasTold)
    }
}
