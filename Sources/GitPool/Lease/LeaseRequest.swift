/// What a caller of `add` asks for; nothing in it has been looked up.
package struct LeaseRequest: Sendable {
    package enum Branch: Sendable, Equatable {
        /// Made for the lease, named after it by `pool.branchTemplate`.
        case byName
        /// This one: made if it is missing, taken as it is where it exists and nobody has it.
        case named(String)
        case detached
    }

    package var name: String?
    package var branch = Branch.byName
    package var from: String?
    /// The branch the work is meant for, where the start is only a commit.
    var base: String?
    package var isUnique = false
    package var resumes = false
    package var group: String?
    package var isExclusive: Bool?
    /// Seconds to wait for a free slot; nil does not wait, `.max` waits for ever.
    package var wait: Int64?
    package var ttl: Int64?
    package var session: String?
    package var note: String?
    package var isFresh = false
    package var maxAge: Int64?
    package var maxUses: Int?
    package var fetches = false
    package var holder = Holder.nobody

    package init() {}
}

/// A lease that was made, or found again by `--resume`.
package struct LeasedSlot: Sendable {
    package let record: SlotRecord
    package let lease: Lease
    /// Whether the tree had to be made for it.
    package let wasCold: Bool
    /// Whom `--resume` took it from, if that process still lives.
    package var formerHolder: Holder?
    /// What the user wanted along and did not get.
    package var notices: [IncludeNotice] = []

    package var number: Int { record.slot }
    package var slot: Slot { Slot(number: number, state: .leased, record: record) }
}
