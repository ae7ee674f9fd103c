/// Who shares a build cache; in none of the three modes does a slot write into another slot's tree.
package enum CacheMode: String, CaseIterable, Sendable {
    /// One directory for all slots of the pool.
    case shared
    /// Each slot its own, which stays warm because ignored files stay in a slot.
    case slot
    /// As `slot`, and a new slot's is begun as a copy of one that is warm.
    case clone
}
