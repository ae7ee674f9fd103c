internal import Git
internal import POSIX

/// Every reason not to reset or delete a worktree; an inspection that fails is itself one.
package struct Judgement: Sendable {
    package internal(set) var risks: [Risk] = []

    init(risks: [Risk]) { self.risks = risks }

    /// What is judged: the tree where it is now, and where its admin directory says it lives.
    struct Subject: Sendable {
        let tree: String
        let home: String
        let admin: AdminDirectory
        let lease: Lease?
        /// Those who may stand in it.
        var excused: [Bystander]

        init(tree: String, home: String, admin: AdminDirectory, lease: Lease?) {
            self.tree = tree
            self.home = home
            self.admin = admin
            self.lease = lease
            excused = lease?.release?.excused ?? []
        }

        /// Where the tree of one of its submodules' repositories is now; nil where it has none.
        /// - Parameter home: where that belongs, as the repository says.
        func place(ofModuleAt home: String) -> String? {
            Path.contains(self.home, home) ? tree + home.dropFirst(self.home.count) : nil
        }

        func excuses(_ occupant: Occupant) -> Bool {
            guard !excused.isEmpty, case .present(let facts) = ProcessTable.read(occupant.pid) else { return false }
            return excused.contains(Bystander(facts))
        }
    }

    var isClean: Bool { risks.isEmpty }

    /// Whether there is more than processes, which leave again.
    var findsWork: Bool { risks.contains { !$0.isProcess } }

    func standing(against work: Release.Work) -> [Risk] { risks.filter { $0.stands(against: work) } }

    /// Looks at everything: one `git status`, one `git ls-files`, and `git rev-list` where HEAD is detached.
    ///
    /// - Parameter git: inherits the slot's lock.
    /// - Parameter order: how sure it is to be.
    init(of subject: Subject, in pool: Pool, git: Git, _ order: Order = .processesFirst) {
        guard subject.admin.isLinked(to: subject.tree, home: subject.home) else {
            risks = [.uninspectable(.links(of: subject.home))]
            return
        }
        let git = git.at(.exactly(gitDirectory: subject.admin.path, workTree: subject.tree))
        let mounts = lookAtMounts(subject)
        // What is mounted there is reason enough, and git would go into it.
        if !risks.isEmpty, RemoteMounts.areBelow(subject.tree) { return }
        switch order {
        case .processesFirst:
            lookAtProcesses(subject, mounts, asksThreads: true)
            lookAtIndexLock(subject)
            lookAtAdminDirectory(subject, pool, git)
            ask(.status) { look throws(GitError) in try look.lookAtFiles(subject, git) }
        case .bothAtOnce:
            // First, for a git that looks at files may have a lock there.
            lookAtIndexLock(subject)
            ask(.status) { look throws(GitError) in
                try look.lookAtFiles(subject, git) {
                    $0.lookAtAdminDirectory(subject, pool, git)
                    $0.lookAtProcesses(subject, mounts, asksThreads: false)
                }
            }
            passOverLeavers(subject, mounts)
        }
        ask(.commits) { look throws(GitError) in try look.lookAtCommits(subject, pool, git) }
        ask(.submodules) { look throws(GitError) in try look.lookAtSubmodules(subject, git) }
        ask(.stashes) { look throws(GitError) in try look.lookAtStashes(subject, pool) }
    }

    /// What was found before git failed stays.
    private mutating func ask(
        _ question: Uninspectable.Question, _ look: (inout Judgement) throws(GitError) -> Void
    ) {
        do { try look(&self) } catch { risks.append(.uninspectable(Uninspectable(question, error))) }
    }

    enum Order: Sendable {
        /// Whoever writes is seen, or had written before git looked at the files.
        case processesFirst
        /// In the time of the slowest, for an answer that nothing is done by before the tree is judged again: whoever
        /// writes and leaves while it looks may not be seen.
        case bothAtOnce
    }

    private mutating func lookAtProcesses(_ subject: Subject, _ mounts: Mounts?, asksThreads: Bool) {
        do {
            for occupant in try Occupants.scan(subject.tree, seeing: mounts, asksThreads: asksThreads)
            where !subject.excuses(occupant) {
                risks.append(.process(pid: occupant.pid, program: occupant.name))
            }
        } catch {
            risks.append(.uninspectable(.processes(error)))
        }
    }

    /// - Returns: all of them; nil where they cannot be told.
    private mutating func lookAtMounts(_ subject: Subject) -> Mounts? {
        do {
            let mounts = try Mounts()
            for place in mounts.below(subject.tree) {
                risks.append(.mounted(path: subject.home + place.dropFirst(subject.tree.count)))
            }
            return mounts
        } catch {
            risks.append(.uninspectable(.mounts(error)))
            return nil
        }
    }

    /// The git that looked at the files stood inside too.
    private mutating func passOverLeavers(_ subject: Subject, _ mounts: Mounts?) {
        risks.removeAll { risk in
            guard case .process(let pid, _) = risk else { return false }
            return (try? Occupants.scan(subject.tree, among: [pid], seeing: mounts).isEmpty) ?? false
        }
    }

    private mutating func lookAtIndexLock(_ subject: Subject) {
        if let lock = try? Files.status(Path.join(subject.admin.path, "index.lock")), lock.size > 0 {
            risks.append(.gitIsRunning)
        }
    }

    private mutating func lookAtAdminDirectory(_ subject: Subject, _ pool: Pool, _ git: Git) {
        let admin = subject.admin
        ask(.privateRefs) { look throws(GitError) in
            if let operation = try admin.operation(git) { look.risks.append(.operation(operation)) }
            if try PrivateRefs.exist(in: admin, git) { look.risks.append(.privateRefs) }
        }
        if let reason = admin.lockReason, !GitLock.isOurs(reason) { risks.append(.lockedByUser(reason: reason)) }
        for path in Worktrees(of: pool.repository).nested(below: subject.home, seenAt: subject.tree) {
            risks.append(.nestedWorktree(path: path))
        }
    }

    /// Commits on a branch stay; those that only this HEAD reaches would go. Commits that only its reflog reaches are
    /// pinned by the recycling and are no risk.
    private mutating func lookAtCommits(_ subject: Subject, _ pool: Pool, _ git: Git) throws(GitError) {
        let detached: String?
        switch subject.admin.head(subject.lease, git) {
        // Also one that HEAD has left: its commits are a branch's still, or it was somebody's to delete.
        case .branch: detached = nil
        case .detached(let id): detached = pool.isTipOfMainBranch(id) ? nil : id
        case nil: detached = "HEAD"
        }
        if let detached, let lost = try Reachability(git).firstUnreached(from: [detached]) {
            risks.append(.detachedCommits(id: lost))
        }
    }

    private mutating func lookAtStashes(_ subject: Subject, _ pool: Pool) throws(GitError) {
        guard let lease = subject.lease, let branch = lease.branch else { return }
        for message in try Stashes.messages(in: pool.repository, since: lease.leasedAt)
        where message.hasPrefix("WIP on \(branch): ") || message.hasPrefix("On \(branch): ") {
            risks.append(.stash(message: message))
        }
    }
}

extension Uninspectable {
    fileprivate init(_ question: Question, _ error: GitError) {
        if case .waited(let fifo) = error {
            self = .fifo(question, path: fifo)
        } else {
            self = .git(question, reason: error.reason)
        }
    }
}

extension SlotClaim {
    /// - Parameter lease: nil in a slot that nobody may stand in.
    /// - Parameter tree: where it stands, if not at the slot's path.
    func judge(
        _ lease: Lease?, at tree: String? = nil, _ order: Judgement.Order = .processesFirst
    ) -> Judgement {
        Judgement(
            of: pool.subject(record, lease, at: tree), in: pool, git: pool.git.inheriting(lockNumber), order)
    }
}

extension Pool {
    func subject(_ record: SlotRecord, _ lease: Lease?, at tree: String?) -> Judgement.Subject {
        var subject = Judgement.Subject(
            tree: tree ?? record.path, home: record.path, admin: admin(record), lease: lease)
        subject.excused += leavers
        return subject
    }
}
