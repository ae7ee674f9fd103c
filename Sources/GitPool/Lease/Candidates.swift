internal import Git
internal import POSIX

/// Which slot is the best for a lease, by the records; what only the disk tells is asked of the first that would do.
extension Applicant {
    /// Idle slots: the name's own one first, then those of its group, then the nearest to the start commit, then the ones
    /// used last, whose caches are the warmest.
    func candidates(for lease: Lease, _ slots: [Slot]) -> [Slot] {
        let idle = slots.filter { $0.state == .idle && suits($0, lease) }
        return idle.map { (slot: $0, rank: rank($0, lease)) }.sorted { $0.rank < $1.rank }.map(\.slot)
    }

    private func rank(_ slot: Slot, _ lease: Lease) -> (Int, Int, Int, Int64) {
        guard let record = slot.record else { return (1, 1, 1, 0) }
        return (
            record.owner == lease.name ? 0 : 1, record.group == lease.group ? 0 : 1,
            record.head == lease.start ? -1 : distances?[record.head] ?? .max, -record.lastUsedAt
        )
    }

    /// A used slot whose recycling ends soon.
    func slotSoonIdle(for lease: Lease, _ slots: [Slot]) -> Int? {
        slots.first { $0.state == .cleaning && suits($0, lease) && pool.canBeTaken($0) }?.number
    }

    /// Whether a used slot may be given for this lease.
    private func suits(_ slot: Slot, _ lease: Lease) -> Bool {
        guard let record = slot.record, !unfit.contains(slot.number) else { return false }
        let strategy = pool.settings.upkeep.strategy
        // Made ahead and never leased, a slot is as fresh as one made now.
        if request.isFresh || strategy == .ondemand, record.useCount > 0 || slot.state != .idle { return false }
        if strategy == .dedicated, let owner = record.owner, request.name == nil || owner != lease.name { return false }
        let age = pool.now() - record.createdAt
        return age <= min(request.maxAge ?? .max, pool.settings.upkeep.maxAge)
            && (request.maxUses.map { record.useCount < $0 } ?? true)
    }

    /// The commits to be measured: those of the slots that would be equally good but for their distance.
    func undecided(_ candidates: [Slot]) -> [String]? {
        guard distances == nil, let first = candidates.first(where: pool.canBeTaken)?.record, first.head != start.commit
        else { return nil }
        let equals = candidates.filter { $0.record?.owner == first.owner && $0.record?.group == first.group }
        let heads = equals.filter(pool.canBeTaken).compactMap { $0.record?.head }.uniqued()
        return heads.count > 1 ? heads : nil
    }

    /// Counts the paths that differ between the start and the commits of idle slots; of a few slots only, as each costs
    /// a git command.
    mutating func measure(_ heads: [String]) throws {
        var found: [String: Int] = [:]
        for head in heads.prefix(4) {
            let words = ["diff-tree", "-r", "--name-only", "--no-renames", "-z", head, start.commit]
            let outcome = try pool.git.attempt(words)
            if outcome.isSuccess { found[head] = outcome.output.count { $0 == 0 } }
        }
        distances = found
    }
}

extension Pool {
    /// What the records do not tell: nobody's lock is on it, and it is as a new one would be.
    func canBeTaken(_ slot: Slot) -> Bool {
        guard let record = slot.record, hasLayout(of: repository.gitDirectory, admin(record)) else { return false }
        return slot.state != .idle || !isLockedByUser(record)
    }
}
