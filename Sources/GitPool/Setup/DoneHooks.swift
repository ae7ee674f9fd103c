internal import Git
internal import POSIX

/// The hooks around `done`: `pool-pre-done` may refuse a release that would otherwise go through, `pool-post-done` is
/// told of one. Neither runs when a holder dies: nobody is there to be refused or told.
extension Pool {
    /// No lock is held, for the hook may call git-pool; the release looks at everything again afterwards.
    /// - Throws: `PoolError.hookFailed` with nothing changed; whatever the release itself would throw.
    package func askBeforeDone(_ slot: Slot, _ lease: Lease, _ request: ReleaseRequest) throws {
        guard !request.isDryRun, let record = slot.record, slot.state == .leased, isPresent(record),
            mayHave(PoolHook.preDone.rawValue, in: record.path)
        else { return }
        var trial = request
        trial.isDryRun = true
        guard try done(slot.number, lease, trial) != nil else { return }
        try runHook(.preDone, in: record.path, variables: LeaseVariables(record, lease, in: self))
    }

    /// Runs at the main worktree: the slot may be gone already.
    package func tellAfterDone(_ report: ReleaseReport, _ request: ReleaseRequest) throws {
        guard !request.isDryRun else { return }
        try runHook(
            .postDone, in: mainTree,
            variables: LeaseVariables(report.record, report.lease, in: self))
    }
}
