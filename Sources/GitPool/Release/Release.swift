/// What was ordered for the end of a lease: by its session, or for it when its holder was found dead.
package struct Release: Sendable, Equatable {
    /// What is to happen to work at risk.
    package enum Work: String, Sendable {
        /// It keeps its slot.
        case keep
        case save
        case discard
    }

    package enum BranchPolicy: String, Sendable { case merged, keep, delete }

    /// Seconds since 1970; nil for what nobody was told of, such as a lease whose `add` failed.
    package var at: Int64?
    /// Whether the holder was found dead.
    package var isReaped = false
    package var work = Work.keep
    /// The text of the `DiscardedWork` that `.discard` is about.
    var discarded: String?
    package var branchPolicy = BranchPolicy.merged
    /// Those who may stand in the tree meanwhile.
    package var excused: [Bystander] = []
    var left: LeftBranch?
}
