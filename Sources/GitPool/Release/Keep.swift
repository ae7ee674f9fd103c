internal import POSIX

/// `keep`: protects a slot from `gc` until a time or for ever, released or not; taking it back lets its own deadline
/// count again.
extension Pool {
    /// - Parameter until: seconds since 1970, `.max` for ever, nil to take it back.
    package func keep(_ number: Int, named name: String, until: Int64?) throws {
        guard var claim = try claim(number, waitingFor: name), claim.record.lease?.name == name, claim.state.counts
        else {
            throw PoolError.unknownLease(name, known: [])
        }
        claim.record.lease?.keepUntil = until
        try claim.advance(to: claim.state)
    }
}
