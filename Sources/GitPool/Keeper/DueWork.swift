/// What a process can be started for: the slots that are due and nobody has.
struct DueWork {
    /// Their numbers; nil is a slot that is to be made.
    private(set) var free: Set<Int?> = []
    /// How many more are due and somebody's.
    private(set) var busy = 0

    init(_ pool: Pool, _ slots: [Slot], leaving occupied: Set<Int>) {
        for slot in slots where pool.hasWork(slot) && !occupied.contains(slot.number) {
            if pool.isBusy(slot) { busy += 1 } else { free.insert(slot.number) }
        }
        let duties = Duties(pool, slots)
        free.formUnion(duties.trims.union(duties.parks).map { $0 })
        if duties.missing > 0 { free.insert(nil) }
    }
}
