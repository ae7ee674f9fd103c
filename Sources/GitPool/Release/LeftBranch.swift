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
        guard (try? pool.point(.detached(branch.commit), admin, git, reason)) != nil else { return }
        // A commit may have come between the look and the lock.
        if pool.tip(of: branch.ref) != branch.commit { try? pool.point(.branch(branch.ref), admin, git, reason) }
    }

    /// Of two worktrees that want the branch at the same moment, this one yields.
    func rejoinBranch(of lease: inout Lease) {
        guard let left = lease.release?.left else { return }
        lease.release?.left = nil
        let worktrees = Worktrees(of: pool.repository)
        guard admin.head(git) == .detached(left.commit), pool.tip(of: left.ref) == left.commit,
            worktrees.holder(ofBranch: left.ref, except: admin) == nil
        else { return }
        let reason = "git-pool: kept"
        try? pool.point(.branch(left.ref), admin, git, reason)
        if worktrees.holder(ofBranch: left.ref, except: admin) != nil {
            try? pool.point(.detached(left.commit), admin, git, reason)
        }
    }
}

extension Pool {
    /// Moves HEAD of a worktree, and nothing else; where there is more than files tell, git does it, with a line in the
    /// reflog.
    func point(_ head: AdminDirectory.Head, _ admin: AdminDirectory, _ git: Git, _ message: String) throws {
        guard !settings.hasPlainLayout else { return try admin.write(head) }
        switch head {
        case .branch(let ref): try git.run(["symbolic-ref", "-m", message, "HEAD", ref])
        case .detached(let id): try git.run(["update-ref", "-m", message, "--no-deref", "HEAD", id])
        }
    }
}
