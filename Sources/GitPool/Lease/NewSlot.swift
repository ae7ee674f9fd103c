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
            // A tree behind its fence comes back to its path, even one of a record that was lost.
            guard !taken.contains(number), try isFree(path, for: path),
                try isFree(SlotRecord.fencePath(of: path), for: path),
                let lock = try FileLock.attempt(slotLockPath(number))
            else { continue }
            var record = newRecord(number, at: path)
            record.id = RandomID.make()
            record.workID = SlotRecord.newDraftID()
            complete(&record)
            try write(record, as: state)
            faults.reach(state == .warming ? .newIdleSlot : .newSlot)
            return SlotClaim(
                pool: self, slot: Slot(number: number, state: state, record: record), record: record, lock: lock)
        }
    }

    /// - Throws: where that cannot be told, as for a name that is too long: it would be the same at every number.
    private func isFree(_ place: String, for slot: String) throws(SystemError) -> Bool {
        do { _ = try Files.status(place) } catch {
            guard error.isNotFound else { throw SystemError(code: error.code, call: error.call, subject: slot) }
            return true
        }
        return false
    }

    /// A record that begins now, in this boot.
    func newRecord(_ number: Int, at path: String) -> SlotRecord {
        var record = SlotRecord(slot: number, path: path)
        record.mount = mount(of: path)
        record.bootID = surroundings.bootID ?? ""
        (record.createdAt, record.lastUsedAt) = (now(), now())
        return record
    }
}
