internal import Git
internal import GitPool

/// What `--status` adds: a slot's changes, counted by one `git status`; nil counts where it could not be told.
struct SlotStatus {
    let modified: Int?
    let untracked: Int?
    let ahead: Int?
    let behind: Int?
    let operation: String?

    init(of slot: Slot, _ pool: Pool) {
        let view = slot.record.flatMap { pool.view(of: $0) }
        modified = view.map { $0.status.entries.count { $0.kind != .untracked } }
        untracked = view.map { $0.status.entries.count { $0.kind == .untracked } }
        operation = view?.operation
        let counts = slot.lease.flatMap { pool.distance(of: $0) }
        ahead = counts?.ahead
        behind = counts?.behind
    }

    var json: JSON {
        .object([
            .init("modified", JSON(modified)), .init("untracked", JSON(untracked)), .init("ahead", JSON(ahead)),
            .init("behind", JSON(behind)), .init("operation", JSON(operation)),
        ])
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
