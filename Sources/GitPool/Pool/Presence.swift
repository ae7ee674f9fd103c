internal import Git
internal import POSIX

/// Whether a slot's tree is in its place, somewhere else, or gone, as files alone tell: a slot is forgotten only if its
/// tree is gone.
extension Pool {
    /// Whether the admin directory, and the tree at its path or behind its fence, are where the record says.
    func isPresent(_ record: SlotRecord) -> Bool {
        guard !record.admin.isEmpty, Files.exists(admin(record).path) else { return false }
        return Files.exists(record.path) || Files.exists(record.fencePath)
    }

    /// Whether a tree that is not in its place may still exist. Once it was recycled, or given up by 'done --discard' of a
    /// user who deleted the folder of all slots, only a tree that is found counts.
    func isElsewhere(_ slot: Slot) -> Bool {
        guard let record = slot.record else { return true }
        switch slot.state {
        case .releasing: return slot.lease?.isGivenUp == true ? isMoved(record) : isAway(record)
        case .cleaning: return isMoved(record)
        case .idle, .leased, .expiring, .orphaned, .warming, .leasing, .trash, .broken: return isAway(record)
        }
    }

    /// Whether the folder of the slots was moved, alone or with the repository, or is on a disk that is not mounted.
    private func isAway(_ record: SlotRecord) -> Bool {
        isFolderAway(record) || (!hasLostAdmin(record) && isMoved(record))
    }

    func isFolderAway(_ record: SlotRecord) -> Bool {
        guard !hasLostAdmin(record) else { return false }
        return record.unmounted != nil || (!record.isAdopted && PoolRoot.mark(of: record.root) == nil)
    }

    func hasLostAdmin(_ record: SlotRecord) -> Bool {
        !record.admin.isEmpty && !Files.exists(admin(record).path)
    }

    private func isMoved(_ record: SlotRecord) -> Bool { movedPlace(of: record) != nil || movedTree(of: record) != nil }
}
