internal import Git
internal import GitPool
internal import POSIX

/// What `--status` adds: a slot's changes, counted by one `git status`, and what it takes on the disk; nil where it could
/// not be told.
struct SlotStatus {
    let modified: Int?
    let untracked: Int?
    let ahead: Int?
    let behind: Int?
    let operation: String?
    /// In bytes, as `du` counts; nil where nobody asked.
    let disk: Int64?

    private init(_ glance: Glance, _ disk: Int64?) {
        self.disk = disk
        modified = glance.status.map { $0.entries.count { $0.kind != .untracked } }
        untracked = glance.status.map { $0.entries.count { $0.kind == .untracked } }
        operation = glance.operation
        ahead = glance.distance?.ahead
        behind = glance.distance?.behind
    }

    init(of slot: Slot, _ pool: Pool) { self.init(pool.glance(at: [slot][...])[0], SlotStatus.disk(of: slot)) }

    private static func disk(of slot: Slot) -> Int64? {
        slot.record.flatMap { Files.isDirectory($0.path) ? DiskUsage.allocated(below: $0.path) : nil }
    }

    /// Of each slot, by its number; a few at a time, told of as they come.
    static func of(
        _ slots: [Slot], _ pool: Pool, measuringDisk: Bool = true, _ tell: ([Int: SlotStatus]) -> Void = { _ in }
    ) -> [Int: SlotStatus] {
        var found: [Int: SlotStatus] = [:]
        for start in stride(from: 0, to: slots.count, by: Pool.glancesAtOnce) {
            let some = slots[start..<min(start + Pool.glancesAtOnce, slots.count)]
            for (slot, glance) in zip(some, pool.glance(at: some)) {
                found[slot.number] = SlotStatus(glance, measuringDisk ? disk(of: slot) : nil)
            }
            tell(found)
        }
        return found
    }

    var json: JSON {
        .object([
            .init("modified", JSON(modified)), .init("untracked", JSON(untracked)), .init("ahead", JSON(ahead)),
            .init("behind", JSON(behind)), .init("operation", JSON(operation)),
        ])
    }

    /// For `list --porcelain --status`; what could not be told is left out.
    var attributes: [String] {
        let counts = [("modified", modified), ("untracked", untracked), ("ahead", ahead), ("behind", behind)]
        return counts.compactMap { name, count in count.map { "\(name) \($0)" } }
            + (operation.map { ["operation \($0)"] } ?? []) + (disk.map { ["disk \($0)"] } ?? [])
    }

    var text: String {
        guard let modified, let untracked else { return "?" }
        var parts: [String] = []
        if modified > 0 { parts.append("~\(modified)") }
        if untracked > 0 { parts.append("+\(untracked)") }
        if let ahead, ahead > 0 { parts.append("\(ahead) ahead") }
        if let behind, behind > 0 { parts.append("\(behind) behind") }
        if let operation { parts.append(operation) }
        return parts.isEmpty ? "clean" : parts.joined(separator: " ")
    }
}
