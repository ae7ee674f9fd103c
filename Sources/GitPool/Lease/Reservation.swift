internal import Git
internal import POSIX

/// What one look at the pool, under its lock, gave an `add`.
enum Reservation: ~Copyable {
    /// A slot in state `leasing`, with the lease in its record: name, branch and place in the cap are taken.
    case reserved(SlotClaim, isCold: Bool)
    case resumed(Slot)
    /// The name's last lease is being released, or that of the branch.
    case releasing(number: Int)
    /// The leases in the way; none if the room there is belongs to those who waited longer.
    case full([Slot])
    /// No idle slot waits at the start, and they differ: which is nearest is found out without the lock.
    case measuring([String])
    /// A new slot is needed: whether there is room for it is found out without the lock.
    case growing
    /// A slot that is about to be idle is worth a moment: it is warm, and the pool grows by none.
    case soon(number: Int)
}

extension Pool {
    /// Chooses name and slot under the pool lock and writes both down.
    func reserve(
        _ attempt: inout AddAttempt, _ queue: WaitQueue, _ ticket: borrowing WaitQueue.Ticket?
    ) throws -> Reservation {
        let request = attempt.request
        let place = try PoolRoot.prepare(self)
        let guarding = try lock()
        defer { extendLifetime(guarding) }
        let slots = try slots()
        if let name = request.name, !request.isUnique, let held = slots.first(where: { holds($0, name) }) {
            if request.resumes { return .resumed(held) }
            if held.state == .releasing, held.lease?.releasedAt != nil { return .releasing(number: held.number) }
            guard let summary = LeaseSummary(held) else { return .full([held]) }
            throw PoolError.nameHeld(name: name, lease: summary)
        }
        let lease = attempt.lease(named: freeName(&attempt, slots), in: self)
        if let problem = LeaseName.problem(with: lease.name) { throw PoolError.badName(lease.name, problem) }
        guard lease.leavesRoom else { throw PoolError.recordTooLong(name: lease.name) }
        try checkConflicts(lease, slots)
        if let number = slotThatGivesUp(lease, slots, attempt) { return .releasing(number: number) }
        if let holders = fullness(of: slots, group: request.group) { return .full(holders) }
        let free = settings.limit - slots.count(where: \.state.counts)
        guard queue.admits(ticket, free: free) else { return .full([]) }

        let candidates = candidates(slots, attempt, lease)
        if let heads = undecided(candidates, attempt, lease) { return .measuring(heads) }
        for slot in candidates where canBeTaken(slot) {
            guard let record = slot.record, let lock = try FileLock.attempt(slotLockPath(slot.number)) else { continue }
            var claim = SlotClaim(pool: self, slot: slot, record: record, lock: lock)
            claim.record.lease = lease
            try claim.advance(to: .leasing, under: guarding)
            return .reserved(claim, isCold: false)
        }
        if let next = slots.first(where: { $0.state == .cleaning && suits($0, attempt, lease) && canBeTaken($0) }) {
            return .soon(number: next.number)
        }
        guard attempt.hasSpace || !hasDiskLimits else { return .growing }
        let claim = try newSlot(.leasing, slots, place, under: guarding) { $0.lease = lease }
        return .reserved(claim, isCold: true)
    }

    private func holds(_ slot: Slot, _ name: String) -> Bool {
        slot.holds(name: name, ignoringCase: settings.ignoresCase)
    }

    private func freeName(_ attempt: inout AddAttempt, _ slots: [Slot]) -> String {
        while true {
            let name: String
            switch attempt.request.name {
            case nil: name = LeaseName.generated(attempt: attempt.count)
            case .some(let asked): name = attempt.count == 0 ? asked : "\(asked)-\(attempt.count + 1)"
            }
            if attempt.request.name != nil, !attempt.request.isUnique { return name }
            if !slots.contains(where: { holds($0, name) }) { return name }
            attempt.count += 1
        }
    }

    /// A branch belongs to one lease; with `--exclusive` a start commit does too.
    private func checkConflicts(_ lease: Lease, _ slots: [Slot]) throws {
        for slot in slots where slot.state.counts {
            guard let other = slot.lease, let summary = LeaseSummary(slot) else { continue }
            if let branch = lease.branch, other.branch == branch,
                other.name == lease.name || lease.branchCreatedAt == nil
            {
                throw PoolError.branchExists(branch: branch, checkedOutAt: summary.path)
            }
            if lease.isExclusive, other.start == lease.start { throw PoolError.exclusiveHeld(lease: summary) }
        }
    }

    /// The slot of a lease that made the branch this one is to make, in the midst of the recycling that decides whether
    /// the branch goes. It is waited for once.
    private func slotThatGivesUp(_ lease: Lease, _ slots: [Slot], _ attempt: AddAttempt) -> Int? {
        guard lease.branchCreatedAt != nil, let ref = lease.branchRef else { return nil }
        let slot = slots.first { slot in
            slot.state == .cleaning && slot.lease?.branchRef == ref && !attempt.awaited.contains(slot.number)
        }
        return slot.flatMap { tip(of: ref) == nil ? nil : $0.number }
    }

    /// The leases in the way, if there is no room.
    private func fullness(of slots: [Slot], group: String?) -> [Slot]? {
        let held = slots.filter(\.state.counts)
        if held.count >= settings.limit { return held }
        guard let group, let limit = settings.groups[group] else { return nil }
        let members = held.filter { $0.lease?.group == group }
        return members.count >= limit ? members : nil
    }

    /// What the records do not tell: nobody's lock is on it, and it is as a new one would be. Asked of the first that
    /// would do, not of all.
    private func canBeTaken(_ slot: Slot) -> Bool {
        guard let record = slot.record, hasLayout(of: repository.gitDirectory, admin(record)) else { return false }
        return slot.state != .idle || !isLockedByUser(record)
    }

    /// Idle slots: the name's own one first, then those of its group, then the nearest to the start commit, then the ones
    /// used last, whose caches are the warmest.
    private func candidates(_ slots: [Slot], _ attempt: AddAttempt, _ lease: Lease) -> [Slot] {
        let idle = slots.filter { $0.state == .idle && suits($0, attempt, lease) }
        func rank(_ slot: Slot) -> (Int, Int, Int, Int64) {
            guard let record = slot.record else { return (1, 1, 1, 0) }
            return (
                record.owner == lease.name ? 0 : 1, record.group == lease.group ? 0 : 1,
                record.head == lease.start ? -1 : attempt.distances?[record.head] ?? .max, -record.lastUsedAt
            )
        }
        return idle.map { (slot: $0, rank: rank($0)) }.sorted { $0.rank < $1.rank }.map(\.slot)
    }

    /// The commits to be measured: those of the slots that would be equally good but for their distance.
    private func undecided(_ candidates: [Slot], _ attempt: AddAttempt, _ lease: Lease) -> [String]? {
        guard attempt.distances == nil, let first = candidates.first(where: canBeTaken)?.record,
            first.head != lease.start
        else { return nil }
        let equals = candidates.filter { $0.record?.owner == first.owner && $0.record?.group == first.group }
        let heads = equals.filter(canBeTaken).compactMap { $0.record?.head }.uniqued()
        return heads.count > 1 ? heads : nil
    }

    /// Whether a used slot may be given for this lease.
    private func suits(_ slot: Slot, _ attempt: AddAttempt, _ lease: Lease) -> Bool {
        guard let record = slot.record, !attempt.unfit.contains(slot.number) else { return false }
        let request = attempt.request
        let strategy = settings.upkeep.strategy
        // Made ahead and never leased, a slot is as fresh as one made now.
        if request.isFresh || strategy == .ondemand, record.useCount > 0 || slot.state != .idle { return false }
        if strategy == .dedicated, let owner = record.owner, request.name == nil || owner != lease.name { return false }
        let age = now() - record.createdAt
        return age <= min(request.maxAge ?? .max, settings.upkeep.maxAge)
            && (request.maxUses.map { record.useCount < $0 } ?? true)
    }
}
