internal import Git
internal import POSIX

/// Whether a lease's branch is deleted with it: only one that the lease made, and only if it has no work of its own or
/// all of it is in the base.
enum BranchFate: Equatable {
    case keeps
    case goes(tip: String)
}

extension Pool {
    func branchFate(_ lease: Lease, _ admin: AdminDirectory?, _ git: Git) throws -> BranchFate {
        let orders = lease.orders
        guard let ref = lease.branchRef, orders.branchPolicy != .keep else { return .keeps }
        // A rebase or bisect that is saved wants to end on it when it comes back.
        if let admin, orders.work == .save, try admin.operation(git) != nil { return .keeps }
        guard lease.branchCreatedAt != nil || orders.branchPolicy == .delete else { return .keeps }
        guard let tip = try knownTip(of: ref) ?? git.resolve(ref) else { return .keeps }
        guard Worktrees(of: repository).holder(ofBranch: ref, except: admin) == nil else { return .keeps }
        switch orders.branchPolicy {
        case .keep: return .keeps
        case .delete: return .goes(tip: tip)
        case .merged: return try tip == lease.start || isMerged(tip, lease, git) ? .goes(tip: tip) : .keeps
        }
    }

    /// By merge, by rebase (`git cherry` finds every patch), or by squash (it finds the one patch of all together).
    private func isMerged(_ tip: String, _ lease: Lease, _ git: Git) throws -> Bool {
        guard let base = lease.base else { return false }
        // "@{upstream}" takes no full ref name.
        let upstreams = Text.lines(try git.run(["for-each-ref", "--format=%(upstream)", base]))
        for target in [base] + upstreams where !target.isEmpty {
            guard let commit = try git.resolve(target + "^{commit}") else { continue }
            if try git.attempt(["merge-base", "--is-ancestor", tip, commit]).isSuccess { return true }
            if try hasEveryPatch(of: tip, in: commit, git) { return true }
            let fork = try git.attempt(["merge-base", commit, tip])
            guard fork.isSuccess else { continue }
            if try hasSquash(of: tip, since: Text.line(fork.output), in: commit, lease, git) { return true }
        }
        return false
    }

    /// The commit that is looked for is made among objects of its own, which go again: nothing would ever lead to it.
    private func hasSquash(
        of tip: String, since fork: String, in commit: String, _ lease: Lease, _ git: Git
    ) throws -> Bool {
        try withWorkshop(of: lease) { workshop in
            let objects = Path.join(repository.commonDirectory, "objects")
            try Files.makeDirectory(Path.join(workshop, "info"))
            try Files.create(Path.join(workshop, "info/alternates"), Array((objects + "\n").utf8))
            let apart = git.with(["GIT_OBJECT_DIRECTORY": workshop])
            let squashed = try apart.with(PoolIdentity.variables(at: now())).line([
                "commit-tree", "-m", "git-pool: squash of \(tip)", "-p", fork, tip + "^{tree}",
            ])
            return try hasEveryPatch(of: squashed, in: commit, apart)
        }
    }

    /// `git cherry` marks with `-` what the other side has; merge commits it leaves out, so a branch with one of its own
    /// is not taken for merged.
    private func hasEveryPatch(of tip: String, in commit: String, _ git: Git) throws -> Bool {
        let merges = try git.line(["rev-list", "-n1", "--merges", tip, "--not", commit])
        let marks = Text.lines(try git.run(["cherry", commit, tip]))
        return merges.isEmpty && !marks.isEmpty && marks.allSatisfy { $0.hasPrefix("- ") }
    }

    /// Deletes the branch if it still is where it was judged.
    func decideBranch(_ fate: BranchFate, _ lease: Lease, _ admin: AdminDirectory?, _ git: Git) throws {
        guard case .goes(let tip) = fate, let ref = lease.branchRef else { return }
        // Since the slot's HEAD left it, anybody could check it out.
        guard Worktrees(of: repository).holder(ofBranch: ref, except: admin) == nil else { return }
        var transaction = RefTransaction("git-pool: done \(lease.id)")
        transaction.delete(ref, tip)
        do { try transaction.commit(in: git) } catch {
            guard !error.message.contains("but expected") else { return }
            throw error
        }
    }

    /// Keeps, under `refs/pool/saved/`, the commits that only this worktree's HEAD, its reflog or a branch that goes lead to.
    ///
    /// - Parameter admin: nil where it is gone; then only the branch can lead anywhere.
    func pin(_ lease: Lease, _ fate: BranchFate, _ admin: AdminDirectory?, _ git: Git) throws {
        var tips: [String] = []
        if let admin {
            if let head = try headCommit(admin, git) { tips.append(head) }
            tips += try reflog("HEAD", Path.join(admin.path, "logs/HEAD"), git)
            for (ref, id) in try privateRefs(admin, git) + PrivateRefs.traces(git) {
                tips += try reflog(ref, Path.join(admin.path, "logs/" + ref), git)
                guard try git.hasCommit(id) else { continue }
                tips.append(id)
            }
            tips += try Operation(admin).commits(git)
        }
        var leaving: String?
        if case .goes(let tip) = fate, let branch = lease.branch, let ref = lease.branchRef {
            leaving = branch
            tips.append(tip)
            tips += try reflog(ref, Path.join(repository.commonDirectory, "logs/" + ref), git)
        }
        // What the base has needs no search.
        if let base = lease.base, base != lease.branchRef, let tip = knownTip(of: base) { tips.removeAll { $0 == tip } }
        tips = tips.uniqued()
        let reachability = Reachability(git)
        guard try !reachability.unreached(of: tips, besides: leaving, counting: []).isEmpty else { return }
        // One that was made long ago keeps them too short a time.
        let lost = try reachability.unreached(of: tips, besides: leaving, counting: Saves(self).fresh().map(\.ref))
        guard !lost.isEmpty else { return }
        try SaveCommit(pool: self, lease: lease, git: git).pin(lost)
    }

    /// Every commit a reflog names, newest first. git itself reads no reflog of an unborn branch, such as
    /// `git switch --orphan` leaves, so the file is read too, where refs are files. Where they are in tables, all reflogs
    /// that the worktree sees are taken for its own: what is reached otherwise is kept by nobody twice.
    private func reflog(_ ref: String, _ file: String, _ git: Git) throws -> [String] {
        if settings.hasPlainLayout, !Files.exists(file) { return [] }
        let question = ["log", "-g", "--format=%H", ref, "--"]
        let outcome = settings.hasPlainLayout ? nil : try git.attempt(question)
        var ids = outcome.map { $0.isSuccess ? Text.lines($0.output) : [] } ?? []
        if Files.exists(file) {
            ids += ReflogLine.lines(try Files.read(file)).reversed().flatMap { [$0.new, $0.old].compactMap { $0 } }
        } else if let outcome, !outcome.isSuccess, try git.attempt(["reflog", "exists", ref]).isSuccess {
            guard ref == "HEAD", try git.resolve("HEAD") == nil else { throw git.failure(question, outcome) }
            ids += Text.lines(try git.run(["rev-list", "--single-worktree", "--reflog", "--no-walk"]))
        }
        return ids.filter { $0 != repository.zeroID }
    }

    /// The commit HEAD stands for; git is asked only where the files do not tell.
    func headCommit(_ admin: AdminDirectory, _ git: Git) throws -> String? {
        switch admin.head {
        case .detached(let id): id
        case .branch(let ref): try knownTip(of: ref) ?? git.resolve("HEAD^{commit}")
        case nil: try git.resolve("HEAD^{commit}")
        }
    }

    func privateRefs(_ admin: AdminDirectory, _ git: Git) throws -> [(ref: String, id: String)] {
        settings.hasPlainLayout && !PrivateRefs.areFiles(in: admin) ? [] : try PrivateRefs.list(git)
    }
}
