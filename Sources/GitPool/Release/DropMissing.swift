internal import Git
internal import POSIX

extension Pool {
    /// A slot whose tree or admin directory a user removed: what is left of it is saved, then forgotten.
    func dropMissing(_ claim: inout SlotClaim, _ lease: Lease?) throws {
        let record = claim.record
        let admin = admin(record)
        if Files.exists(record.path) || Files.exists(record.fencePath) {
            if var lease = claim.record.lease {
                lease.keptBecause = [KeptReason.noAdminDirectory(path: admin.path).summary]
                claim.record.lease = lease
            }
            return try claim.advance(to: .broken)
        }
        let isOurs = !record.admin.isEmpty && admin.recordedTree == record.path
        let git = repository.git.at(.gitDirectory(isOurs ? admin.path : repository.commonDirectory))
            .inheriting(claim.lockNumber)
        // Moved away by its user: it is theirs now, and ours to unlock, unless another slot has it.
        let isOthers = try slots().contains { $0.number != record.slot && $0.record?.admin == record.admin }
        if !record.admin.isEmpty, !isOurs, !isOthers, admin.recordedTree != nil { try GitLock.unlock(admin) }
        // Whoever worked in an idle slot had no lease.
        if let lease = lease ?? (isOurs ? Lease(foundIn: record) : nil) {
            let fate = try branchFate(lease, isOurs ? admin : nil, git)
            if isOurs { try SaveCommit(pool: self, lease: lease, git: git).saveIndexAlone() }
            try pin(lease, fate, isOurs ? admin : nil, git)
            try decideBranch(fate, lease, isOurs ? admin : nil, git)
        }
        claim.record.workID = SlotRecord.newTrashID()
        try claim.advance(to: .trash, mustWrite: false)
        try dropAdmin(claim.record, lock: claim.lockNumber)
        try Directory.removeTree(Path.join(directory, claim.record.workID))
        try claim.forget()
    }
}
