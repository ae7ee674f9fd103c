internal import Git
internal import POSIX

/// Admin directories: a file in one is rewritten only where record, tree and reflog agree on its content.
extension Mending {
    /// There is but one thing it can say, two levels below the common dir.
    mutating func mendCommonDir(_ admin: AdminDirectory, slot: Int?) throws {
        guard slot != nil || isMarked(admin) else { return }
        // Ours are made by git under this lock where they are not made unseen.
        let guarding = try pool.lock()
        defer { extendLifetime(guarding) }
        guard admin.firstLine("commondir") == nil, Files.isDirectory(admin.path) else { return }
        try rewrite(Path.join(admin.path, "commondir"), "../..\n")
        pool.faults.reach(.mendCommonDir)
        note(.wroteCommonDir, admin.path, slot: slot)
    }

    func isMarked(_ admin: AdminDirectory) -> Bool { admin.lockReason.map(GitLock.isOurs) == true }

    /// Whether HEAD leads nowhere; with refs in tables the file says nothing.
    private func isHeadless(_ admin: AdminDirectory) -> Bool {
        guard !Files.exists(Path.join(pool.repository.commonDirectory, "reftable")) else { return false }
        return pool.faults(of: admin, pool.missingObjects([admin.firstLine("HEAD") ?? ""])).contains { fault in
            switch fault {
            case .noHead, .nullHead: true
            // The objects may only be away with the disk that lends them.
            case .unknownHead: !Files.exists(Path.join(pool.repository.commonDirectory, "objects/info/alternates"))
            case .emptyCommonDir, .noCommonDir, .noTree, .initializing, .abandoned, .noIndex: false
            }
        }
    }

    /// HEAD moves no branch, no index and no file: whatever it is set to, nothing is lost by it.
    mutating func mendHead(_ admin: AdminDirectory, _ record: SlotRecord?) throws {
        guard isHeadless(admin), let head = try head(admin, record) else { return }
        if let old = try? Files.read(Path.join(admin.path, "HEAD"), limit: 65536), !old.isEmpty {
            try Files.create(place(aside: admin.id + "-HEAD"), old)
            pool.faults.reach(.mendKept)
        }
        try admin.write(head)
        pool.faults.reach(.mendHead)
        note(.wroteHead(head), admin.path, slot: record?.slot)
    }

    /// Where HEAD was by its reflog; the lease's branch if that does not contradict; else where the slot began.
    func head(_ admin: AdminDirectory, _ record: SlotRecord?) throws -> AdminDirectory.Head? {
        let last = try lastCommit(admin)
        if let ref = record?.lease?.branchRef, let tip = pool.tip(of: ref), last == nil || last == tip,
            Worktrees(of: pool.repository).holder(ofBranch: ref, except: admin) == nil
        {
            return .branch(ref)
        }
        let candidates = [last, record?.lease?.start, record?.head, pool.repository.head?.commit].compactMap { $0 }
        return try candidates.first(where: isCommit).map { .detached($0) }
    }

    private func lastCommit(_ admin: AdminDirectory) throws -> String? {
        guard let log = try? Files.read(Path.join(admin.path, "logs/HEAD")) else { return nil }
        // A line without a time was cut short, perhaps in the midst of an id.
        let ids = ReflogLine.lines(log).reversed().filter { $0.seconds != nil }.compactMap(\.new)
        return try ids.first(where: isCommit)
    }

    private func isCommit(_ id: String) throws -> Bool {
        guard Text.isObjectID(id), !pool.isNull(id) else { return false }
        return try pool.repository.commonGit.hasCommit(id)
    }

    /// A folder of a killed `git worktree add` of ours whose record is lost. With a tree it becomes a worktree again, and
    /// then a slot; without, what it alone knows is saved and it is moved aside.
    mutating func mendUnrecorded(_ admin: AdminDirectory) throws {
        guard isMarked(admin), Files.isDirectory(admin.path) else { return }
        // Under the pool lock nobody makes one; and what no record owns now, none will.
        guard try !pool.snapshot().contains(where: { $0.record.map { pool.owns($0, admin) } ?? true }) else { return }
        if admin.recordedTree == nil, let tree = treeNaming(admin) { try writeTreePath(admin, tree, slot: nil) }
        try mendHead(admin, nil)
        guard let tree = admin.recordedTree, admin.isLinked(to: tree) else {
            let places = admin.recordedTree.map { [$0, SlotRecord.fencePath(of: $0)] } ?? []
            guard !places.contains(where: Files.exists) else { return }
            // The tree may only be away with its disk.
            if let root = places.first.flatMap({ Path.parent($0) }) {
                guard PoolRoot.mark(of: root) != nil else { return }
            }
            return try setAside(admin)
        }
    }

    mutating func setAside(_ admin: AdminDirectory) throws {
        try save(admin, Lease(foundAs: admin.id))
        try moveAside(admin.path, as: admin.id)
    }

    /// Commits and staged files that only this folder leads to, under `refs/pool/saved/`.
    func save(_ admin: AdminDirectory, _ lease: Lease) throws {
        guard admin.firstLine("HEAD") != nil || Files.exists(Path.join(admin.path, "logs/HEAD")) else { return }
        let git = pool.git.at(.gitDirectory(admin.path))
        if Files.exists(Path.join(admin.path, "index")) {
            try SaveCommit(pool: pool, lease: lease, git: git).saveIndexAlone()
        }
        try pool.pin(lease, .keeps, admin, git)
        pool.faults.reach(.mendSaved)
    }

    mutating func writeTreePath(_ admin: AdminDirectory, _ tree: String, slot: Int?) throws {
        try rewrite(Path.join(admin.path, "gitdir"), Path.join(tree, ".git") + "\n")
        pool.faults.reach(.mendTreePath)
        note(.wroteTreePath(tree), admin.path, slot: slot)
    }

    private func treeNaming(_ admin: AdminDirectory) -> String? {
        let trees = pool.roots().flatMap { root in
            ((try? Directory.entries(root)) ?? []).map { Path.join(root, $0) }
        }.filter { AdminDirectory.named(byTree: $0)?.path == admin.path }
        return trees.count == 1 ? trees.first : nil
    }
}

extension Lease {
    /// Of what a folder without a record holds.
    init(foundAs name: String) { self.init(id: RandomID.make(), name: "found-" + name, start: "") }
}
