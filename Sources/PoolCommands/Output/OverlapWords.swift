internal import Git
internal import GitPool

/// Overlaps of one slot, as `list --status` shows them.
struct OverlapWords {
    let overlaps: Overlaps
    let slot: Slot

    /// `two conflicts, three, main conflicts`.
    var text: String {
        var words = overlaps.of(slot).map { $0.name + ($0.conflicts?.isEmpty == false ? " conflicts" : "") }
        if !overlaps.withBase(slot).isEmpty, let base = slot.lease?.base {
            words.append((RefName.shortBranch(base) ?? base) + " conflicts")
        }
        return words.joined(separator: ", ")
    }

    var members: [JSON.Member] {
        let list = overlaps.of(slot).map { overlap in
            JSON.object([
                .init("name", JSON(overlap.name)), .init("paths", JSON(overlap.paths)),
                .init("conflicts", overlap.conflicts.map { JSON($0) } ?? .null),
            ])
        }
        return [.init("overlaps", .array(list)), .init("baseConflicts", JSON(overlaps.withBase(slot)))]
    }

    static let notAsked: [JSON.Member] = [.init("overlaps", .null), .init("baseConflicts", .null)]
}
