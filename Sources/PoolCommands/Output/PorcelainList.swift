internal import Git
internal import GitPool
internal import POSIX

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
        var text: [UInt8] = []
        for slot in slots {
            for (label, value) in attributes(slot) {
                guard let value else { continue }
                text += label
                if !value.isEmpty || label == "worktree" {
                    text += " "
                    text += isTerminatedByNul ? value : CQuote.quote(value)
                }
                text.append(end)
            }
            for line in statuses[slot.number]?.attributes ?? [] {
                text += line
                text.append(end)
            }
            text.append(end)
        }
        return String(decoding: text, as: UTF8.self)
    }

    private var end: UInt8 { isTerminatedByNul ? 0 : UInt8(ascii: "\n") }

    private func attributes(_ slot: Slot) -> [(String, String?)] {
        let lease = slot.lease
        let values: [(String, String?)] = [
            ("slot", String(slot.number)), ("state", slot.shownState), ("name", lease?.name),
            ("base", lease?.base), ("start", lease?.start),
            ("holder", lease?.holder.pid), ("session", lease?.session), ("note", lease?.note),
        ]
        let reasons: [(String, String?)] = (lease?.keptBecause ?? []).map { ("kept", $0) }
        return gitAttributes(slot) + values + reasons
    }

    /// git-worktree's own lines, of a worktree as it is now; where nobody can tell, as it was leased.
    private func gitAttributes(_ slot: Slot) -> [(String, String?)] {
        let admin = slot.record.flatMap { $0.admin.isEmpty ? nil : pool.admin($0) }
        let head = pool.head(of: slot)
        let branch: String? =
            switch head {
            case .branch(let ref): ref
            case .detached: nil
            case nil: slot.lease?.branchRef
            }
        return [
            ("worktree", slot.record?.path ?? ""), ("HEAD", head.flatMap { pool.commit($0) }),
            branch.map { ("branch", $0) } ?? ("detached", ""), ("locked", admin?.lockReason),
        ]
    }
}
