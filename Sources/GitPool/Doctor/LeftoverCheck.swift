internal import Git
internal import POSIX

/// What killed operations left behind: files of ours that no record owns and nobody is at.
extension Pool {
    func leftoverFindings() -> [Finding] {
        guard let slots = try? peek() else { return [] }
        let records = slots.compactMap(\.record)
        // A record that cannot be read may own any of them.
        guard records.count == slots.count else { return [] }
        let owned = Set(records.map(\.workID))
        return drafts(owned) + roots().flatMap { leftovers(in: $0, records, owned) }
    }

    private func drafts(_ owned: Set<String>) -> [Finding] {
        let isBusy = isAnybodyAtWork
        let ours = names(directory).filter { name in
            switch true {
            case name.hasPrefix("new-"), name.hasPrefix("trash-"): !owned.contains(name)
            case name.hasPrefix("save-"), name.hasSuffix(".tmp"): !isBusy
            default: false
            }
        }.map { Path.join(directory, $0) }
        let records = names(slotsDirectory).filter { $0.hasSuffix(".tmp") && !isBusy }.map {
            Path.join(slotsDirectory, $0)
        }
        return (ours + records).map { .leftover(path: $0, .draft) }
    }

    private func leftovers(in root: String, _ records: [SlotRecord], _ owned: Set<String>) -> [Finding] {
        var findings: [Finding] = []
        if let owner = (try? PoolRoot.owner(of: root)) ?? nil, owner != repository.commonDirectory {
            // What lies there may be the other's; repositories may be told to share a folder.
            let isShared = configuredRoot != nil && Files.isDirectory(Path.join(owner, "pool"))
            return isShared ? [] : [.movedRoot(path: root, owner: owner)]
        }
        for name in names(root) {
            let path = Path.join(root, name)
            if name.hasPrefix(".fenced-"), !records.contains(where: { $0.fencePath == path }) {
                findings.append(.leftover(path: path, .fencedTree))
            } else if name.hasPrefix(SlotRecord.mending) {
                findings.append(.leftover(path: path, .draft))
            } else if name.contains(".kept-") {
                findings.append(.leftover(path: path, .keptTree))
            }
        }
        let graves = names(Path.join(root, "trash")).filter { !owned.contains($0) }
        return findings + graves.map { .leftover(path: Path.join(root, "trash/" + $0), .trash) }
    }

    /// By what the kernel says of the locks: a save has no record that names its draft. Nothing is locked for the answer.
    private var isAnybodyAtWork: Bool {
        let locks =
            [Path.join(directory, "lock")]
            + names(slotsDirectory).filter { $0.hasSuffix(".lock") }.map { Path.join(slotsDirectory, $0) }
        return locks.contains { FileLock.holder(of: $0) != nil }
    }

    private func names(_ folder: String) -> [String] { ((try? Directory.entries(folder)) ?? []).sorted() }
}
