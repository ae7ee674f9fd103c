internal import Git
internal import POSIX

/// A used slot becomes idle: nothing of the last lease is left but ignored files, and nothing is deleted that was not
/// judged first.
extension Pool {
    /// Works behind the fence, on a slot in state `cleaning`; each step can be repeated after a crash.
    ///
    /// - Parameter told: what was there when the tree was judged, and saved if it was to be, since it was fenced. After a crash
    ///   nobody can tell what was judged from what came to light meanwhile.
    /// - Parameter removes: the slot's time is over: once it is clean it goes.
    func recycle(_ claim: inout SlotClaim, told: Told? = nil, removes: Bool = false) throws {
        let record = claim.record
        guard isPresent(record) else { return try dropMissing(&claim, record.lease) }
        if !Files.exists(record.fencePath) {
            if record.lease != nil {
                // Somebody could get in: it is judged from the start.
                try claim.advance(to: .releasing)
                return try finish(&claim)
            }
            // The records of a copied repository name the original's slots.
            guard admin(record).isLinked(to: record.path) else { return try claim.advance(to: .broken) }
            guard try Occupants.scan(record.path).isEmpty else { return }
            try fence(record)
        }
        let admin = admin(record)
        guard admin.isLinked(to: record.fencePath, home: record.path) else {
            try unfence(record)
            return try claim.advance(to: .broken)
        }
        let git = git(in: record, at: record.fencePath, lock: claim.lockNumber)
        let isDiscarded = told != nil && record.lease?.orders.work == .discard
        if var lease = record.lease {
            do { try endLease(&claim, lease, admin, git, told) } catch PoolError.cannotSave(_, let reasons) {
                // What a .gitignore of the lease hid is a repository of its own: the slot stays as it is, for its owner.
                try unfence(record)
                lease.order(.keep)
                return try orphan(&claim, lease, because: reasons.map(KeptReason.unsavable))
            }
        }
        try becomeIdle(&claim, admin, git, removes: removes, isDiscarded: isDiscarded)
    }

    private func endLease(
        _ claim: inout SlotClaim, _ lease: Lease, _ admin: AdminDirectory, _ git: Git, _ told: Told?
    ) throws {
        forgetSetup(&claim, git)
        let fate = try branchFate(lease, admin, git)
        try pin(lease, fate, admin, git)
        faults.reach(.recyclePinned)
        let parking = try parkingCommit(lease, git)
        try scrub(lease, admin, git, claim.record, parking, told)
        faults.reach(.recycleScrubbed)
        try decideBranch(fate, lease, admin, git)
        faults.reach(.recycleBranch)
        claim.record.head = parking
        claim.record.lease = nil
        claim.record.lastUsedAt = now()
        try claim.advance(to: .cleaning, mustWrite: false)
    }

    /// Idle is a slot in which nobody stands, in which nobody worked since it was scrubbed, and whose HEAD is detached at
    /// the recorded commit. What cannot be brought there without loss is an orphan, what cannot be scrubbed is trashed.
    private func becomeIdle(
        _ claim: inout SlotClaim, _ admin: AdminDirectory, _ git: Git, removes: Bool, isDiscarded: Bool
    ) throws {
        let record = claim.record
        var judgement = claim.judge(nil, at: record.fencePath)
        if judgement.isClean, admin.head != .detached(record.head) {
            try detach(&claim, git)
            judgement = claim.judge(nil, at: record.fencePath)
        }
        // The owner discarded the changes in its submodules, and nothing else was found behind this fence.
        if isDiscarded, !judgement.isClean, judgement.risks.allSatisfy(\.isOfSubmodule) { return try remove(&claim) }
        let isPlain =
            try SubmoduleRepositories.paths(in: admin).isEmpty && canWait(admin, git)
        // Deleted from behind the fence: at its path somebody could work in it again after the last look.
        let goes = removes || (settings.upkeep.strategy == .ondemand && record.useCount > 0 && !record.isAdopted)
        if judgement.isClean, goes || !isPlain { return try remove(&claim) }
        try unfence(record)
        faults.reach(.recycleUnfenced)
        if judgement.isClean {
            try GitLock.unlock(admin)
            faults.reach(.recycleUnlocked)
            return try claim.advance(to: .idle, mustWrite: false)
        }
        if judgement.risks.allSatisfy(\.isProcess) { return }
        try orphanFound(&claim, judgement.risks)
    }

    /// A worktree that was adopted is its user's again, with all that git ignores in it.
    private func remove(_ claim: inout SlotClaim) throws {
        guard claim.record.isAdopted else { return try trash(&claim) }
        try unfence(claim.record)
        faults.reach(.recycleUnfenced)
        try GitLock.unlock(claim.admin)
        try claim.forget()
    }

    /// Onto the recorded commit; where an ignored file is in its way there, the slot waits where it stands.
    private func detach(_ claim: inout SlotClaim, _ git: Git) throws {
        let words = Git.detaching(at: claim.record.head)
        let outcome = try git.attempt(words)
        guard !outcome.isSuccess else { return }
        let failure = git.failure(words, outcome)
        guard failure.isOverwriteRefusal, let head = try git.resolve("HEAD^{commit}") else { throw failure }
        try git.run(Git.detaching(at: head))
        (claim.record.head, claim.record.base) = (head, nil)
    }

    /// A slot with another layout than the main worktree has, or that an index flag sets apart, is made anew instead.
    private func canWait(_ admin: AdminDirectory, _ git: Git) throws -> Bool {
        guard hasLayout(of: repository.commonDirectory, admin) else { return false }
        // Those that a sparse checkout leaves out are flagged by git itself.
        let isOwn = hasOwnLayout(admin)
        return try IndexFlags(of: git).entries.allSatisfy { isOwn && $0.isSkipped && !$0.isAssumedUnchanged }
    }

    /// The tip of the branch the work was meant for, if it is there; else the commit the lease started from.
    private func parkingCommit(_ lease: Lease, _ git: Git) throws -> String {
        guard let base = lease.base else { return lease.start }
        if RefName.shortBranch(base) != nil, let tip = knownTip(of: base) { return tip }
        return try git.resolve(base + "^{commit}") ?? lease.start
    }

    private func scrub(
        _ lease: Lease, _ admin: AdminDirectory, _ git: Git, _ record: SlotRecord, _ parking: String,
        _ told: Told?
    ) throws {
        try AdminScrub(admin).dropOperations()
        // A sparse worktree or one with configuration of its own keeps that, or goes once it is clean.
        let isOwn = hasOwnLayout(admin)
        try clearFlags(admin, git, isOwn: isOwn)
        // An unborn branch has no commit to detach at: the checkout below starts from nothing.
        let head = try headCommit(admin, git)
        if let head { try leaveBranch(head, admin, git) }
        faults.reach(.recycleDropped)
        switch lease.orders.work {
        case .keep: break
        case .save, .discard: try resetTree(lease, git, record, told, hasCommit: head != nil)
        }
        // A tree that was judged clean at this very commit is as it should be, and hides nothing that is not hidden there;
        // but what a sparse checkout leaves out is decided by the checkout alone.
        if isOwn || told == nil || lease.orders.work != .keep || head != parking {
            try move(lease, git, record, parking)
        }
        faults.reach(.recycleParked)
        try AdminScrub(admin).dropTraces(privateRefs(admin, git), git, isPlain: settings.hasPlainLayout)
        if settings.isPristine { try removeIgnored(lease, git, record) }
    }

    private func move(_ lease: Lease, _ git: Git, _ record: SlotRecord, _ parking: String) throws {
        try park(parking, lease, git, record)
        // A .gitignore that came with the lease hid these: nobody has judged them.
        let uncovered = try WorktreeStatus(of: git, untracked: .all)
        guard !uncovered.entries.isEmpty else { return }
        _ = try save(record, lease, lock: git.inherited.first ?? -1, kind: .uncovered, at: record.fencePath)
        try removeUntracked(uncovered, record.fencePath)
    }

    private func leaveBranch(_ head: String, _ admin: AdminDirectory, _ git: Git) throws {
        guard admin.head != .detached(head) else { return }
        guard !settings.hasPlainLayout else { return try admin.write(.detached(head)) }
        try git.run(["update-ref", "-m", "git-pool: recycle", "--no-deref", "HEAD", head])
    }

    /// What is tracked goes back to its commit, what was untracked goes: all of it was saved, or thrown away by its owner.
    /// What the reset itself brings to light, such as files that an uncommitted .gitignore hid, nobody has judged, nor what
    /// somebody out of our sight has written since (another user's process, or one in a container).
    private func resetTree(
        _ lease: Lease, _ git: Git, _ record: SlotRecord, _ told: Told?, hasCommit: Bool
    ) throws {
        let status = try WorktreeStatus(of: git, untracked: .all)
        let blocking =
            hasCommit && status.entries.contains(where: \.isGone) ? try ignored(inTheWayOf: "HEAD", lease, git) : []
        let isAllJudged = status.entries.allSatisfy { told?[$0.path] == tell($0.path, record) }
        if !blocking.isEmpty || (!isAllJudged && !status.entries.isEmpty) {
            _ = try save(
                record, lease, lock: git.inherited.first ?? -1, kind: .uncovered, at: record.fencePath, extra: blocking)
        }
        try removeUntracked(status, record.fencePath)
        faults.reach(.recycleRemoved)
        try git.run(["reset", "-q", "--hard"])
        faults.reach(.recycleReset)
    }

    /// Onto the commit the slot waits at. An ignored file that lies where that commit has one is saved, then makes way.
    private func park(_ commit: String, _ lease: Lease, _ git: Git, _ record: SlotRecord) throws {
        let words = Git.detaching(at: commit)
        guard !(try git.attempt(words).isSuccess) else { return }
        let blocking = try ignored(inTheWayOf: commit, lease, git)
        if !blocking.isEmpty {
            _ = try save(
                record, lease, lock: git.inherited.first ?? -1, kind: .uncovered, at: record.fencePath, extra: blocking)
            for path in blocking { try TreeFile(record.fencePath, path).removeWithEmptyFolders() }
        }
        try git.run(words)
    }

    /// Ignored files that lie where a commit has a file or a folder.
    /// - Throws: `PoolError.cannotSave` where a repository lies there, which git lists as a path that ends in `/`.
    private func ignored(inTheWayOf commit: String, _ lease: Lease, _ git: Git) throws -> [[UInt8]] {
        let ignored = Text.records(try git.run(["ls-files", "-o", "-i", "--exclude-standard", "-z"])).map { Array($0) }
        let tracked = Text.records(try git.run(["ls-tree", "-r", "--name-only", "-z", "--full-tree", commit]))
        let names = Set(tracked.map { Array($0) })
        let folders = names.reduce(into: Set<[UInt8]>()) { $0.formUnion(TreeFile.folders($1)) }
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

    /// Files that a sparse set of the lease's own left out come back: first the set goes, or git would leave them out again.
    private func clearFlags(_ admin: AdminDirectory, _ git: Git, isOwn: Bool) throws {
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

    /// Removes exactly what status lists as untracked, one by one: never a repository, never through a link.
    private func removeUntracked(_ status: WorktreeStatus, _ tree: String) throws {
        for entry in status.entries where entry.kind == .untracked && entry.path.last != UInt8(ascii: "/") {
            try TreeFile(tree, entry.path).removeWithEmptyFolders()
        }
    }
}
