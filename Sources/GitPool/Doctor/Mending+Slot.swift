internal import Git
internal import POSIX

/// A slot as a whole, with its lock held: where two of record, tree and admin directory agree, the third is made to
/// fit; `gc` does the rest.
extension Mending {
    mutating func mendSlot(_ number: Int) throws {
        guard var claim = try pool.claim(number) else { return }
        guard pool.isOurFolder(of: claim.record) else { return }
        try mendSlot(&claim)
        claim.release()
        try settle(number)
    }

    private mutating func mendSlot(_ claim: inout SlotClaim) throws {
        let record = claim.record
        if let admin = admin(of: record) {
            if admin.recordedTree == nil, tree(record).map({ names($0, admin) || !hasGitFile($0) }) ?? true {
                try writeTreePath(admin, record.path, slot: record.slot)
            }
            try mendHead(admin, record)
        }
        switch claim.state {
        case .warming, .leasing, .releasing, .cleaning, .trash: return
        case .idle, .leased, .expiring, .orphaned, .broken: break
        }
        if Files.exists(record.fencePath), !Files.exists(record.path) {
            try pool.unfence(record)
            guard Files.exists(record.path) else { return }
            note(.broughtBack(record.path), record.fencePath, slot: record.slot)
        }
        try mendLink(&claim)
        try mendTree(&claim)
        let admin = pool.admin(record)
        guard admin.isLinked(to: record.path) else {
            return try forget(&claim)
        }
        try mendIndex(admin, record, lock: claim.lockNumber)
        if claim.state == .leased, let lease = record.lease, admin.lockReason == nil {
            try GitLock.lock(admin, GitLock.leased(lease.name))
            note(.lockedTree, record.path, slot: record.slot)
        }
        if claim.state == .broken { try lift(&claim) }
    }

    private func admin(of record: SlotRecord) -> AdminDirectory? {
        let admins = Worktrees(of: pool.repository).adminDirectories().filter { pool.owns(record, $0) }
        return admins.count == 1 && Files.isDirectory(admins[0].path) ? admins[0] : nil
    }

    private func tree(_ record: SlotRecord) -> String? {
        [record.path, record.fencePath].first(where: Files.isDirectory)
    }

    private func names(_ tree: String, _ admin: AdminDirectory) -> Bool {
        AdminDirectory.named(byTree: tree)?.path == admin.path
    }

    private func hasGitFile(_ tree: String) -> Bool { Files.exists(Path.join(tree, ".git")) }

    /// Of the commit: what was staged in one that cannot be read, nobody can tell; the files are as they were.
    private mutating func mendIndex(_ admin: AdminDirectory, _ record: SlotRecord, lock: Int32) throws {
        guard !pool.hasIndex(admin) else { return }
        let path = Path.join(admin.path, "index")
        guard !Files.exists(path + ".lock") else { return }
        let git = pool.git(in: record, lock: lock)
        // The old one goes only when there is a new one.
        let draft = Path.join(pool.directory, SlotRecord.newDraftID())
        do { try git.with(["GIT_INDEX_FILE": draft]).run(["read-tree", "HEAD"]) } catch {
            try? Files.unlink(draft)
            throw error
        }
        if Files.exists(path) { try moveAside(path, as: admin.id + "-index", slot: record.slot) }
        try Files.rename(draft, path)
        note(.wroteIndex, admin.path, slot: record.slot)
    }

    // MARK: - The two ends

    private mutating func mendLink(_ claim: inout SlotClaim) throws {
        let record = claim.record
        let admin = pool.admin(record)
        guard !record.admin.isEmpty, Files.isDirectory(record.path), !admin.isLinked(to: record.path) else { return }
        let named = AdminDirectory.named(byTree: record.path)
        guard !hasGitFile(record.path) || named.map({ pool.isOurAdmin($0) && $0.id == record.admin }) ?? false else {
            // It is another's, or what it says cannot be read.
            return
        }
        // The slot's own tree lies under what is mounted, with its `.git` file.
        guard !Mounts.cover(record.path) else { return }
        // A folder that somebody made where the tree stood before they moved that.
        if let moved = pool.movedTree(of: record) {
            let name = record.lease?.name ?? Path.name(record.path)
            throw PoolError.broken(name: name, .elsewhere(.movedUnseen(to: moved.path)))
        }
        if !Files.exists(admin.path) { try makeAdmin(&claim, admin) }
        guard let recorded = admin.recordedTree else { return }
        if recorded != record.path {
            // Of two trees that say so, only its user knows which is the worktree.
            guard named != nil, !Files.exists(Path.join(recorded, ".git")) else { return }
            try writeTreePath(admin, record.path, slot: record.slot)
        }
        guard named?.path != admin.path else { return }
        try rewrite(Path.join(record.path, ".git"), admin.link, in: record)
        pool.faults.reach(.mendGitFile)
        note(.wroteGitFile(admin.path), record.path, slot: record.slot)
    }

    /// A tree may stand on another file system than the pool's files.
    private mutating func rewrite(_ path: String, _ text: String, in record: SlotRecord) throws {
        if let old = try? Files.read(path, limit: 65536), !old.isEmpty {
            try Files.create(place(aside: Path.name(record.path) + "-git"), old)
            pool.faults.reach(.mendKept)
        }
        try Files.replace(path, Array(text.utf8), mode: 0o644)
    }

    /// `git worktree prune` or a user took it: made unseen and published whole, as an `add` does. No file of the tree is
    /// touched, so that `git status` shows whatever differs from the commit.
    private mutating func makeAdmin(_ claim: inout SlotClaim, _ admin: AdminDirectory) throws {
        let record = claim.record
        guard pool.settings.hasPlainLayout, let head = try head(admin, record) else { return }
        let draft = AdminDirectory(Path.join(pool.directory, SlotRecord.newDraftID()))
        do {
            let reason = record.lease == nil ? nil : GitLock.reason(record)
            try draft.make(for: record.path, at: head, lockReason: reason)
            pool.faults.reach(.mendDrafted)
            let git = pool.git.at(.exactly(gitDirectory: draft.path, workTree: record.path))
            try git.inheriting(claim.lockNumber).run(["read-tree", "HEAD"])
            try Files.makeDirectories(pool.worktreesDirectory, mode: 0o777)
            try Files.renameNoReplace(draft.path, admin.path)
        } catch {
            try? Directory.removeTree(draft.path)
            throw error
        }
        pool.faults.reach(.mendAdmin)
        note(.madeAdmin(head), admin.path, slot: record.slot)
    }

    // MARK: - The tree

    /// A living session's folder that is gone comes back as its index has it, with what was staged; whoever has no session
    /// any more is `gc`'s.
    private mutating func mendTree(_ claim: inout SlotClaim) throws {
        let record = claim.record
        let admin = pool.admin(record)
        guard claim.state == .leased, let lease = record.lease, pool.verdict(of: lease) != .dead,
            !Files.exists(record.path), !Files.exists(record.fencePath), admin.recordedTree == record.path,
            Files.exists(Path.join(admin.path, "index")), !isHeadlessNow(admin)
        else { return }
        let draft = Path.join(record.root, SlotRecord.mendingPrefix + Path.name(record.path))
        if let moved = pool.movedTree(of: record) {
            throw PoolError.broken(name: lease.name, .elsewhere(.movedUnseen(to: moved.path)))
        }
        try Directory.removeTree(draft)
        try Files.makeDirectory(draft, mode: 0o777)
        let git = pool.git(in: record, at: draft, lock: claim.lockNumber)
        try git.run(["checkout-index", "-q", "-a", "-u"])
        try Files.create(Path.join(draft, ".git"), Array(admin.link.utf8), mode: 0o644)
        pool.faults.reach(.mendFilled)
        // What came into being there meanwhile stays.
        try Files.renameNoReplace(draft, record.path)
        note(.filledTree, record.path, slot: record.slot)
    }

    private func isHeadlessNow(_ admin: AdminDirectory) -> Bool { !pool.faults(of: admin, []).isEmpty }

    /// Set aside because its parts did not fit, and now they do: somebody's work may be in it, so it is an orphan.
    private mutating func lift(_ claim: inout SlotClaim) throws {
        var lease = claim.record.lease ?? Lease(foundIn: claim.record)
        lease.release = Release(at: pool.now(), isReaped: lease.orders.isReaped)
        try pool.orphan(&claim, lease, because: [.mended], mustWrite: true)
        note(.liftedBroken, claim.record.path, slot: claim.number)
    }

    /// A slot that was set aside, of which nothing is left but what its admin directory and branch know.
    private mutating func forget(_ claim: inout SlotClaim) throws {
        let record = claim.record
        guard claim.state == .broken, !Files.exists(record.path), !Files.exists(record.fencePath) else { return }
        try pool.dropMissing(&claim, record.lease)
        note(.settled(nil), record.path, slot: record.slot)
    }

    /// What is due goes its way, as in any command.
    private mutating func settle(_ number: Int) throws {
        for report in pool.collect(.quick, only: [number]) {
            if let failure = report.failure { throw failure }
            guard report.to != report.from else { continue }
            note(.settled(report.to), pool.slotLockPath(number), slot: number)
        }
    }
}
