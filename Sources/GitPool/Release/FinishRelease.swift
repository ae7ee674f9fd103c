internal import Git
internal import POSIX

/// The second half of a release: fence, judge again, then save and recycle, or back to the slot's path untouched.
extension Pool {
    /// Finishes the release of a slot; waits for a process that works on it.
    func finishRelease(_ number: Int, named name: String) throws {
        guard var claim = try claim(number, waitingFor: name) else { return }
        if claim.state == .leasing { return try rollBack(&claim) }
        // While we waited the slot may have become idle, and somebody else's.
        guard claim.state == .cleaning || (claim.state == .releasing && claim.record.lease?.name == name) else {
            return
        }
        try finish(&claim)
        if case .releasing = claim.state, let lease = claim.record.lease, let summary = LeaseSummary(claim.slot) {
            throw PoolError.nameHeld(name: lease.name, lease: summary)
        }
    }

    /// Carries a slot in state `releasing`, `expiring`, `orphaned` or `cleaning` as far as it goes.
    func finish(_ claim: inout SlotClaim) throws {
        switch claim.state {
        case .cleaning: try finishRecycling(&claim)
        case .releasing, .expiring, .orphaned: try fenceAndRelease(&claim)
        case .warming, .idle, .leasing, .leased, .trash, .broken: break
        }
    }

    /// A tree that cannot be recycled now goes back to its path.
    private func finishRecycling(_ claim: inout SlotClaim, told: Told? = nil) throws {
        do { try recycle(&claim, told: told) } catch {
            try? unfence(claim.record)
            if claim.state == .cleaning, var lease = claim.record.lease {
                lease.keptBecause = [KeptReason.notRecycled(claim.record.named(error)).summary]
                claim.record.lease = lease
                try? claim.advance(to: .cleaning, mustWrite: false)
            }
            throw error
        }
    }

    private func fenceAndRelease(_ claim: inout SlotClaim) throws {
        guard var lease = claim.record.lease else {
            try claim.advance(to: .cleaning)
            return try finishRecycling(&claim)
        }
        guard isPresent(claim.record) else {
            guard isElsewhere(claim.slot) else { return try dropMissing(&claim, lease) }
            return try settle(&claim, [.displaced])
        }
        let record = claim.record
        let lock = claim.lockNumber
        try unfence(record)

        // The fence waits until no process is inside: the rename would move its working directory.
        let first = claim.judge(lease)
        guard mayPass(first, lease) else { return try settle(&claim, first) }
        // Behind the fence only git's lock keeps a plain `prune` from dropping the admin directory.
        try GitLock.lock(admin(record), "being released")
        faults.reach(.releaseJudged)
        do { try Files.renameNoReplace(record.path, record.fencePath) } catch {
            guard error.isUnmovable else { throw error }
            return try settle(&claim, [.unmovable(error)])
        }
        faults.reach(.fenced)
        var second = claim.judge(lease, at: record.fencePath)
        if !isAsDiscarded(record, lease, lock) {
            lease.order(.save)
            claim.record.lease = lease
        }
        var told: Told = [:]
        if lease.orders.work != .keep, mayPass(second, lease) {
            do { told = try self.told(git(in: record, at: record.fencePath, lock: lock), record) } catch {
                try unfence(record)
                throw error
            }
            second = second.withWriters(of: told.keys, in: subject(record, lease, at: record.fencePath))
        }
        guard mayPass(second, lease) else {
            try unfence(record)
            return try settle(&claim, second)
        }
        do {
            if lease.orders.work == .save, !second.isClean {
                _ = try save(record, lease, lock: lock, kind: .release, at: record.fencePath)
            }
        } catch {
            try unfence(record)
            guard case PoolError.cannotSave(_, let reasons) = error else { throw error }
            return try settle(&claim, reasons.map(KeptReason.unsavable))
        }
        faults.reach(.releaseSaved)
        try claim.advance(to: .cleaning, mustWrite: false)
        try finishRecycling(&claim, told: told)
    }

    /// Whether all that is thrown away was there when its owner said so: `done` may have been killed long ago.
    private func isAsDiscarded(_ record: SlotRecord, _ lease: Lease, _ lock: Int32) -> Bool {
        switch lease.orders.work {
        case .keep, .save: return true
        case .discard:
            let work = try? discardedWork(record, lease, lock: lock, at: record.fencePath)
            return work != nil && work?.text == lease.orders.discarded
        }
    }

    private func mayPass(_ judgement: Judgement, _ lease: Lease) -> Bool {
        !judgement.risks.contains { $0.stands(against: lease.orders.work) }
    }

    private func settle(_ claim: inout SlotClaim, _ judgement: Judgement) throws {
        let work = claim.record.lease?.orders.work ?? .keep
        let standing = judgement.risks.filter { $0.stands(against: work) }
        let isHeldUp = !standing.isEmpty && standing.allSatisfy(\.isProcess)
        try settle(&claim, judgement.risks.map(KeptReason.risk), isHeldUp: isHeldUp)
    }

    /// Work at risk keeps the slot: the living holder's as a lease, anybody else's as an orphan; one that only a process
    /// holds up stays where it is and is tried again.
    private func settle(_ claim: inout SlotClaim, _ reasons: [KeptReason], isHeldUp: Bool = false) throws {
        guard var lease = claim.record.lease else { return }
        var next = claim.state
        switch claim.state {
        case .releasing where lease.orders.work != .keep && isHeldUp: break
        // An add that was killed told nobody its path: its holder does not have the slot.
        case .releasing where lease.release?.at != nil && verdict(of: lease) == .alive:
            next = .leased
            lease.takeBackRelease()
        case .releasing where isHeldUp: break
        case .releasing, .leased, .leasing: return try orphan(&claim, lease, because: reasons)
        case .expiring, .orphaned, .warming, .idle, .cleaning, .trash, .broken:
            // Not now; it is looked at again in an hour, or at once by 'git pool done'.
            lease.expiresAt = max(lease.expiresAt ?? 0, now() + 3600)
        }
        lease.keptBecause = reasons.map(\.summary)
        claim.record.lease = lease
        try claim.advance(to: next, mustWrite: false)
    }

    /// Puts a tree out of everybody's sight. From then on only git's lock keeps a plain `prune` from dropping the admin
    /// directory.
    func fence(_ record: SlotRecord) throws {
        try GitLock.lock(admin(record), "being recycled")
        try Files.renameNoReplace(record.path, record.fencePath)
    }

    /// Brings a fenced tree back to its path. What took the path meanwhile is moved beside it and kept.
    ///
    /// Nothing is moved if the tree is another repository's: the records of a copied one name the slots of the first.
    func unfence(_ record: SlotRecord) throws {
        guard Files.exists(record.fencePath),
            AdminDirectory.named(byTree: record.fencePath).map(isOurAdmin) ?? true
        else { return }
        for _ in 0..<10 {
            do { return try Files.renameNoReplace(record.fencePath, record.path) } catch {
                guard error.isExisting else { throw error }
                try Files.renameNoReplace(record.path, record.path + SlotRecord.keptMark + RandomID.make())
                faults.reach(.unfenceAside)
            }
        }
    }
}

extension SlotRecord {
    /// The same with the slot's own path: the fence is nothing that its user knows.
    func named(_ error: any Error) -> any Error {
        guard let error = error as? SystemError, let subject = error.subject, Path.contains(fencePath, subject) else {
            return error
        }
        return SystemError(code: error.code, call: error.call, subject: path + subject.dropFirst(fencePath.count))
    }
}
