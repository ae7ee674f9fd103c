internal import Git
internal import GitPool

/// `list --porcelain`: git-worktree's attribute lines, `worktree` first, an empty line after each record; with `-z` NUL
/// ends each line and nothing is quoted.
struct PorcelainList {
    private let pool: Pool
    private let isTerminatedByNul: Bool

    init(_ pool: Pool, isTerminatedByNul: Bool) {
        self.pool = pool
        self.isTerminatedByNul = isTerminatedByNul
    }

    func text(_ slots: [Slot], _ statuses: [Int: SlotStatus] = [:]) -> String {
        let end = isTerminatedByNul ? "\0" : "\n"
        return slots.map { slot in
            (attributes(slot) + (statuses[slot.number]?.attributes ?? [])).map { $0 + end }.joined() + end
        }.joined()
    }

    private func attributes(_ slot: Slot) -> [String] {
        let lease = slot.lease
        let values: [(String, String?)] = [
            ("slot", String(slot.number)), ("state", SlotDescription(pool).state(slot)), ("name", lease?.name),
            ("base", lease?.base), ("start", lease?.start),
            ("holder", lease?.holder.pid), ("session", lease?.session), ("note", lease?.note),
        ]
        let reasons: [(String, String?)] = (lease?.keptBecause ?? []).map { ("kept", $0) }
        return (gitAttributes(slot) + values + reasons).compactMap { label, value in
            value.map { $0.isEmpty && label != "worktree" ? label : label + " " + quoted($0) }
        }
    }

    /// git-worktree's own lines, of a worktree as it is now; where nobody can tell, as it was leased.
    private func gitAttributes(_ slot: Slot) -> [(String, String?)] {
        let admin = slot.record.flatMap { $0.admin.isEmpty ? nil : pool.admin($0) }
        let branch: String? =
            switch admin?.head(pool.git) {
            case .branch(let ref): ref
            case .detached: nil
            case nil: slot.lease?.branchRef
            }
        return [
            ("worktree", slot.record?.path ?? ""), ("HEAD", SlotDescription(pool).head(slot)),
            branch.map { ("branch", $0) } ?? ("detached", ""), ("locked", admin?.lockReason),
        ]
    }

    private func quoted(_ text: String) -> String { isTerminatedByNul ? text : CQuote.quote(text) }
}
