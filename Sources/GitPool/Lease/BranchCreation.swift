internal import Git
internal import POSIX

/// Branches of leases: created once, never over an existing one, and taken back only where they stand as we made them.
extension Pool {
    private func message(_ lease: Lease) -> String { Pool.branchMessage(leaseID: lease.id) }

    /// In the reflog of a branch that a lease made.
    static func branchMessage(leaseID: String) -> String { "git-pool: lease \(leaseID)" }

    /// Creates the lease's branch; nothing to do for a detached lease or an existing branch.
    /// - Throws: `PoolError.branchExists` or `.branchClash`, with nothing changed.
    ///
    /// - Parameter lock: the slot's, for a git that is started now; one that waits holds its own.
    func createBranch(_ lease: Lease, _ headStart: inout HeadStart, lock: Int32) throws {
        defer { headStart.end() }
        guard let ref = lease.branchRef, let branch = lease.branch, let id = lease.branchCreatedAt else { return }
        var transaction = RefTransaction(message(lease))
        transaction.create(ref, id)
        do {
            try transaction.commit(in: git.inheriting(lock), by: &headStart.writer) { faults.reach(.branchTold) }
        } catch {
            if try git.attempt(["show-ref", "--verify", "-q", ref]).isSuccess {
                throw PoolError.branchExists(
                    branch: branch, checkedOutAt: Worktrees(of: repository).holder(ofBranch: ref))
            }
            if let clash = try clashing(ref) { throw PoolError.branchClash(branch: branch, existing: clash) }
            // One that was in the way has just gone, with the lease that had made it.
            try transaction.commit(in: git.inheriting(lock))
        }
        faults.reach(.branchCreated)
    }

    /// The branch whose name is a folder of this one's, or the other way round.
    private func clashing(_ ref: String) throws -> String? {
        let refs = Text.lines(try git.run(["for-each-ref", "--format=%(refname)", "refs/heads/"]))
        return refs.first { ref.hasPrefix($0 + "/") || $0.hasPrefix(ref + "/") }.flatMap(RefName.shortBranch)
    }

    /// Deletes the branch if it is still as we created it; a branch that moved, or that somebody else made, stays.
    func takeBackBranch(_ lease: Lease) throws {
        guard let ref = lease.branchRef, let id = lease.branchCreatedAt else { return }
        guard madeBranch(lease) else { return }
        var transaction = RefTransaction("git-pool: roll back \(lease.id)")
        transaction.delete(ref, id)
        do { try transaction.commit(in: git) } catch {
            if try git.attempt(["show-ref", "--verify", "-q", ref]).isSuccess { throw error }
        }
    }

    /// Whether the branch's newest reflog entry is the one this lease wrote when it made it. Without reflogs: no.
    func madeBranch(_ lease: Lease) -> Bool {
        guard let ref = lease.branchRef, lease.branchCreatedAt != nil else { return false }
        let outcome = try? git.attempt(["log", "-g", "-1", "--format=%gs", ref, "--"])
        return outcome.map { Text.line($0.output) } == message(lease)
    }

    /// HEAD of a worktree onto its lease's branch, or onto the commit.
    func pointHead(_ git: Git, _ lease: Lease, _ admin: AdminDirectory) throws {
        try point(lease.branchRef.map { .branch($0) } ?? .detached(lease.start), admin, git, message(lease))
    }

    /// Looks once more, now that HEAD is ours: a plain `git switch` may have taken an existing branch meanwhile.
    func checkBranchIsOurs(_ lease: Lease, _ admin: AdminDirectory) throws {
        guard let ref = lease.branchRef, let branch = lease.branch, lease.branchCreatedAt == nil,
            let other = Worktrees(of: repository).holder(ofBranch: ref, except: admin)
        else { return }
        throw PoolError.branchExists(branch: branch, checkedOutAt: other)
    }
}
