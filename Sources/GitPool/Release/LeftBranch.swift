internal import Git

/// The branch that HEAD let go of as its lease ended: others may have it from then on, not only once the tree is
/// recycled, and a lease that goes on after all has it back if nobody took it.
package struct LeftBranch: Sendable, Equatable {
    /// Full ref name.
    let ref: String
    /// Where both stood.
    let commit: String

    init(ref: String, commit: String) { (self.ref, self.commit) = (ref, commit) }

    /// Nil for what is no `commit ref`.
    init?(text: String) {
        guard let space = text.firstIndex(of: " "), Text.isObjectID(String(text[..<space])) else { return nil }
        self.init(ref: String(text[text.index(after: space)...]), commit: String(text[..<space]))
    }

    var text: String { "\(commit) \(ref)" }
}

extension AdminDirectory {
    /// HEAD as the session left it, whether its branch is others' by now or not.
    func head(_ lease: Lease?, _ git: Git) -> Head? {
        let head = head(git)
        guard let left = lease?.release?.left, head == .detached(left.commit) else { return head }
        return .branch(left.ref)
    }
}

extension SlotClaim {
    /// What HEAD would let go of now. Nil where it is on no branch, and amid a rebase or the like: it ends on its branch.
    func branchToLeave() -> LeftBranch? {
        guard case .branch(let ref) = admin.head(git), RefName.shortBranch(ref) != nil,
            (try? admin.operation(git) == nil) == true, let commit = pool.tip(of: ref)
        else { return nil }
        return LeftBranch(ref: ref, commit: commit)
    }

    /// A git that has HEAD now keeps it: then the branch is left when the tree is recycled.
    func leaveBranch(_ branch: LeftBranch) {
        let reason = "git-pool: done"
        guard move(.branch(branch.ref), to: .detached(branch.commit), reason) else { return }
        // A commit may have come between the look and the lock.
        if let tip = pool.tip(of: branch.ref), tip != branch.commit { join(branch, reason) }
    }

    func rejoinBranch(of lease: inout Lease) {
        guard let left = lease.release?.left else { return }
        lease.release?.left = nil
        guard pool.tip(of: left.ref) == left.commit, !isOthers(left.ref) else { return }
        join(left, "git-pool: kept")
    }

    /// Of two worktrees that want the branch at the same moment, this one yields.
    private func join(_ branch: LeftBranch, _ reason: String) {
        let (free, joined) = (AdminDirectory.Head.detached(branch.commit), AdminDirectory.Head.branch(branch.ref))
        guard move(free, to: joined, reason), isOthers(branch.ref) else { return }
        _ = move(joined, to: free, reason)
    }

    /// - Returns: false if HEAD is elsewhere by now, or somebody's to move.
    private func move(_ from: AdminDirectory.Head, to head: AdminDirectory.Head, _ reason: String) -> Bool {
        (try? pool.point(head, insteadOf: from, admin, git, reason)) ?? false
    }

    private func isOthers(_ ref: String) -> Bool {
        Worktrees(of: pool.repository).holder(ofBranch: ref, except: admin) != nil
    }
}

extension Pool {
    /// Moves HEAD of a worktree, and nothing else; where there is more than files tell, git does it, with a line in the
    /// reflog.
    ///
    /// - Returns: false if it is not where it was expected.
    @discardableResult
    func point(
        _ head: AdminDirectory.Head, insteadOf expected: AdminDirectory.Head? = nil, _ admin: AdminDirectory,
        _ git: Git, _ message: String
    ) throws -> Bool {
        guard !settings.hasPlainLayout else { return try admin.write(head, insteadOf: expected) }
        guard expected == nil || admin.head(git) == expected else { return false }
        switch head {
        case .branch(let ref): try git.run(["symbolic-ref", "-m", message, "HEAD", ref])
        case .detached(let id): try git.run(["update-ref", "-m", message, "--no-deref", "HEAD", id])
        }
        return true
    }
}
