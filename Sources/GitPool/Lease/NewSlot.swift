internal import POSIX

/// A new slot gets a number that no record, lock, path or fence uses; its record reserves it.
extension Pool {
    func newSlot(
        _ state: SlotState, _ slots: [Slot], _ place: PoolRoot.Place, under guarding: borrowing FileLock,
        _ complete: (inout SlotRecord) -> Void
    ) throws -> SlotClaim {
        let taken = Set(slots.map(\.number))
        var number = 1
        while true {
            defer { number += 1 }
            let path = place.path(number)
            var record = SlotRecord(slot: number, path: path)
            // A tree behind its fence comes back to its path, even one of a record that was lost.
            guard !taken.contains(number), !Files.exists(path), !Files.exists(record.fencePath),
                let lock = try FileLock.attempt(slotLockPath(number))
            else {
                continue
            }
            record.mount = mount(of: place.folder)
            record.id = RandomID.make()
            record.createdAt = now()
            record.lastUsedAt = now()
            record.workID = SlotRecord.newDraftID()
            record.bootID = surroundings.bootID ?? ""
            complete(&record)
            try write(record, as: state)
            faults.reach(state == .warming ? .newIdleSlot : .newSlot)
            return SlotClaim(
                pool: self, slot: Slot(number: number, state: state, record: record), record: record, lock: lock)
        }
    }
}
