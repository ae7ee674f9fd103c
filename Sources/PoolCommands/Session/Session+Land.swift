internal import Git
internal import GitPool
internal import POSIX

/// What every command that lands work says of it, and what the tests find in their environment.
extension Session {
    /// - Parameter test: what the command line says of tests, empty for none; nil leaves it to the configuration.
    /// - Throws: `PoolError.untrusted` where that is a tracked file's, and nobody agreed to it.
    func landRequest(_ slot: Slot, in pool: Pool, test: String? = nil) throws -> LandRequest {
        if test == nil { try pool.checkTrust(.landTest) }
        var variables = environment.filter { !Git.namesRepository($0.key) }
        if let own = self.variables(of: slot, in: pool) { variables = own.applied(to: variables) }
        let isQuiet = isQuiet
        var request = LandRequest(pool.settings.land, environment: variables) { step in
            if !isQuiet { Diagnostic.note(LandWords.text(step)).print() }
        }
        if let test { request.test = test.isEmpty ? nil : test }
        return request
    }

    func tell(_ report: LandReport, of lease: Lease) {
        guard report.commit != nil else {
            return note("'\(lease.name)' has nothing that '\(report.target)' lacks")
        }
        let commits = report.count == 1 ? "1 commit" : "\(report.count) commits"
        note("landed '\(lease.name)' in '\(report.target)' (\(commits))")
    }
}
