internal import Git
internal import POSIX

/// Brings a lease's branch and its target together in the slot, on the branch itself and with git's own state, so that
/// conflicts are resolved there like any others. There is no other state: the next call, even after a kill, reads from
/// git how far it came.
struct Integration {
    let pool: Pool
    let lease: Lease
    let branch: String
    let target: LandTarget
    let request: LandRequest
    /// `exactly` in the slot, with its lock.
    let git: Git
    let tree: String
    let admin: AdminDirectory

    /// The slot stands at `stands`, whose tree is that of `lands`, which descends from the target.
    struct Ready {
        /// The branch before anything was merged into it.
        let tip: String
        let stands: String
        let lands: String
    }

    func refuse(_ refusal: LandRefusal) -> PoolError { .cannotLand(name: lease.name, refusal) }

    private var commits: LandCommit {
        LandCommit(git: git, tree: tree, admin: admin, message: request.message)
    }

    private var messages: LandMessage { LandMessage(git: git, target: target, branch: branch) }

    func head() throws -> String { try git.line(["rev-parse", "HEAD^{commit}"]) }

    func isAncestor(_ one: String, of other: String) throws -> Bool {
        let words = ["merge-base", "--is-ancestor", one, other]
        let outcome = try git.attempt(words)
        guard outcome.isSuccess || outcome.termination == .exited(1) else { throw git.failure(words, outcome) }
        return outcome.isSuccess
    }

    // MARK: - One round

    /// - Returns: nil if the branch has nothing that the target lacks.
    func integrate(onto: String) throws -> Ready? {
        let tip = try head()
        if try isAncestor(tip, of: onto) { return nil }
        switch request.strategy {
        case .fastForward:
            guard try isAncestor(onto, of: tip) else { throw refuse(.diverged(target: target.name)) }
            return Ready(tip: tip, stands: tip, lands: tip)
        case .merge: return try merged(tip, onto)
        case .squash: return try squashed(tip, onto)
        case .rebase: return try rebased(tip, onto)
        }
    }

    private func merged(_ tip: String, _ onto: String) throws -> Ready {
        guard try isAncestor(onto, of: tip) else {
            try merge(onto)
            let made = try head()
            return Ready(tip: tip, stands: made, lands: made)
        }
        // A merge of an earlier call, which was tested in vain or killed, is as good as a new one.
        let parents = try git.line(["rev-list", "--parents", "-n1", tip]).split(separator: " ").dropFirst()
        if parents.count > 1, parents.first == onto[...] { return Ready(tip: tip, stands: tip, lands: tip) }
        let made = try vetoed {
            try commits.make(
                .merge, tree: tip + "^{tree}", parents: [onto, tip], message: messages.merge(tip))
        }
        try moveHead(from: tip, to: made)
        return Ready(tip: tip, stands: made, lands: made)
    }

    private func squashed(_ tip: String, _ onto: String) throws -> Ready? {
        if try !isAncestor(onto, of: tip) { try merge(onto) }
        let stands = try head()
        let contents = try git.line(["rev-parse", stands + "^{tree}"])
        if try contents == git.line(["rev-parse", onto + "^{tree}"]) { return nil }
        let made = try vetoed {
            try commits.make(.squash, tree: contents, parents: [onto], message: messages.squash(of: tip, onto: onto))
        }
        return Ready(tip: tip, stands: stands, lands: made)
    }

    private func rebased(_ tip: String, _ onto: String) throws -> Ready? {
        if try isAncestor(onto, of: tip) { return Ready(tip: tip, stands: tip, lands: tip) }
        try refuseIgnored(in: onto, tip, replaying: true)
        pool.faults.reach(.landBegun)
        try continueRebase(["--no-fork-point", "--no-autostash", onto])
        pool.faults.reach(.landMerged)
        try keepReplayed(tip)
        let stands = try head()
        return stands == onto ? nil : Ready(tip: tip, stands: stands, lands: stands)
    }

    /// A save has what a rebase left behind, whether the result lands or not: the reflog may be expired by anybody.
    func keepReplayed(_ tip: String) throws {
        let lost = try Reachability(git).unreached(of: [tip])
        if !lost.isEmpty { try SaveCommit(pool: pool, lease: lease, git: git).pin(lost) }
    }

    func continueRebase(_ arguments: [String]) throws {
        let words = ["-c", "rebase.updateRefs=false", "rebase"] + arguments
        // Nobody is there to answer an editor.
        let alone = git.with(["GIT_EDITOR": ":", "GIT_SEQUENCE_EDITOR": ":"])
        let outcome = try alone.command(words, withHooks: true).run()
        guard !outcome.isSuccess else { return }
        try refuseConflicts("rebase")
        let failure = git.failure(words, outcome)
        guard !failure.message.contains("pre-rebase hook") else { throw refuse(.hook("pre-rebase", path: tree)) }
        throw failure
    }

    func refuseConflicts(_ operation: String) throws {
        let files = Text.records(try git.run(["diff", "--name-only", "--diff-filter=U", "-z"])).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard !files.isEmpty else { return }
        throw refuse(.conflicts(operation: operation, files: files.uniqued(), path: tree, target: target.name))
    }

    // MARK: - The merge

    /// All or nothing, but for conflicts: a merge that a hook forbids does not stay half done.
    private func merge(_ onto: String) throws {
        try beginMerge(onto)
        do { try completeMerge(with: onto) } catch {
            if try admin.operation(git) == "merge" { try git.run(["merge", "--abort"]) }
            throw error
        }
    }

    /// Leaves the merged tree in worktree and index, uncommitted, or the conflicts.
    private func beginMerge(_ onto: String) throws {
        try refuseIgnored(in: onto, head(), replaying: false)
        let words = [
            "merge", "--no-commit", "--no-ff", "--no-squash", "--no-autostash", "--no-stat", "-q", "-m", messages.inner,
            onto,
        ]
        let outcome = try git.attempt(words)
        pool.faults.reach(.landBegun)
        guard !outcome.isSuccess else { return }
        try refuseConflicts("merge")
        throw git.failure(words, outcome)
    }

    /// Commits the merge that stands in the index. For a merge to land with the target as it is, the target comes first:
    /// the commit is the one that will land. Else it is the branch's own.
    func completeMerge(with other: String) throws {
        let tip = try head()
        let lands = try request.strategy == .merge && other == target.tip()
        let contents = try git.line(["write-tree"])
        // Somebody who has ended the merge meanwhile, and gone on, has another index.
        guard mergeHead() == other, try head() == tip else { throw refuse(.slotMoved(path: tree)) }
        let made = try vetoed {
            try lands
                ? commits.make(.merge, tree: contents, parents: [other, tip], message: messages.merge(tip))
                : commits.make(.inner, tree: contents, parents: [tip, other], message: messages.inner)
        }
        try moveHead(from: tip, to: made)
        pool.faults.reach(.landMerged)
        try git.run(["merge", "--quit"])
    }

    private func moveHead(from old: String, to new: String) throws {
        do { try git.run(["update-ref", "-m", "pool land: \(target.name)", "HEAD", new, old]) } catch {
            throw try head() == old ? error : refuse(.slotMoved(path: tree))
        }
    }

    /// The slot follows its target, unless somebody was there first: what has landed has landed.
    func follow(from old: String, to new: String) throws {
        do { try moveHead(from: old, to: new) } catch {
            guard case PoolError.cannotLand(_, .slotMoved) = error else { throw error }
            request.telling(.overtaken(path: tree))
        }
    }

    private func vetoed(_ make: () throws -> String) throws -> String {
        do { return try make() } catch let veto as LandCommit.Veto {
            throw refuse(.hook(veto.hook, path: tree))
        }
    }
}
