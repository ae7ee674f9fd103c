internal import POSIX

/// Removes what killed processes left half written in the pool's folders, as far as nobody can be at it any more.
extension Pool {
    func sweep() {
        // In this order: a lease is written down before its first save begins.
        let names = (try? Directory.entries(directory)) ?? []
        let workshops = names.filter { $0.hasPrefix(SaveCommit.workshopPrefix) }
        let branchLocks = branchLocks(among: names)
        guard let slots = workshops.isEmpty && branchLocks.isEmpty ? [] : try? snapshot() else { return }
        sweepBranchLocks(branchLocks, slots)
        sweepWorkshops(workshops, slots)
        sweepDrafts(names)
    }

    /// Of saves: they belong to whoever has the slot's lock.
    private func sweepWorkshops(_ names: [String], _ slots: [Slot]) {
        for name in names {
            let workshop = Path.join(directory, name)
            let leaseID = String(name.dropFirst(SaveCommit.workshopPrefix.count))
            guard let owner = slots.first(where: { $0.record?.lease?.id == leaseID }) else {
                try? Directory.removeTree(workshop)
                continue
            }
            guard let lock = (try? FileLock.attempt(slotLockPath(owner.number))) ?? nil else { continue }
            try? Directory.removeTree(workshop)
            extendLifetime(lock)
        }
    }

    /// Of records and counts, which are written under the pool lock alone, and of notes of what git said.
    private func sweepDrafts(_ names: [String]) {
        guard let guarding = try? lock() else { return }
        for name in (try? Directory.entries(slotsDirectory)) ?? [] where name.hasSuffix(Files.draftSuffix) {
            try? Files.unlink(Path.join(slotsDirectory, name))
        }
        let drafts = ["stats.", "git.", Path.name(Pool.configurationNote) + "."]
        for name in names where name.hasSuffix(Files.draftSuffix) && drafts.contains(where: name.hasPrefix) {
            try? Files.unlink(Path.join(directory, name))
        }
        extendLifetime(guarding)
    }
}
