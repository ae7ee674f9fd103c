internal import POSIX

/// The processes inside slots that are being released: until they leave, another attempt would fail. Whoever works on a
/// slot is none of them.
struct SlotOccupants {
    private var pids: [Int: [Int32]] = [:]

    init(_ pool: Pool, _ slots: [Slot]) {
        for slot in slots where slot.state == .releasing || slot.state == .cleaning {
            guard let record = slot.record, !pool.isBusy(slot) else { continue }
            // Whoever called `done` may stand there while it is judged, not when it is recycled.
            let excused = slot.state == .releasing ? record.lease?.release?.excused ?? [] : []
            let except = Set(excused.map(\.pid) + [ProcessTable.ownPID()])
            // Asked again: whoever works there has the lock, and gives it back only as it ends.
            guard let found = try? Occupants.scan(record.path, except: except), !found.isEmpty, !pool.isBusy(slot)
            else { continue }
            pids[slot.number] = found.map(\.pid)
        }
    }

    var slots: Set<Int> { Set(pids.keys) }

    func of(_ slot: Slot) -> [Int32] { pids[slot.number] ?? [] }
}
