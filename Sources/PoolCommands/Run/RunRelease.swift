internal import GitPool
internal import POSIX

/// How `run` and `map` give a lease back when its command has ended: never by losing what the command left.
extension Session {
    /// - Returns: nil if the lease was not ours any more.
    func giveBack(_ leased: LeasedSlot, failed: Bool, in pool: Pool) throws -> ReleaseReport? {
        var request = ReleaseRequest()
        request.leavesWork = true
        if failed, pool.settings.keepFailed { request.inspection = .byRule }
        let report = try pool.done(leased.number, leased.lease, request)
        goOn(pool)
        return report
    }

    /// Lands the branch of a command that succeeded, while its lease is still held.
    ///
    /// - Returns: 0, or the status of what stood against it.
    func land(_ leased: LeasedSlot, in pool: Pool) -> Int32 {
        do {
            tell(try pool.land(leased.number, leased.lease, landRequest(leased.slot, in: pool)), of: leased.lease)
            return 0
        } catch {
            return fail(error)
        }
    }

    /// Says what was kept, and why.
    func tellKept(_ report: ReleaseReport) {
        let name = report.lease.name
        let risks = report.risks.map(\.summary).joined(separator: ", ")
        switch report.state {
        case .orphaned, .expiring:
            warn("'\(name)' is kept: " + (risks.isEmpty ? "it failed" : risks))
            self.report([
                .hint(
                    "take it up with '\(Words.pool("add", "--resume", name))', or end it with '\(Words.pool("done", "--save", name))'"
                )
            ])
        case .releasing where !risks.isEmpty: note("'\(name)' goes back when it is left alone: " + risks)
        case .warming, .idle, .leasing, .leased, .releasing, .cleaning, .trash, .broken: break
        }
    }
}
