internal import GitPool
internal import POSIX

/// `list` for people: one line a slot, what matters first, cut to the terminal.
struct SlotTable {
    /// Nil where nobody asked; one that is missing is still to come.
    private let statuses: [Int: SlotStatus]?
    /// Nil where there is nothing to show of them.
    private let overlaps: Overlaps?
    private let showsDisk: Bool
    private let now: Int64

    init(_ pool: Pool, statuses: [Int: SlotStatus]?, overlaps: Overlaps?, showsDisk: Bool) {
        self.showsDisk = showsDisk
        now = pool.now()
        self.statuses = statuses
        self.overlaps = overlaps.flatMap { $0.isEmpty ? nil : $0 }
    }

    func lines(_ slots: [Slot], _ style: Style, width: Int?) -> [String] {
        guard !slots.isEmpty else { return [] }
        var columns = [
            Table.Column("SLOT", alignment: .right, rank: 3), Table.Column("NAME", isFlexible: true),
            Table.Column("STATE"), Table.Column("AGE", alignment: .right, rank: 1),
            Table.Column("HOLDER", isFlexible: true, rank: 4), Table.Column("BRANCH", isFlexible: true, rank: 5),
        ]
        if statuses != nil { columns.append(Table.Column("CHANGES", isFlexible: true)) }
        if showsDisk { columns.append(Table.Column("DISK", alignment: .right, rank: 7)) }
        if overlaps != nil { columns.append(Table.Column("OVERLAPS", isFlexible: true, rank: 2)) }
        columns.append(Table.Column("PATH", isFlexible: true, least: 16, rank: 6))
        var table = Table(columns)
        for slot in slots { table.append(row(slot)) }
        return table.lines(width: width, style: style)
    }

    private func row(_ slot: Slot) -> [Table.Cell] {
        let state = slot.shownState
        // Each look at a slot's lease copies it.
        let lease = slot.lease
        let since = lease?.leasedAt ?? slot.record?.lastUsedAt ?? now
        var cells = [
            Table.Cell(String(slot.number), .faint), Table.Cell(lease?.name ?? "-", .strong),
            Table.Cell(state, role(state)), Table.Cell(Duration(seconds: max(0, now - since)).age),
            Table.Cell(slot.state.counts ? holder(lease, slot.state) : "-"), Table.Cell(lease?.branch ?? "-"),
        ]
        if let statuses { cells.append(Table.Cell(statuses[slot.number]?.text ?? "…")) }
        if showsDisk {
            let status = statuses?[slot.number]
            let disk = status?.disk.map { Size(bytes: $0).description }
            cells.append(Table.Cell(disk ?? (status == nil ? "…" : "?")))
        }
        if let overlaps { cells.append(Table.Cell(OverlapWords(overlaps: overlaps, slot: slot).text, .attention)) }
        var reasons = lease?.keptBecause ?? []
        if slot.state == .releasing, reasons.isEmpty { reasons = ["being released"] }
        let path = slot.record?.path ?? "?"
        cells.append(Table.Cell(reasons.isEmpty ? path : "\(path) (\(reasons.joined(separator: ", ")))", .faint))
        return cells
    }

    private func holder(_ lease: Lease?, _ state: SlotState) -> String {
        guard let lease else { return "-" }
        guard let pid = lease.holder.pid else { return "until done" }
        // A lease has an end before its release only where its holder died early, and is given time.
        let hasEnded = lease.release?.isReaped == true || (state == .leased && lease.expiresAt != nil)
        return "\(lease.holder.program ?? "?") \(pid)" + (hasEnded ? " (ended)" : "")
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
