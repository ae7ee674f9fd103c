internal import Git
internal import POSIX

/// Lands a lease's branch in its target: it is merged and tested in the slot, and only then does the target move, from
/// the very commit that was merged with.
///
/// The slot's lock is held from the merge to the end, the pool lock never, and a place in the target's queue is no
/// lock. After a kill at any point the target is either where it was or has landed; the slot's branch is merged or not,
/// and the next call goes on from there.
extension Pool {
    private static let rounds = 10

    /// - Parameter expected: the lease as the caller saw it; another one of its name is another session's.
    /// - Throws: `PoolError.cannotLand`, with the target where it was.
    package func land(_ number: Int, _ expected: Lease, _ request: LandRequest) throws -> LandReport {
        let target = try LandTarget(self, expected, into: request.into)
        try prepare()
        let queue = try LandQueue(self, target: target.ref, name: expected.name)
        queue.wait { request.telling(.waiting(first: $0, pid: $1, target: target.name)) }
        let report = try land(number, expected, target, request)
        extendLifetime(queue)
        return report
    }

    private func land(
        _ number: Int, _ expected: Lease, _ target: LandTarget, _ request: LandRequest
    ) throws -> LandReport {
        guard let claim = try claim(number, waitingFor: expected.name), let lease = claim.record.lease,
            lease.id == expected.id, canLand(claim.state)
        else { throw PoolError.unknownLease(expected.name, known: []) }
        let admin = claim.admin
        let tree = claim.record.path
        guard isPresent(claim.record), admin.isLinked(to: tree) else {
            throw PoolError.broken(name: lease.name, .misplaced)
        }
        let git = claim.git
        let integration = Integration(
            pool: self, lease: lease, branch: try landingBranch(lease, target, admin, git, tree), target: target,
            request: request, git: git, tree: tree, admin: admin)
        try integration.resume()
        try refuseChanges(claim, lease)
        return try land(by: integration)
    }

    private func canLand(_ state: SlotState) -> Bool {
        switch state {
        // One whose holder is gone, or that was kept at its release, still has its branch.
        case .leased, .expiring, .orphaned: true
        case .warming, .idle, .leasing, .releasing, .cleaning, .trash, .broken: false
        }
    }

    /// The branch that is checked out in the slot, or is being rebased there; it must be the lease's own.
    private func landingBranch(
        _ lease: Lease, _ target: LandTarget, _ admin: AdminDirectory, _ git: Git, _ tree: String
    ) throws -> String {
        func refuse(_ refusal: LandRefusal) -> PoolError { .cannotLand(name: lease.name, refusal) }
        let rebased = admin.firstLine("rebase-merge/head-name") ?? admin.firstLine("rebase-apply/head-name")
        let head = try git.attempt(["symbolic-ref", "-q", "HEAD"])
        guard let ref = rebased ?? (head.isSuccess ? Text.line(head.output) : nil),
            let branch = RefName.shortBranch(ref)
        else { throw refuse(.detached(path: tree)) }
        guard ref != target.ref else { throw refuse(.isTarget(branch)) }
        // One that was renamed, or deleted for this one, is nowhere to go back to.
        if let own = lease.branch, own != branch, try git.resolve(RefName.branch(own)) != nil {
            throw refuse(.otherBranch(branch, own: own, path: tree))
        }
        return branch
    }

    /// What is not committed would not land, but would be tested.
    private func refuseChanges(_ claim: borrowing SlotClaim, _ lease: Lease) throws {
        let standing = claim.judge(lease).risks.filter(\.stopsLanding)
        guard standing.isEmpty else {
            throw PoolError.cannotLand(name: lease.name, .dirty(path: claim.record.path, risks: standing))
        }
    }

    private func land(by integration: Integration) throws -> LandReport {
        let target = integration.target
        let lease = integration.lease
        let gate = LandGate(
            pool: self, lease: lease, tree: integration.tree, target: target, request: integration.request)
        for round in 1...Pool.rounds {
            guard let onto = try target.tip() else { throw integration.refuse(.noTarget(target.name)) }
            guard let ready = try integration.integrate(onto: onto) else {
                return LandReport(target: target.name, branch: integration.branch, commit: nil, count: 0)
            }
            faults.reach(.landIntegrated)
            if let obstacle = try target.obstacle(from: onto, to: ready.lands) { throw integration.refuse(obstacle) }
            try gate.pass(ready, onto: onto, before: ready.stands == ready.tip ? nil : ready.tip)
            faults.reach(.landTested)
            guard try integration.head() == ready.stands, try integration.isAncestor(onto, of: ready.lands) else {
                throw integration.refuse(.slotMoved(path: integration.tree))
            }
            try pinReplaced(ready, integration)
            faults.reach(.landPinned)
            if try target.move(from: onto, to: ready.lands, leaseName: lease.name) {
                faults.reach(.landMoved)
                if ready.lands != ready.stands { try integration.follow(from: ready.stands, to: ready.lands) }
                faults.reach(.landFollowed)
                gate.tell(ready, onto: onto)
                let range = ["rev-list", "--count", "--no-merges", ready.tip, "--not", onto]
                let count = try Int(integration.git.line(range)) ?? 0
                return LandReport(
                    target: target.name, branch: integration.branch, commit: ready.lands, count: count)
            }
            if round < Pool.rounds { integration.request.telling(.again(target: target.name)) }
            try takeBack(ready, integration)
        }
        throw integration.refuse(.targetKeepsMoving(target: target.name, rounds: Pool.rounds))
    }

    /// A squash and a rebase leave the branch's own commits behind: a save keeps what nothing lasting leads to then.
    private func pinReplaced(_ ready: Integration.Ready, _ integration: Integration) throws {
        let git = integration.git
        guard try !integration.isAncestor(ready.tip, of: ready.lands) else { return }
        let lost = try Reachability(git).unreached(
            of: [ready.stands, ready.tip].uniqued().filter { $0 != ready.lands }, besides: integration.branch)
        guard !lost.isEmpty else { return }
        try SaveCommit(pool: self, lease: integration.lease, git: git).pin(lost)
    }

    /// The merge was with a commit that the target has left: without it the next one is one merge, not two. Files that
    /// the tests changed stay; where they are in the way, so does the merge.
    private func takeBack(_ ready: Integration.Ready, _ integration: Integration) throws {
        switch integration.request.strategy {
        case .merge, .squash:
            guard ready.stands != ready.tip else { return }
            // 'reset --keep' writes over ignored files without a word (seen with git 2.39).
            do { try integration.refuseIgnored(in: ready.tip, ready.stands, replaying: false) } catch { return }
            _ = try integration.git.attempt(["reset", "-q", "--keep", ready.tip])
        case .fastForward, .rebase: return
        }
    }
}

extension Risk {
    /// Whether it is work in the files that a landing would leave behind, or cannot be told from it.
    fileprivate var stopsLanding: Bool {
        switch self {
        case .modified, .untracked, .hiddenEdits, .operation, .submodule, .submoduleCommits, .nestedRepository,
            .gitIsRunning, .uninspectable:
            true
        case .detachedCommits, .privateRefs, .stash, .submoduleWorktree, .nestedWorktree, .mounted, .process, .writer,
            .lockedByUser:
            false
        }
    }
}
