internal import Git
internal import POSIX

/// Records: a torn one is kept aside and rebuilt from what tree, admin directory and its legible part agree on, as a
/// lease that only `done` ends. One that a newer git-pool may have written stays.
extension Mending {
    /// With the slot's lock and the pool's, so that nobody writes a record meanwhile; a slot somebody is at is passed over.
    mutating func holdingRecords(of number: Int, _ body: (inout Mending) throws -> Void) throws {
        guard let lock = try FileLock.attempt(pool.slotLockPath(number)) else { return }
        let guarding = try pool.lock()
        defer {
            extendLifetime(guarding)
            extendLifetime(lock)
        }
        try body(&self)
    }

    mutating func mendRecord(_ number: Int) throws {
        let paths = SlotState.allCases.map { pool.recordPath(number, $0) }.filter(Files.exists)
        let slots = try pool.slots()
        guard paths.count == 1, let path = paths.first,
            slots.contains(where: { $0.number == number && $0.record == nil }),
            let bytes = try? Files.read(path, limit: SlotRecord.longest), SlotRecord.isTorn(bytes)
        else { return }
        var legible = Legible(bytes)
        let places = legible.path.map { [$0] } ?? places(number)
        let trees = places.filter { Files.exists($0) || Files.exists(SlotRecord.fencePath(of: $0)) }
        let others = slots.compactMap(\.record)
        let all = Worktrees(of: pool.repository).adminDirectories()
        var admins = all.filter { $0.recordedTree.map(places.contains) ?? false }
        if admins.isEmpty, legible.path == nil {
            // An adopted worktree stands anywhere.
            admins = all.filter { admin in isMarked(admin) && !others.contains { pool.owns($0, admin) } }
        }
        if trees.isEmpty, admins.isEmpty { return try moveAside(path, as: Path.name(path), slot: number) }
        guard admins.count == 1, let admin = admins.first, let place = admin.recordedTree,
            !others.contains(where: { $0.path == place || $0.admin == admin.id }), trees.allSatisfy({ $0 == place }),
            places.contains(place) || admin.isLinked(to: place)
        else { return }
        let fence = SlotRecord.fencePath(of: place)
        guard trees.isEmpty || admin.isLinked(to: place) || admin.isLinked(to: fence, home: place) else { return }
        try Files.create(self.place(aside: Path.name(path)), bytes)
        pool.faults.reach(.mendKept)
        let record = rebuilt(number, place, admin, &legible, others)
        // First the name: under an idle slot's anybody could lease it, and what is torn nobody touches.
        try Files.rename(path, pool.recordPath(number, .leased))
        pool.faults.reach(.mendRecord)
        try pool.write(record, as: .leased)
        note(.rebuiltRecord(name: record.lease?.name ?? ""), place, slot: number)
    }

    /// A worktree of ours without a record gets one, as a lease that only `done` ends.
    mutating func recordStray(_ number: Int, _ path: String) throws {
        let slots = try pool.slots()
        guard let admin = AdminDirectory.named(byTree: path), admin.isLinked(to: path),
            !slots.contains(where: { slot in
                slot.number == number || slot.record.map { $0.path == path || pool.owns($0, admin) } ?? true
            })
        else { return }
        var nothing = Legible([])
        let record = rebuilt(number, path, admin, &nothing, slots.compactMap(\.record))
        try pool.write(record, as: .leased)
        pool.faults.reach(.mendRecord)
        note(.rebuiltRecord(name: record.lease?.name ?? ""), path, slot: number)
    }

    /// Of several records, all legible and of one lease at the most, the one that protects most stays.
    mutating func mendRecords(_ number: Int) throws {
        let order: [SlotState] = [
            .leased, .orphaned, .expiring, .releasing, .leasing, .broken, .cleaning, .warming, .idle, .trash,
        ]
        let found = order.map { pool.recordPath(number, $0) }.filter(Files.exists)
        let records = found.compactMap { path in
            (try? Files.read(path, limit: SlotRecord.longest)).flatMap { SlotRecord(bytes: $0) }
        }
        guard found.count > 1, records.count == found.count, Set(records.map(\.path)).count == 1,
            Set(records.map(\.admin)).count == 1, Set(records.compactMap { $0.lease?.id }).count <= 1,
            records[0].lease != nil || records.allSatisfy({ $0.lease == nil })
        else { return }
        for path in found.dropFirst() { try moveAside(path, as: Path.name(path), slot: number) }
    }

    private func places(_ number: Int) -> [String] {
        guard let standing = PoolRoot.standing(pool) else { return [] }
        return [standing.path(number)]
    }

    private func rebuilt(
        _ number: Int, _ path: String, _ admin: AdminDirectory, _ legible: inout Legible, _ others: [SlotRecord]
    ) -> SlotRecord {
        let head = admin.head(pool.repository.git)
        let names = [legible.name, admin.lockReason.flatMap(GitLock.name(inReason:)), head?.branch].compactMap { $0 }
        let name = names.first { name in
            LeaseName.problem(with: name) == nil && !others.contains { $0.lease?.name == name }
        }
        var lease = Lease(
            id: RandomID.make(), name: name ?? Lease.foundName(number),
            start: legible.start ?? commit(head) ?? pool.repository.head?.commit ?? "")
        lease.branch = head?.branch
        lease.base = legible.base
        lease.note = "its record was lost, and written anew by 'git pool doctor --fix'"
        lease.leasedAt = pool.now()
        lease.leasedAtSinceBoot = Clock.sinceBoot()
        var record = pool.newRecord(number, at: path)
        record.admin = admin.id
        record.isAdopted = !pool.roots().contains(record.root)
        record.head = lease.start
        record.useCount = 1
        record.lease = lease
        return record
    }

    private func commit(_ head: AdminDirectory.Head?) -> String? {
        switch head {
        case .detached(let id): id
        case .branch(let ref): pool.tip(of: ref)
        case nil: nil
        }
    }
}

/// What can still be read of a torn record; nothing of it is believed that tree and admin directory do not bear out.
private struct Legible {
    let path: String?
    let name: String?
    let start: String?
    let base: String?

    init(_ bytes: [UInt8]) {
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropFirst().dropLast()
        /// Nil as well where it stands twice.
        func value(_ key: String) -> String? {
            let start = Array((key + " ").utf8)
            let found = lines.filter { $0.starts(with: start) }
            return found.count == 1 ? Fields.unescaped(found[0].dropFirst(start.count)) : nil
        }
        path = value("path").flatMap { Path.isAbsolute($0) ? $0 : nil }
        name = value("lease.name")
        start = value("lease.start").flatMap { Text.isObjectID($0) ? $0 : nil }
        base = value("lease.base").flatMap { $0.hasPrefix("refs/") ? $0 : nil }
    }
}

extension SlotRecord {
    private static let word = Array("git-pool-slot ".utf8)

    /// Whether a write that never ended left it: a record of any version begins with a word and ends with one.
    fileprivate static func isTorn(_ bytes: [UInt8]) -> Bool {
        guard bytes.starts(with: word) else { return true }
        let isOurs = bytes.starts(with: word + Array("1\n".utf8))
        return isOurs && !bytes.suffix(5).elementsEqual("\nend\n".utf8)
    }
}

extension GitLock {
    /// The lease that a lock's reason names.
    static func name(inReason reason: String) -> String? {
        let start = mark + "leased to '"
        guard reason.hasPrefix(start) else { return nil }
        let rest = String(reason.dropFirst(start.count))
        let name = rest.prefix { $0 != "'" }
        return rest.hasPrefix(name + "' (git pool done ") ? String(name) : nil
    }
}
