internal import Git
internal import POSIX

/// The idle slots in one look at the pool: until when each is kept, and how many are missing. Nothing is touched, and
/// no tree is looked into.
package struct IdleSlots: Sendable {
    /// Seconds since 1970 at which a slot goes, by its number.
    private let times: [Int: Int64]
    /// The numbers of the same slots, the one first that a lease gets first.
    private let order: [Int]
    private let now: Int64
    private let ready: Int
    private let coming: Int
    /// How many leases there may still be: more slots than these are of no use.
    private let room: Int

    package init(_ pool: Pool, _ slots: [Slot]) {
        let settings = pool.settings.upkeep
        now = pool.now()
        var times: [Int: Int64] = [:]
        var ready = 0
        var order: [Int] = []
        // Records are large, and of a thousand each would be moved ten times.
        let idle = slots.indices.lazy.filter { slots[$0].state == .idle }.map { (slots[$0].lastUse, index: $0) }
        for slot in idle.sorted(by: { $0.0 > $1.0 }).lazy.map({ slots[$0.index] }) {
            // A worktree that was adopted stands where its user put it, who alone removes it.
            guard let record = slot.record, !record.isAdopted, !pool.isLockedByUser(record) else { continue }
            let age = record.createdAt.addingOrMax(settings.maxAge)
            let isForAnyone = record.owner == nil || settings.strategy != .dedicated
            let isUsable = isForAnyone && (settings.strategy != .ondemand || record.useCount == 0)
            if isUsable, age > now { ready += 1 }
            let isKept = !isForAnyone || (isUsable && ready <= settings.warm)
            order.append(slot.number)
            times[slot.number] = isKept ? age : min(age, record.lastUsedAt.addingOrMax(settings.idleTimeout))
        }
        self.times = times
        self.order = order
        self.ready = ready
        coming = slots.count { slot in
            slot.state == .warming || (slot.state == .cleaning && settings.strategy.keepsUsedSlots)
        }
        // A slot that is too old when it is made would be made again and again.
        room = settings.maxAge > 0 ? pool.settings.limit - slots.count(where: \.state.counts) : 0
    }

    /// The numbers of those whose time is over.
    package var due: Set<Int> { Set(times.filter { $0.value <= now }.keys) }

    var isAnyDue: Bool { times.values.contains { $0 <= now } }

    /// When the next one's time is over.
    package var deadline: Int64? { times.values.filter { $0 > now && $0 < .max }.min() }

    /// Those that a lease gets first.
    func next(_ count: Int, of slots: [Slot]) -> [Slot] {
        order.prefix(count).compactMap { number in slots.first { $0.number == number } }
    }

    /// How many slots are to be made so that `count` wait.
    package func missing(of count: Int) -> Int { max(0, min(count, room) - ready - coming) }
}

extension UpkeepSettings.Strategy {
    /// Whether a slot that was leased can be leased again, to whoever comes.
    fileprivate var keepsUsedSlots: Bool {
        switch self {
        case .reuse, .pooled: true
        case .ondemand, .dedicated: false
        }
    }
}

extension Slot {
    fileprivate var lastUse: (Int64, Int) { (record?.lastUsedAt ?? 0, -number) }
}

extension Pool {
    /// Whether a `git worktree lock` of the user's own holds an idle slot.
    func isLockedByUser(_ record: SlotRecord) -> Bool {
        admin(record).lockReason.map { !GitLock.isOurs($0) } ?? false
    }
}
