package import Git
internal import POSIX

/// A save comes back as it was: the same bytes, the same `git status`, the same operation in progress.
extension Pool {
    /// Leases a fresh slot at the save's commit and lays the work into it; on an error the lease is given back.
    package func restore(_ saved: Saved, _ asked: LeaseRequest) throws -> LeasedSlot {
        var request = asked
        request.name = asked.name ?? saved.name
        request.isUnique = asked.name == nil
        request.isFresh = true
        awaitRelease(of: saved, named: request.name)
        request.from = saved.head ?? asked.from
        request.base = try existingBase(of: saved)
        if saved.branch == nil, asked.branch == .byName { request.branch = .detached }
        if let branch = saved.branch, asked.branch == .byName, let head = saved.head, try isFree(branch, at: head) {
            request.branch = .named(branch)
        }
        let leased = try add(request)
        do {
            try RestoredWork(saved, into: leased.record.path, admin(leased.record), self).lay()
        } catch {
            var release = ReleaseRequest()
            release.work = .discard
            _ = try? done(leased.number, leased.lease, release)
            collectDue()
            throw error
        }
        return leased
    }

    /// 'done --save' came back before the slot was recycled: until then name and branch are the last lease's.
    private func awaitRelease(of saved: Saved, named name: String?) {
        for slot in (try? snapshot()) ?? [] {
            guard let lease = slot.lease, lease.release?.at != nil,
                lease.name == name || (lease.branch != nil && lease.branch == saved.branch)
            else { continue }
            switch slot.state {
            // One that does not come to its end keeps its name, and the new lease gets another.
            case .releasing, .cleaning: try? finishRelease(slot.number, named: lease.name)
            case .warming, .idle, .leasing, .leased, .expiring, .orphaned, .trash, .broken: break
            }
        }
    }

    /// A trailer is data: it counts if it names a branch that is there.
    private func existingBase(of saved: Saved) throws -> String? {
        guard let base = saved.base, base.hasPrefix("refs/heads/") || base.hasPrefix("refs/remotes/"),
            try git.resolve(base + "^{commit}") != nil
        else { return nil }
        return base
    }

    private func isFree(_ branch: String, at head: String) throws -> Bool {
        let ref = RefName.branch(branch)
        return try git.resolve(ref) == head && Worktrees(of: repository).holder(ofBranch: ref) == nil
    }

    /// `--here`: into the worktree one stands in, which must be clean and at the save's commit.
    package func restore(_ saved: Saved, here tree: String, admin: AdminDirectory) throws {
        let work = RestoredWork(saved, into: tree, admin, self)
        let git = work.git
        guard try WorktreeStatus(of: git).entries.isEmpty, try admin.operation(git) == nil else {
            throw PoolError.restoreBlocked(.changes(in: tree))
        }
        let head = try git.line(["rev-parse", "HEAD"])
        guard saved.head == nil || saved.head == head else {
            throw PoolError.restoreBlocked(.otherCommit(tree: tree, head: head, saved: saved.head ?? ""))
        }
        guard try IndexFlags(of: git).edited(in: tree, git).isEmpty else {
            throw PoolError.restoreBlocked(.hiddenChanges(in: tree))
        }
        // Ignored files are no change, and no less somebody's.
        for difference in try work.differences() where !difference.wasTracked {
            let inTheWay = ([difference.path] + TreeFile.folders(difference.path)).first {
                let kind = TreeFile(tree, $0).kind
                return kind != nil && ($0 == difference.path || kind != .directory)
            }
            guard let inTheWay, try !isTracked(inTheWay, git) || hasUntracked(inTheWay, git) else { continue }
            throw PoolError.restoreBlocked(.inTheWay(path: String(decoding: inTheWay, as: UTF8.self)))
        }
        try work.lay()
    }

    private func isTracked(_ path: [UInt8], _ git: Git) throws -> Bool { try !git.listed([], at: [path]).isEmpty }

    /// Whether a folder that would make way has something in it that no commit has.
    private func hasUntracked(_ path: [UInt8], _ git: Git) throws -> Bool {
        try !git.listed(["-o"], at: [path]).isEmpty
    }
}
