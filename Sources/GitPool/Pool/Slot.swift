/// A slot as one look at the pool's folder showed it; only a look under the pool lock is good for decisions.
package struct Slot: Sendable {
    package let number: Int
    package let state: SlotState
    /// Nil if the record cannot be understood: such a slot is kept.
    package let record: SlotRecord?

    package var lease: Lease? { state == .idle ? nil : record?.lease }

    /// Whether a session of this name has the slot, or its work is in it.
    package func holds(name: String, ignoringCase: Bool) -> Bool {
        guard state.counts, let held = record?.lease?.name else { return false }
        return held == name || (ignoringCase && held.lowercased() == name.lowercased())
    }
}
