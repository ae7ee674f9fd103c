internal import Git
internal import POSIX

/// `adopt`: a worktree made by hand becomes a slot where it stands; nothing of it changes but its lock.
extension Pool {
    package func adopt(_ path: String, _ request: LeaseRequest) throws -> LeasedSlot {
        let tree = try realTree(path)
        guard let admin = AdminDirectory.named(byTree: tree), Path.parent(admin.path) == worktreesDirectory else {
            throw PoolError.cannotAdopt(path: path, .notLinked)
        }
        guard admin.isLinked(to: tree) else {
            throw PoolError.cannotAdopt(path: path, .unpaired)
        }
        try prepare()
        let name = request.name ?? admin.head(repository.git)?.branch ?? Path.name(tree)
        if let problem = LeaseName.problem(with: name) { throw PoolError.badName(name, problem) }
        let git = repository.git.at(.exactly(gitDirectory: admin.path, workTree: tree))
        let start = try git.line(["rev-parse", "HEAD"])

        let guarding = try lock()
        defer { extendLifetime(guarding) }
        let slots = try slots()
        if let other = slots.first(where: { $0.record?.path == tree }) {
            throw PoolError.cannotAdopt(path: path, .isSlot(other.number))
        }
        if let held = slots.first(where: { $0.holds(name: name, ignoringCase: settings.ignoresCase) }),
            let summary = LeaseSummary(held)
        {
            throw PoolError.nameHeld(name: name, lease: summary)
        }
        let held = slots.filter(\.state.counts)
        guard held.count < settings.limit else { throw full(held, request) }
        let record = record(tree, admin, name, start, request, taken: Set(slots.map(\.number)))
        try write(record, as: .leased)
        faults.reach(.adoptRecorded)
        try GitLock.lock(admin, GitLock.leased(name))
        guard let lease = record.lease else { throw PoolError.notALease(path: path) }
        return LeasedSlot(record: record, lease: lease, wasCold: false)
    }

    private func record(
        _ tree: String, _ admin: AdminDirectory, _ name: String, _ start: String, _ request: LeaseRequest,
        taken: Set<Int>
    ) -> SlotRecord {
        let number = (1...).first { !taken.contains($0) } ?? 0
        var record = newRecord(number, at: tree)
        record.admin = admin.id
        record.isAdopted = true
        record.head = start
        record.useCount = 1
        var lease = Lease(id: RandomID.make(), name: name, start: start)
        lease.branch = admin.head(repository.git)?.branch
        lease.holder = request.holder
        lease.session = request.session
        lease.note = request.note
        lease.ttl = request.ttl
        lease.origin = .adopted
        lease.leasedAt = now()
        lease.leasedAtSinceBoot = Clock.sinceBoot()
        record.lease = lease
        return record
    }

    private func realTree(_ path: String) throws -> String {
        do { return try Files.realPath(path) } catch {
            throw PoolError.cannotAdopt(path: path, .unreadable(error))
        }
    }
}
