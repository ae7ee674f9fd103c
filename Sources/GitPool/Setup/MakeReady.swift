internal import Git
internal import POSIX

/// Prepares a checked-out tree for work: copies the user's includes and runs the set-up commands.
extension Pool {
    /// For a slot that is being leased, and for one that is being warmed: the second finds nothing to do in what the
    /// first would have waited for.
    ///
    /// Expects the slot's lock in `claim` and no other lock held, a published worktree at `claim.record.path` whose tree
    /// and HEAD are at `commit`, and a state that a crash takes back (`warming`, `leasing`). Before the slot is touched at
    /// all, `checkSetup` should have been asked. Takes as long as the user's commands do.
    ///
    /// Changes `claim.record` alone: the caller's next `advance` writes it down. After an error the tree may hold
    /// anything; the caller judges it as always, and nothing in it is deleted unseen.
    /// - Returns: what to tell the user of includes that were left out.
    func makeReady(_ claim: inout SlotClaim, at commit: String) throws -> [IncludeNotice] {
        let (record, git) = (claim.record, claim.git)
        let notices = try copyIncludes(record, git)
        if needsSetup(record, at: commit, git) {
            claim.record.setup = ""
            try runSetup(record, record.lease, lock: claim.lockNumber)
            faults.reach(.setupRan)
        }
        if !settings.setup.commands.isEmpty {
            claim.record.setup = SetupStamp(commit: commit, fingerprint: settings.setup.fingerprint).text
        }
        return notices
    }

    /// For a slot in state `warming`, which is nobody's yet. After an error it is idle all the same, without the set-up:
    /// what the commands left in it is saved, and a lease will try them again, in surroundings that may be better.
    func makeIdleReady(_ claim: inout SlotClaim, at commit: String) throws {
        do { _ = try makeReady(&claim, at: commit) } catch {
            try takeBackSetup(&claim, at: commit)
            throw error
        }
    }

    /// What commands that failed, or were killed, left in a slot that nobody was ever told of: saved, as nobody can say
    /// what it is worth, and the slot waits without it. What a save cannot hold makes it an orphan like any other.
    func takeBackSetup(_ claim: inout SlotClaim, at commit: String) throws {
        var lease = Lease(id: RandomID.make(), name: "setup-\(claim.number)", start: commit)
        lease.leasedAt = now()
        lease.order(.save)
        claim.record.lease = lease
        try claim.advance(to: .releasing)
        try finish(&claim)
    }

    /// To be asked before anything is changed: what `makeReady` could refuse without a look at the slot.
    /// - Throws: `PoolError.untrusted`, or `ConfigurationError` for an include that leads out.
    func checkSetup() throws {
        try checkTrust(.setup)
        if !settings.setup.includes.isEmpty, let main = mainTreeIfAny { _ = try IncludeList(self, in: main) }
    }

    /// The last steps of `add` before anybody is told of the lease: on an error nothing of it is left, and what its
    /// commands wrote is judged like any work.
    func makeLeaseReady(_ claim: inout SlotClaim, _ lease: Lease, isCold: Bool) throws -> [IncludeNotice] {
        do {
            let wasSetUp = claim.record.setup
            let notices = try makeReady(&claim, at: lease.start)
            let isFresh = isCold || claim.record.setup != wasSetUp
            if mayHave(PoolHook.postAdd.rawValue, in: claim.record.path) {
                try runHook(
                    .postAdd, in: claim.record.path, [isFresh ? "1" : "0"],
                    variables: LeaseVariables(claim.record, lease, in: self), lock: claim.lockNumber)
                faults.reach(.setupHooked)
            }
            return notices
        } catch {
            try? rollBack(&claim)
            throw error
        }
    }
}
