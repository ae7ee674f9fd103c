internal import GitPool
internal import POSIX

/// `list` for people: one line a slot, what matters first, cut to the terminal.
struct SlotTable {
    private let pool: Pool
    private let wantsStatus: Bool
    /// Nil where there is nothing to show of them.
    private let overlaps: Overlaps?

    init(_ pool: Pool, wantsStatus: Bool, overlaps: Overlaps? = nil) {
        self.pool = pool
        self.wantsStatus = wantsStatus
        self.overlaps = overlaps.flatMap { $0.isEmpty ? nil : $0 }
    }

    func text(_ slots: [Slot], _ style: Style) -> String {
        guard !slots.isEmpty else { return "" }
        var columns = [
            Table.Column("SLOT", alignment: .right), Table.Column("NAME"), Table.Column("STATE"),
            Table.Column("AGE", alignment: .right),
            Table.Column("HOLDER"), Table.Column("BRANCH"),
        ]
        if wantsStatus { columns.append(Table.Column("CHANGES")) }
        if overlaps != nil { columns.append(Table.Column("OVERLAPS", isFlexible: true)) }
        columns.append(Table.Column("PATH", isFlexible: true))
        var table = Table(columns)
        for slot in slots { table.append(row(slot)) }
        return table.text(width: Streams.columns(1), style: style)
    }

    private func row(_ slot: Slot) -> [Table.Cell] {
        let state = SlotDescription(pool).state(slot)
        let since = slot.lease?.leasedAt ?? slot.record?.lastUsedAt ?? pool.now()
        var cells = [
            Table.Cell(String(slot.number), .faint), Table.Cell(slot.lease?.name ?? "-", .strong),
            Table.Cell(state, role(state)), Table.Cell(Duration(seconds: max(0, pool.now() - since)).age),
            Table.Cell(holder(slot)), Table.Cell(slot.lease?.branch ?? "-"),
        ]
        if wantsStatus { cells.append(Table.Cell(SlotStatus(of: slot, pool).text)) }
        if let overlaps { cells.append(Table.Cell(OverlapWords(overlaps: overlaps, slot: slot).text, .attention)) }
        let reasons = slot.lease?.keptBecause ?? []
        let path = slot.record?.path ?? "?"
        cells.append(Table.Cell(reasons.isEmpty ? path : "\(path) (\(reasons.joined(separator: ", ")))", .faint))
        return cells
    }

    private func holder(_ slot: Slot) -> String {
        guard slot.state.counts, let lease = slot.lease else { return "-" }
        guard let pid = lease.holder["holder.pid"] else { return "until done" }
        return "\(lease.holder["holder.program"] ?? "?") \(pid)"
    }

    private func role(_ state: String) -> Style.Role? {
        switch state {
        case "idle": .good
        case "orphaned", "expiring": .attention
        case "broken", "missing": .bad
        default: nil
        }
    }
}
