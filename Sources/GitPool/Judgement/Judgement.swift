internal import Git
internal import POSIX

/// Every reason not to reset or delete a worktree; an inspection that fails is itself one.
package struct Judgement: Sendable {
    package private(set) var risks: [Risk] = []

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

    func standing(against work: Release.Work) -> [Risk] { risks.filter { $0.stands(against: work) } }

    /// Looks at everything: one `git status`, one `git ls-files`, and `git rev-list` where HEAD is detached.
    ///
    /// - Parameter git: inherits the slot's lock.
    /// - Parameter order: how sure it is to be.
    init(of subject: Subject, in pool: Pool, git: Git, _ order: Order = .processesFirst) {
        guard subject.admin.isLinked(to: subject.tree, home: subject.home) else {
            risks = [.uninspectable("'\(subject.home)' and its admin directory do not name each other")]
            return
        }
        let git = git.at(.exactly(gitDirectory: subject.admin.path, workTree: subject.tree))
        lookAtMounts(subject)
        switch order {
        case .processesFirst:
            lookAtProcesses(subject, asksThreads: true)
            lookAtAdminDirectory(subject, pool, git)
            lookAtFiles(subject, git)
        case .bothAtOnce:
            // First, for a git that looks at files may have a lock there.
            lookAtAdminDirectory(subject, pool, git)
            lookAtFiles(subject, git) { judgement in judgement.lookAtProcesses(subject, asksThreads: false) }
            passOverLeavers(subject)
        }
        lookAtCommits(subject, pool, git)
        lookAtSubmodules(subject, git)
        lookAtStashes(subject, pool)
    }

    enum Order: Sendable {
        /// Whoever writes is seen, or had written before git looked at the files.
        case processesFirst
        /// In the time of the slowest, for an answer that nothing is done by before the tree is judged again: whoever
        /// writes and leaves while it looks may not be seen.
        case bothAtOnce
    }

    private mutating func lookAtProcesses(_ subject: Subject, asksThreads: Bool) {
        do {
            for occupant in try Occupants.scan(subject.tree, asksThreads: asksThreads)
            where !subject.excuses(occupant) {
                risks.append(.process(pid: occupant.pid, program: occupant.name))
            }
        } catch {
            let place = error.subject.map { "'\($0)': " } ?? ""
            risks.append(.uninspectable("the processes that run inside: \(place)\(error.reason)"))
        }
    }

    private mutating func lookAtMounts(_ subject: Subject) {
        do {
            for place in try Mounts.below(subject.tree) {
                risks.append(.mounted(path: subject.home + place.dropFirst(subject.tree.count)))
            }
        } catch {
            risks.append(.uninspectable("what is mounted inside: \(error.reason)"))
        }
    }

    /// The git that looked at the files stood inside too.
    private mutating func passOverLeavers(_ subject: Subject) {
        risks.removeAll { risk in
            guard case .process(let pid, _) = risk else { return false }
            return (try? Occupants.scan(subject.tree, among: [pid]).isEmpty) ?? false
        }
    }

    private mutating func lookAtAdminDirectory(_ subject: Subject, _ pool: Pool, _ git: Git) {
        let admin = subject.admin
        do {
            if let operation = try admin.operation(git) { risks.append(.operation(operation)) }
            if try PrivateRefs.exist(in: admin, git) { risks.append(.privateRefs) }
        } catch {
            risks.append(.uninspectable("refs of this worktree alone: \(error.reason)"))
        }
        if let lock = try? Files.status(Path.join(admin.path, "index.lock")), lock.size > 0 {
            risks.append(.gitIsRunning)
        }
        if let reason = admin.lockReason, !GitLock.isOurs(reason) { risks.append(.lockedByUser(reason: reason)) }
        for path in Worktrees(of: pool.repository).nested(below: subject.home, seenAt: subject.tree) {
            risks.append(.nestedWorktree(path: path))
        }
    }

    private mutating func lookAtFiles(
        _ subject: Subject, _ git: Git, meanwhile: (inout Judgement) -> Void = { _ in }
    ) {
        do {
            let look = try WorktreeStatus.Look(of: git)
            meanwhile(&self)
            let status = try look.finish()
            let submodules = status.entries.filter(\.isSubmodule)
            risks += submodules.map { .submodule(path: $0.text) }
            add(status.entries.filter { $0.kind != .untracked && !$0.isSubmodule }, Risk.modified)
            let untracked = status.entries.filter { $0.kind == .untracked }
            let repositories = untracked.filter {
                $0.path.last == UInt8(ascii: "/") && holdsRepository(subject, $0.path)
            }
            risks += repositories.filter { !isNamed($0.text) }.map { .nestedRepository(path: $0.text) }
            add(untracked.filter { entry in !repositories.contains { $0.path == entry.path } }, Risk.untracked)
            let flags = try IndexFlags(of: git)
            risks += flags.occupied(in: subject.tree).map { .submodule(path: String(decoding: $0, as: UTF8.self)) }
            let hidden = try flags.edited(in: subject.tree, git)
            if let first = hidden.first {
                risks.append(.hiddenEdits(count: hidden.count, sample: String(decoding: first.path, as: UTF8.self)))
            }
        } catch {
            risks.append(.uninspectable("git status: \(error.reason)"))
        }
    }

    private mutating func add(_ entries: [WorktreeStatus.Entry], _ risk: (Int, String) -> Risk) {
        if let first = entries.first { risks.append(risk(entries.count, first.text)) }
    }

    /// A worktree of this repository inside it was told of already.
    private func isNamed(_ path: String) -> Bool {
        risks.contains { risk in
            guard case .nestedWorktree(let tree) = risk else { return false }
            return tree.hasSuffix("/" + path.dropLast())
        }
    }

    /// git lists a folder with a repository in it as one untracked entry that ends in `/`.
    private func holdsRepository(_ subject: Subject, _ path: [UInt8]) -> Bool {
        TreeFile(subject.tree, path + Array(".git".utf8)).kind != nil
    }

    /// Commits on a branch stay; those that only this HEAD reaches would go. Commits that only its reflog reaches are
    /// pinned by the recycling and are no risk.
    private mutating func lookAtCommits(_ subject: Subject, _ pool: Pool, _ git: Git) {
        do {
            let detached: String?
            switch subject.admin.head {
            case .branch: detached = nil
            case .detached(let id): detached = pool.isTipOfMainBranch(id) ? nil : id
            case nil: detached = try git.attempt(["symbolic-ref", "-q", "HEAD"]).isSuccess ? nil : "HEAD"
            }
            if let detached, let lost = try Reachability(git).firstUnreached(from: [detached]) {
                risks.append(.detachedCommits(id: lost))
            }
        } catch {
            risks.append(.uninspectable("git rev-list: \(error.reason)"))
        }
    }

    /// The repositories of submodules go with the admin directory. Where `git status` cannot go into their trees, each is
    /// looked at by itself.
    private mutating func lookAtSubmodules(_ subject: Subject, _ git: Git) {
        let modules = SubmoduleRepositories.paths(in: subject.admin)
        guard !modules.isEmpty else { return }
        do {
            if git.skipsSubmodules {
                risks += try SubmoduleRepositories.moved(git).map { .submodule(path: $0) }
            }
            for module in modules {
                let name = String(module.dropFirst(SubmoduleRepositories.folder(in: subject.admin).count + 1))
                guard let risk = try risk(of: module, named: name, subject, git), !risks.contains(risk) else {
                    continue
                }
                risks.append(risk)
            }
        } catch {
            risks.append(.uninspectable("a submodule: \(error.reason)"))
        }
    }

    private func risk(
        of module: String, named name: String, _ subject: Subject, _ git: Git
    ) throws(GitError) -> Risk? {
        if SubmoduleRepositories.mayHaveWorktrees(module) { return .submoduleWorktree(path: name) }
        var tree: String?
        if let home = try SubmoduleRepositories.workTree(of: module, git.at(.gitDirectory(subject.admin.path))) {
            tree = subject.place(ofModuleAt: home)
            if tree == nil { return .submoduleCommits(path: name) }
        }
        let isFilled = tree.map { Files.exists(Path.join($0, ".git")) } ?? false
        // Any folder will do for a look at commits.
        let place = isFilled ? tree ?? module : module
        let inner = git.at(.exactly(gitDirectory: module, workTree: place)).withoutSubmodules
        if try SubmoduleRepositories.hasOwnRefs(inner) { return .submoduleCommits(path: name) }
        if try Reachability(inner).firstUnpushed() != nil { return .submoduleCommits(path: name) }
        if try AdminDirectory(module).operation(inner) != nil { return .submodule(path: name) }
        guard isFilled else { return nil }
        // `git status` of the worktree has not told of this.
        let flags = try IndexFlags(of: inner)
        let hasEdits = try !flags.edited(in: place, inner).isEmpty
        if hasEdits || !flags.occupied(in: place).isEmpty { return .submodule(path: name) }
        // At home it has told of all else.
        guard git.skipsSubmodules else { return nil }
        if try !WorktreeStatus(of: inner).entries.isEmpty { return .submodule(path: name) }
        return try SubmoduleRepositories.moved(inner).isEmpty ? nil : .submodule(path: name)
    }

    private mutating func lookAtStashes(_ subject: Subject, _ pool: Pool) {
        guard let lease = subject.lease, let branch = lease.branch else { return }
        do {
            for message in try Stashes.messages(in: pool.repository, since: lease.leasedAt)
            where message.hasPrefix("WIP on \(branch): ") || message.hasPrefix("On \(branch): ") {
                risks.append(.stash(message: message))
            }
        } catch {
            risks.append(.uninspectable("stashes: \(error.reason)"))
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
        Judgement.Subject(tree: tree ?? record.path, home: record.path, admin: admin(record), lease: lease)
    }
}
