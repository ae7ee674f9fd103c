/// What one look at many leases finds out about their holders: a process is asked after once, however many it holds.
struct Verdicts {
    private let surroundings: Surroundings
    private var known: [String: (holder: Holder, verdict: HolderVerdict)] = [:]

    init(_ surroundings: Surroundings) { self.surroundings = surroundings }

    mutating func of(_ lease: Lease) -> HolderVerdict {
        guard let pid = lease.holder.pid else { return HolderVerdict.of(lease, in: surroundings) }
        if let known = known[pid], known.holder == lease.holder { return known.verdict }
        let verdict = HolderVerdict.of(lease, in: surroundings)
        known[pid] = (lease.holder, verdict)
        return verdict
    }
}

extension HolderVerdict {
    /// A lease without a holder ends by `done` alone.
    static func of(_ lease: Lease, in surroundings: Surroundings) -> HolderVerdict {
        lease.holder.isNobody ? .alive : of(lease.holder.identity, in: surroundings)
    }
}

extension Pool {
    package func verdict(of lease: Lease) -> HolderVerdict { HolderVerdict.of(lease, in: surroundings) }
}
