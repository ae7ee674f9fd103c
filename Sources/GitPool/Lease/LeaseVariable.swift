/// One variable that a session in a slot, and whatever prepares the slot, is told (CLI.md, "Exported to a lease").
package struct LeaseVariable: Sendable, Equatable {
    package let name: String
    package let value: String

    /// Every name that `variables(of:)` may give: what an outer lease exported is not true of an inner one.
    package static let names = [
        "GIT_POOL_PATH", "GIT_POOL_NAME", "GIT_POOL_BRANCH", "GIT_POOL_BASE", "GIT_POOL_GROUP", "GIT_POOL_SLOT",
        "GIT_POOL_PORT",
    ]
}

extension Pool {
    /// What is true of a slot, and of its lease if it has one.
    package func variables(_ record: SlotRecord, _ lease: Lease?) -> [LeaseVariable] {
        let values: [(String, String?)] = [
            ("GIT_POOL_PATH", record.path), ("GIT_POOL_NAME", lease?.name), ("GIT_POOL_BRANCH", lease?.branch),
            ("GIT_POOL_BASE", lease?.start), ("GIT_POOL_GROUP", lease?.group), ("GIT_POOL_SLOT", String(record.slot)),
        ]
        return values.compactMap { name, value in value.map { LeaseVariable(name: name, value: $0) } }
    }
}
