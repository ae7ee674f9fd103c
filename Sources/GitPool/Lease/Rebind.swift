/// `--resume`: a session takes over the existing lease of its name; only the record changes.
extension Pool {
    /// - Returns: nil if the name is not there any more, or its add was killed: then it is free to be made anew.
    func rebind(_ number: Int, _ request: LeaseRequest) throws -> LeasedSlot? {
        guard let name = request.name, var claim = try claim(number, waitingFor: name), var lease = claim.record.lease,
            claim.state.counts, lease.name == name
        else { return nil }
        if claim.state == .leasing {
            try rollBack(&claim)
            return nil
        }
        guard isPresent(claim.record) else { throw PoolError.broken(name: name, .noWorktree) }
        let isTaken =
            claim.state == .leased && !lease.holder.isNobody && lease.holder != request.holder
            && verdict(of: lease) == .alive
        let formerHolder = isTaken ? lease.holder : nil
        if claim.state != .leased || verdict(of: lease) == .dead {
            // They ended with the session that made them; somebody else may have claimed the same since.
            lease.claims = []
        }
        lease.holder = request.holder
        if let session = request.session { lease.session = session }
        if let ttl = request.ttl { lease.ttl = ttl }
        if let note = request.note { lease.note = note }
        guard lease.leavesRoom else { throw PoolError.recordTooLong(name: name) }
        try unfence(claim.record)
        claim.rejoinBranch(of: &lease)
        lease.takeBackRelease()
        claim.record.lease = lease
        claim.record.lastUsedAt = now()
        try claim.advance(to: .leased)
        return LeasedSlot(record: claim.record, lease: lease, wasCold: false, formerHolder: formerHolder)
    }
}
