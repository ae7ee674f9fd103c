internal import Git
internal import POSIX

/// What one look at the pool, under its lock, gave an `add`.
enum Reservation: ~Copyable {
    /// A slot in state `leasing`, with the lease in its record: name, branch and place in the cap are taken.
    case reserved(SlotClaim, Lease, isCold: Bool)
    case resumed(Slot)
    /// A lease of the name, or on the branch, is being released.
    case releasing(Slot)
    /// The leases in the way; none if the room there is belongs to those who waited longer.
    case full([Slot])
    /// No idle slot waits at the start, and they differ: which is nearest is found out without the lock.
    case measuring([String])
    /// A new slot is needed: whether there is room for it is found out without the lock.
    case growing
    /// A slot that is about to be idle is worth a moment: it is warm, and the pool grows by none.
    case soon(number: Int)
}

extension Applicant {
    /// Chooses name and slot under the pool lock and writes both down.
    mutating func reserve() throws -> Reservation {
        let place = try PoolRoot.prepare(pool)
        let guarding = try pool.lock()
        defer { extendLifetime(guarding) }
        let slots = try pool.slots()
        if let name = request.name, !request.isUnique, let held = slot(holding: name, slots) {
            if request.resumes { return .resumed(held) }
            if held.state == .releasing, held.lease?.release?.at != nil { return .releasing(held) }
            guard let summary = LeaseSummary(held) else { return .full([held]) }
            throw PoolError.nameHeld(name: name, lease: summary)
        }
        let lease = lease(named: freeName(slots))
        if let problem = LeaseName.problem(with: lease.name) { throw PoolError.badName(lease.name, problem) }
        guard lease.leavesRoom else { throw PoolError.recordTooLong(name: lease.name) }
        if let slot = slotThatGivesUpBranch(of: lease, slots) { return .releasing(slot) }
        try checkConflicts(lease, slots)
        if let leases = leasesInTheWay(slots) { return .full(leases) }
        let free = pool.settings.limit - slots.count(where: \.state.counts)
        guard WaitQueue(pool).admits(ticket, free: free) else { return .full([]) }

        let candidates = candidates(for: lease, slots)
        if let heads = undecided(candidates) { return .measuring(heads) }
        for slot in candidates where pool.canBeTaken(slot) {
            guard let record = slot.record, let lock = try FileLock.attempt(pool.slotLockPath(slot.number)) else {
                continue
            }
            var claim = SlotClaim(pool: pool, slot: slot, record: record, lock: lock)
            // Out of a backup, it may be older than the tree.
            if FileMark(pool.recordPath(slot.number, .idle))?.isBackdated ?? true { claim.record.bootID = "" }
            claim.record.lease = lease
            try claim.advance(to: .leasing, under: guarding)
            return .reserved(claim, lease, isCold: false)
        }
        if let number = slotSoonIdle(for: lease, slots) { return .soon(number: number) }
        guard hasSpace || !pool.hasDiskLimits else { return .growing }
        let claim = try pool.newSlot(.leasing, slots, place, under: guarding) { $0.lease = lease }
        return .reserved(claim, lease, isCold: true)
    }

    private func slot(holding name: String, _ slots: [Slot]) -> Slot? {
        let ignoresCase = pool.settings.ignoresCase
        return slots.first { $0.holds(name: name, ignoringCase: ignoresCase) }
    }

    private mutating func freeName(_ slots: [Slot]) -> String {
        while true {
            let name =
                switch request.name {
                case nil: LeaseName.generated(attempt: namesTaken)
                case .some(let asked): namesTaken == 0 ? asked : "\(asked)-\(namesTaken + 1)"
                }
            if request.name != nil, !request.isUnique { return name }
            if slot(holding: name, slots) == nil { return name }
            namesTaken += 1
        }
    }

    /// The lease for this name, not yet on the disk.
    private func lease(named name: String) -> Lease {
        var lease = Lease(id: leaseID, name: name, start: start.commit)
        switch request.branch {
        case .byName: lease.branch = pool.settings.branch(for: name)
        case .named(let branch): lease.branch = branch
        case .detached: lease.branch = nil
        }
        lease.branchCreatedAt = lease.branch == nil || start.existingBranch != nil ? nil : start.commit
        lease.base = start.base ?? request.base
        lease.group = request.group
        lease.session = request.session
        lease.holder = request.holder
        lease.isExclusive = request.isExclusive ?? pool.settings.isExclusive
        lease.note = request.note
        lease.ttl = request.ttl
        lease.leasedAt = pool.now()
        lease.leasedAtSinceBoot = Clock.sinceBoot()
        lease.waited = queuedAt.map { max(0, lease.leasedAtSinceBoot - $0) }
        return lease
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

    /// The slot of a lease on the branch of this one, in the midst of the release that decides whether the branch goes. It
    /// is waited for once.
    private func slotThatGivesUpBranch(of lease: Lease, _ slots: [Slot]) -> Slot? {
        guard let ref = lease.branchRef else { return nil }
        let slot = slots.first { slot in
            guard slot.lease?.branchRef == ref, !awaited.contains(slot.number) else { return false }
            return slot.state == .cleaning || (slot.state == .releasing && slot.lease?.release?.at != nil)
        }
        return slot.flatMap { pool.tip(of: ref) == nil ? nil : $0 }
    }

    /// If there is no room: those whose end would make some.
    private func leasesInTheWay(_ slots: [Slot]) -> [Slot]? {
        let held = slots.filter(\.state.counts)
        if held.count >= pool.settings.limit { return held }
        guard let group = request.group, let limit = pool.settings.groups[group] else { return nil }
        let members = held.filter { $0.lease?.group == group }
        return members.count >= limit ? members : nil
    }
}
