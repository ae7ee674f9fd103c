internal import Git
internal import POSIX

/// A save: a commit under `refs/pool/saved/<lease id>` that holds all of a worktree and touches no branch, index or stash.
///
/// Its tree is the worktree; its parents are HEAD, a commit with index and operation, and whatever else would be lost.
struct SaveCommit {
    enum Kind: String {
        case manual, done, release
        /// Files that only a `.gitignore` of the lease hid.
        case uncovered
        /// Commits alone, such as those an amend left behind.
        case pinned

        /// Whether a release makes it that may have to begin again.
        var isAutomatic: Bool {
            switch self {
            case .release, .uncovered, .pinned: true
            case .manual, .done: false
            }
        }
    }

    /// In the pool's folder, before the id of the lease that something is being made for there.
    static let workshopPrefix = "save-"

    let pool: Pool
    let lease: Lease
    let git: Git

    /// For everything that writes.
    private var durable: Git { git.with(PoolIdentity.variables(at: pool.now())).durable }

    /// - Returns: the ref; that of the last save where nothing changed since.
    func write(
        _ tree: String, _ admin: AdminDirectory, kind: Kind, extra: [[UInt8]] = [], note: String? = nil
    ) throws -> String {
        let contents = try pool.withWorkshop(of: lease) { workshop in
            try SaveContents(git.durable, tree, admin, extra, workshop, lease.name, pool.repository.zeroID)
        }
        pool.faults.reach(.saveHashed)
        let headID = try git.resolve("HEAD^{commit}")
        let existing = try refs()
        let reached = [headID, lease.base.flatMap(pool.knownTip)].compactMap { $0 }
        if !existing.isEmpty, let same = try saved(kind, contents, headID) {
            if (try? secure(same, besides: reached)) != nil { return same }
        }

        let state = try commit(contents.state, [], "git-pool: index and operation of '\(lease.name)'\n")
        let held = try contents.held.map { try commit($0, [], "git-pool: what refs of '\(lease.name)' name\n") }
        let parents = ([headID, state, held].compactMap { $0 } + contents.named).uniqued()
        let message = message(
            kind, head: headID, operation: try admin.operation(git), note: note, branch: branch(in: admin))
        return try publish(commit(contents.files, parents, message), besides: reached, after: existing)
    }

    /// A commit over `tips`, so that they stay reachable.
    func pin(_ tips: [String]) throws {
        let empty = Text.line(try durable.run(["hash-object", "-t", "tree", "-w", "--stdin"], input: []))
        let message = message(.pinned, head: tips.first, operation: nil, note: nil, branch: nil)
        _ = try publish(commit(empty, tips, message), besides: tips, after: refs())
    }

    /// For a worktree whose files are gone: what was staged in it, if anything was.
    func saveIndexAlone() throws {
        guard try git.attempt(["diff-index", "--cached", "--quiet", "HEAD", "--"]).termination == .exited(1) else {
            return
        }
        let outcome = try durable.attempt(["write-tree"])
        guard outcome.isSuccess else { return }
        let head = try git.line(["rev-parse", "HEAD"])
        let text = message(
            .pinned, head: head, operation: nil, note: "staged files of a removed worktree", branch: nil)
        _ = try publish(commit(Text.line(outcome.output), [head], text), besides: [head], after: refs())
    }

    /// The one that the work was done on, whichever the lease was made for.
    private func branch(in admin: AdminDirectory) -> String? {
        switch admin.head(lease, git) {
        case .detached: nil
        case .branch(let ref): RefName.shortBranch(ref)
        case nil: lease.branch
        }
    }

    /// This lease's saves, oldest first.
    private func refs() throws -> [String] {
        let pattern = Saved.folder + lease.id + "*"
        return Text.lines(try git.run(["for-each-ref", "--sort=version:refname", "--format=%(refname)", pattern]))
    }

    /// The last save, if these are its contents. A recycling that fails saves the same again at the next attempt, perhaps
    /// in two parts: of the saves that such attempts made, back to the last that somebody asked for, the one with these.
    private func saved(_ kind: Kind, _ contents: SaveContents, _ head: String?) throws -> String? {
        for saved in try Saves(pool).fresh() where saved.lease == lease.id {
            if try holds(saved.ref, contents, head) { return saved.ref }
            guard kind.isAutomatic, Kind(rawValue: saved.kind)?.isAutomatic == true else { return nil }
        }
        return nil
    }

    private func holds(_ ref: String, _ contents: SaveContents, _ head: String?) throws -> Bool {
        let question = ["rev-parse", "-q", "--verify"]
        func answer(_ name: String) throws -> String { Text.line(try git.attempt(question + [ref + name]).output) }
        // The state's parent comes behind HEAD's, where there is one.
        let state = try answer(head == nil ? "^1^{tree}" : "^2^{tree}")
        return try answer("^{tree}") == contents.files && state == contents.state
            && (head == nil || answer("^1") == head)
    }

    private func commit(_ tree: String, _ parents: [String], _ message: String) throws -> String {
        let words = ["commit-tree", "-F", "-"] + parents.flatMap { ["-p", $0] } + [tree]
        return Text.line(try durable.run(words, input: Array(message.utf8)))
    }

    /// - Parameter reached: commits that something else leads to.
    private func publish(_ commit: String, besides reached: [String], after existing: [String]) throws -> String {
        let last = existing.last.map { $0.split(separator: "-").dropFirst().last.flatMap { Int($0) } ?? 1 } ?? 0
        let ref = Saved.folder + lease.id + (last == 0 ? "" : "-\(last + 1)")
        pool.faults.reach(.saveCommitted)
        let input = "create \(ref)\0\(commit)\0"
        try durable.run(["update-ref", "--stdin", "-z"], input: Array(input.utf8))
        do { try secure(commit, besides: reached) } catch {
            _ = try? git.attempt(["update-ref", "-d", ref, commit])
            throw error
        }
        pool.faults.reach(.savePublished)
        return ref
    }

    /// `git prune --expire=now`, and `git gc` with it, deletes every loose object that nothing led to when it began to look:
    /// one that began before there was a ref may have deleted some of these, or be about to. A pack it leaves alone.
    ///
    /// - Throws: `GitError` where something is missing.
    private func secure(_ commit: String, besides reached: [String]) throws {
        let reached = reached.uniqued()
        guard pool.mayBePruned else {
            try git.run(["rev-list", "--objects", "--quiet", commit, "--not"] + reached)
            return
        }
        let place = Path.join(pool.repository.commonDirectory, "objects/pack/pack")
        let revisions = [commit] + reached.map { "^" + $0 }
        let input = Array(revisions.map { $0 + "\n" }.joined().utf8)
        try durable.run(["pack-objects", "-q", "--revs", "--window=0", place], input: input)
    }

    private func message(
        _ kind: Kind, head: String?, operation: String?, note: String?, branch: String?
    ) -> String {
        var lines = ["git-pool: \(kind == .pinned ? "commits" : "work") of '\(lease.name)'", ""]
        if let note { lines += [note, ""] }
        lines += ["Pool-Name: \(lease.name)", "Pool-Lease: \(lease.id)", "Pool-Kind: \(kind.rawValue)"]
        lines.append("Pool-Time: \(Clock.wallNanoseconds())")
        if let branch { lines.append("Pool-Branch: \(branch)") }
        if let base = lease.base { lines.append("Pool-Base: \(base)") }
        if let head { lines.append("Pool-Head: \(head)") }
        if let operation { lines.append("Pool-Operation: \(operation)") }
        return lines.map { $0 + "\n" }.joined()
    }
}

extension Pool {
    /// Saves a slot's work; the tree may stand behind its fence.
    func save(
        _ record: SlotRecord, _ lease: Lease, lock: Int32, kind: SaveCommit.Kind, at tree: String? = nil,
        extra: [[UInt8]] = [], note: String? = nil
    ) throws -> String {
        SaveClock(self).note()
        let save = SaveCommit(pool: self, lease: lease, git: git(in: record, at: tree, lock: lock))
        func write() throws -> String {
            try save.write(tree ?? record.path, admin(record), kind: kind, extra: extra, note: note)
        }
        do { return try write() } catch let error as GitError {
            // A prune may have taken what nothing led to yet.
            guard !error.isDiskFull else { throw error }
            return try write()
        }
    }
}
