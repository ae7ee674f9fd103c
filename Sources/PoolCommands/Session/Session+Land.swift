internal import Git
internal import GitPool
internal import POSIX

/// What every command that lands work says of it, and what the tests find in their environment.
extension Session {
    func landRequest(_ slot: Slot, in pool: Pool) -> LandRequest {
        var variables = environment.filter { !Git.namesRepository($0.key) }
        for name in SlotDescription.exported { variables[name] = nil }
        for variable in SlotDescription(pool).environment(slot) { variables[variable.name] = variable.value }
        let isQuiet = isQuiet
        return LandRequest(pool.settings.land, environment: variables) { step in
            if !isQuiet { Diagnostic.note(LandWords.text(step)).print() }
        }
    }

    func tell(_ report: LandReport, of lease: Lease) {
        guard report.commit != nil else {
            return note("'\(lease.name)' has nothing that '\(report.target)' lacks")
        }
        let commits = report.count == 1 ? "1 commit" : "\(report.count) commits"
        note("landed '\(lease.name)' in '\(report.target)' (\(commits))")
    }
}
