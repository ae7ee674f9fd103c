internal import POSIX

/// Advisory claims of leases on files, kept in their records: taken under the pool lock, so that of two that overlap one
/// is refused, and good only while the lease is a living session's.
extension Pool {
    /// All of the patterns, or none.
    /// - Throws: `PoolError.claimHeld` naming who came first.
    package func claimPaths(_ patterns: [ClaimPattern], _ number: Int, _ expected: Lease) throws {
        try changeClaims(number, expected) { lease, slots, tree in
            for slot in slots where slot.number != number && holdsClaims(slot) {
                guard let summary = LeaseSummary(slot) else { continue }
                let trees = [tree, summary.path]
                for held in slot.lease?.claims.map(ClaimPattern.init(recorded:)) ?? [] {
                    let hit = patterns.first { pattern in
                        pattern.overlaps(held, ignoringCase: settings.ignoresCase) { isFile($0, in: trees) }
                    }
                    guard let hit else { continue }
                    throw PoolError.claimHeld(claim: hit.text, held: held.text, lease: summary)
                }
            }
            lease.claims = lease.claims + patterns.map(\.text).filter { !lease.claims.contains($0) }
        }
    }

    /// Those named; without any, all.
    package func releaseClaims(_ patterns: [ClaimPattern], _ number: Int, _ expected: Lease) throws {
        try changeClaims(number, expected) { lease, _, _ in
            lease.claims.removeAll { text in patterns.isEmpty || patterns.contains { $0.text == text } }
        }
    }

    /// Whether the claims of a slot's lease count: those of a dead session do not.
    package func holdsClaims(_ slot: Slot) -> Bool {
        guard slot.state == .leased, let lease = slot.lease, !lease.claims.isEmpty else { return false }
        return verdict(of: lease) != .dead
    }

    private func isFile(_ path: String, in trees: [String]) -> Bool {
        let kinds = trees.compactMap { TreeFile($0, Array(path.utf8)).kind }
        return !kinds.isEmpty && !kinds.contains(.directory)
    }

    private func changeClaims(
        _ number: Int, _ expected: Lease, _ change: (inout Lease, [Slot], _ tree: String) throws -> Void
    ) throws {
        guard var claim = try claim(number, waitingFor: expected.name), var lease = claim.record.lease,
            lease.id == expected.id, claim.state == .leased
        else { throw PoolError.unknownLease(expected.name, known: []) }
        let guarding = try lock()
        defer { extendLifetime(guarding) }
        try change(&lease, slots(), claim.record.path)
        guard lease.claims != claim.record.lease?.claims else { return }
        guard lease.leavesRoom else { throw PoolError.recordTooLong(name: lease.name) }
        claim.record.lease = lease
        try claim.advance(to: .leased, under: guarding)
    }
}
