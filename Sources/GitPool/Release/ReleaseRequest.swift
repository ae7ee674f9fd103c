/// What a caller of `done` wants; the same for each slot it names.
package struct ReleaseRequest: Sendable {
    /// How long the tree is kept for inspection instead of being recycled at once.
    package enum Inspection: Sendable, Equatable {
        case none
        case seconds(Int64)
        /// The lease's own `--ttl`, else `pool.ttl`.
        case usual
        /// As `usual`, but a setting says so and nobody: a second `done` releases the slot.
        case byRule
    }

    /// Under `keep`, work at risk refuses the release.
    package var work = Release.Work.keep
    package var inspection = Inspection.none
    package var branchPolicy = Release.BranchPolicy.merged
    /// The caller and its ancestors.
    package var excused: [Bystander] = []
    package var isDryRun = false
    /// Whoever asks is ending: work at risk makes the slot an orphan instead of a refusal.
    package var leavesWork = false

    package init() {}

    /// Whether it says nothing of what is to become of work, tree and branch.
    var isPlain: Bool {
        work == .keep && (inspection == .none || inspection == .byRule) && branchPolicy == .merged
    }
}

/// What `done` did with one slot.
package struct ReleaseReport: Sendable {
    package let lease: Lease
    package let record: SlotRecord
    package let state: SlotState
    package let risks: [Risk]
    /// The ref of the save.
    package let saved: String?
    /// Whether there was no worktree to be looked at.
    package let isMissing: Bool
}
