internal import Git
internal import GitPool
internal import POSIX

/// One slot as JSON, schema 1 (git-pool(1), "JSON"): every field is there, null where there is nothing to say; fields
/// may be added.
struct SlotDescription {
    private let pool: Pool
    private let leases: LeaseEnvironment

    init(_ pool: Pool) { (self.pool, leases) = (pool, LeaseEnvironment(pool)) }

    func json(_ slot: Slot, wasCold: Bool? = nil, status: SlotStatus? = nil, overlaps: Overlaps? = nil) -> JSON {
        let record = slot.record
        let lease = slot.lease
        var members: [JSON.Member] = [
            .init("schema", 1), .init("slot", JSON(slot.number)), .init("name", JSON(lease?.name)),
            .init("state", JSON(slot.shownState)), .init("path", JSON(record?.path)),
            .init("branch", JSON(lease?.branch)), .init("head", JSON(pool.head(of: slot).flatMap { pool.commit($0) })),
            .init("base", base(lease)), .init("group", JSON(lease?.group)),
            .init("holder", holder(lease)),
            .init("createdAt", time(record?.createdAt)), .init("leasedAt", time(lease?.leasedAt)),
            .init("releasedAt", time(lease?.release?.at)), .init("expiresAt", time(end(lease))),
            .init("lastUsedAt", time(record?.lastUsedAt)), .init("useCount", JSON(record?.useCount)),
        ]
        if let wasCold { members.append(.init("cold", JSON(wasCold))) }
        members += [
            .init("status", status?.json ?? .null), .init("diskBytes", JSON(status?.disk.map { Int($0) })),
            .init("keptBecause", JSON(lease?.keptBecause ?? [])),
            .init("env", .object((leases.variables(of: slot)?.values ?? []).map { .init($0.name, .string($0.value)) })),
            .init("note", JSON(lease?.note)), .init("claims", JSON(lease?.claims ?? [])),
        ]
        members += overlaps.map { OverlapWords(overlaps: $0, slot: slot).members } ?? OverlapWords.notAsked
        return .object(members)
    }

    private func base(_ lease: Lease?) -> JSON {
        guard let lease else { return .null }
        let branch = lease.base.map { RefName.shortBranch($0) ?? $0 }
        return .object([.init("branch", JSON(branch)), .init("commit", JSON(lease.start))])
    }

    private func holder(_ lease: Lease?) -> JSON {
        guard let lease else { return .null }
        let isAlive: Bool? =
            switch pool.verdict(of: lease) {
            case .alive: lease.holder.isNobody ? nil : true
            case .dead: false
            case .unknown: nil
            }
        return .object([
            .init("session", JSON(lease.session)), .init("pid", JSON(lease.holder.pid.flatMap { Int($0) })),
            .init("program", JSON(lease.holder.program)), .init("host", JSON(lease.holder.host)),
            .init("alive", JSON(isAlive)),
        ])
    }

    /// As `gc` counts: the slot's own time, or the one it was told to be kept for.
    private func end(_ lease: Lease?) -> Int64? { [lease?.expiresAt, lease?.keepUntil].compactMap { $0 }.max() }

    private func time(_ seconds: Int64?) -> JSON {
        JSON(seconds.flatMap { $0 > 0 && $0 < .max ? Timestamp(seconds: $0) : nil })
    }
}

extension Slot {
    /// The words of `shownState`, in the order of a slot's life.
    static let shownStates = ["warming", "idle", "leased", "expiring", "orphaned", "cleaning", "broken", "missing"]

    /// A slot whose tree somebody removed is shown as `missing`; that is seen, not stored.
    var shownState: String {
        switch state {
        case .idle, .leased, .expiring, .orphaned:
            guard let record else { return SlotState.broken.rawValue }
            return Files.exists(record.path) || Files.exists(record.fencePath) ? state.shown : "missing"
        case .warming, .leasing, .releasing, .cleaning, .trash, .broken:
            return record == nil ? SlotState.broken.rawValue : state.shown
        }
    }
}

extension Pool {
    /// HEAD as the admin directory has it; nil where nobody can tell.
    func head(of slot: Slot) -> AdminDirectory.Head? {
        slot.record.flatMap { $0.admin.isEmpty ? nil : admin($0).head(git) }
    }

    /// The commit it is at: the branch's tip where it is on one.
    func commit(_ head: AdminDirectory.Head) -> String? {
        switch head {
        case .detached(let id): id
        case .branch(let ref): tip(of: ref)
        }
    }
}
