internal import Git
internal import POSIX

/// A used tree behind its fence, cleaned for the next lease: what is tracked is as in the commit it waits at, what is
/// untracked is gone, what is ignored stays; and nothing is deleted that was not judged, or is not saved now.
struct TreeScrub {
    let pool: Pool
    let record: SlotRecord
    let lease: Lease
    let admin: AdminDirectory
    /// Inherits the slot's lock.
    let git: Git
    let lock: Int32
    /// As for `recycle`.
    let judged: JudgedFiles?

    init(of claim: borrowing SlotClaim, _ lease: Lease, _ git: Git, _ judged: JudgedFiles?) {
        pool = claim.pool
        record = claim.record
        self.lease = lease
        admin = claim.admin
        self.git = git
        lock = claim.lockNumber
        self.judged = judged
    }

    /// Each step can be repeated after a crash.
    func run(to parking: String) throws {
        try AdminScrub(admin).dropOperations()
        // A sparse worktree or one with configuration of its own keeps that, or goes once it is clean.
        let isOwn = pool.hasOwnLayout(admin)
        try clearFlags(isOwn: isOwn)
        // An unborn branch has no commit to detach at: the checkout below starts from nothing.
        let head = try pool.headCommit(admin, git)
        if let head { try leaveBranch(head) }
        // One that was killed may have been on its way there.
        if judged == nil { try takeBackCheckout(of: parking) }
        pool.faults.reach(.recycleDropped)
        switch lease.orders.work {
        case .keep: break
        case .save, .discard: try reset(hasCommit: head != nil)
        }
        // A tree that was judged clean at this very commit is as it should be, and hides nothing that is not hidden there;
        // but what a sparse checkout leaves out is decided by the checkout alone.
        if isOwn || judged == nil || lease.orders.work != .keep || head != parking { try move(to: parking) }
        pool.faults.reach(.recycleParked)
        let isPlain = pool.settings.hasPlainLayout
        try AdminScrub(admin).dropTraces(pool.privateRefs(admin, git), git, isPlain: isPlain)
        if pool.settings.isPristine { try removeIgnored() }
    }

    /// Files that a sparse set of the lease's own left out come back: first the set goes, or git would leave them out again.
    private func clearFlags(isOwn: Bool) throws {
        if !isOwn { try AdminScrub(admin).dropLayout() }
        let flags = try IndexFlags(of: git)
        for (option, entries) in [
            ("--no-assume-unchanged", flags.entries.filter(\.isAssumedUnchanged)),
            ("--no-skip-worktree", isOwn ? [] : flags.entries.filter(\.isSkipped)),
        ] where !entries.isEmpty {
            try git.run(["update-index", option, "-z", "--stdin"], input: Text.terminated(entries.map(\.path)))
        }
        guard !isOwn, flags.entries.contains(where: \.isSkipped) else { return }
        // Only what is missing is written; what is in the way is found by the next look.
        _ = try git.attempt(["checkout-index", "-q", "-a", "-u"])
    }

    private func leaveBranch(_ head: String) throws {
        guard admin.head != .detached(head) else { return }
        try pool.point(.detached(head), admin, git, "git-pool: recycle")
    }

    /// What is tracked goes back to its commit, what was untracked goes: all of it was saved, or thrown away by its owner.
    /// What the reset itself brings to light, such as files that an uncommitted .gitignore hid, nobody has judged, nor what
    /// somebody out of our sight has written since (another user's process, or one in a container).
    private func reset(hasCommit: Bool) throws {
        let status = try WorktreeStatus(of: git, untracked: .all)
        let blocking = hasCommit && status.entries.contains(where: \.isGone) ? try ignored(inTheWayOf: "HEAD") : []
        let isAllJudged = status.entries.allSatisfy { judged?.hasUnchanged($0.path) == true }
        if !blocking.isEmpty || (!isAllJudged && !status.entries.isEmpty) { try saveUncovered(and: blocking) }
        try removeUntracked(status)
        pool.faults.reach(.recycleRemoved)
        try git.run(["reset", "-q", "--hard"])
        pool.faults.reach(.recycleReset)
    }

    private func move(to commit: String) throws {
        try checkOut(commit)
        // A .gitignore that came with the lease hid these: nobody has judged them.
        let uncovered = try WorktreeStatus(of: git, untracked: .all)
        guard !uncovered.entries.isEmpty else { return }
        try saveUncovered()
        try removeUntracked(uncovered)
    }

    /// An ignored file that lies where that commit has one is saved, then makes way.
    private func checkOut(_ commit: String) throws {
        let words = Git.detaching(at: commit)
        guard !(try git.attempt(words).isSuccess) else { return }
        try takeBackCheckout(of: commit)
        let blocking = try ignored(inTheWayOf: commit)
        if !blocking.isEmpty {
            try saveUncovered(and: blocking)
            for path in blocking { try TreeFile(record.fencePath, path).removeWithEmptyFolders() }
        }
        try removeSpecial(inTheWayOf: commit)
        do { try git.run(words) } catch {
            try takeBackCheckout(of: commit)
            throw error
        }
    }

    private func takeBackCheckout(of commit: String) throws {
        guard let head = try pool.headCommit(admin, git) else { return }
        try HalfCheckout(git: git, tree: record.fencePath).takeBack(from: commit, to: head)
    }

    /// FIFOs, sockets and devices that lie where a commit has a file or a folder: git lists none of them, and makes way for
    /// none; nobody's work is in one.
    private func removeSpecial(inTheWayOf commit: String) throws {
        let (names, folders) = try paths(of: commit)
        for path in names.union(folders) {
            let file = TreeFile(record.fencePath, path)
            if file.kind == .other { try file.remove() }
        }
    }

    /// All files of a commit, and the folders that they are in.
    private func paths(of commit: String) throws -> (names: Set<[UInt8]>, folders: Set<[UInt8]>) {
        let tracked = Text.records(try git.run(["ls-tree", "-r", "--name-only", "-z", "--full-tree", commit]))
        let names = Set(tracked.map { Array($0) })
        return (names, names.reduce(into: []) { $0.formUnion(TreeFile.folders($1)) })
    }

    /// Saves what the judgement did not see.
    private func saveUncovered(and ignored: [[UInt8]] = []) throws {
        _ = try pool.save(record, lease, lock: lock, kind: .uncovered, at: record.fencePath, extra: ignored)
    }

    /// Ignored files that lie where a commit has a file or a folder.
    /// - Throws: `PoolError.cannotSave` where a repository lies there, which git lists as a path that ends in `/`.
    private func ignored(inTheWayOf commit: String) throws -> [[UInt8]] {
        let ignored = Text.records(try git.run(["ls-files", "-o", "-i", "--exclude-standard", "-z"])).map { Array($0) }
        let (names, folders) = try paths(of: commit)
        let blocking = ignored.filter { listed in
            let path = listed.last == UInt8(ascii: "/") ? Array(listed.dropLast()) : listed
            return names.contains(path) || folders.contains(path)
                || TreeFile.folders(path).contains(where: names.contains)
        }
        let repositories = blocking.filter { $0.last == UInt8(ascii: "/") }
        guard repositories.isEmpty else {
            throw PoolError.cannotSave(
                name: lease.name,
                reasons: repositories.map { .repository(path: String(decoding: $0, as: UTF8.self)) })
        }
        return blocking
    }

    /// Removes exactly what status lists as untracked, one by one: never a repository, never through a link.
    private func removeUntracked(_ status: WorktreeStatus) throws {
        for entry in status.entries where entry.kind == .untracked && entry.path.last != UInt8(ascii: "/") {
            try TreeFile(record.fencePath, entry.path).removeWithEmptyFolders()
        }
    }
}
