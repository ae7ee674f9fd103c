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
        // Asked of every slot's lock: only where something hangs on it.
        lazy var isBusy = isAnybodyAtWork
        let ours = names(directory).filter { name in
            if name.hasPrefix(SlotRecord.draftPrefix) || name.hasPrefix(SlotRecord.trashPrefix) {
                return !owned.contains(name)
            }
            let isDraft = name.hasPrefix(SaveCommit.workshopPrefix) || name.hasSuffix(Files.draftSuffix)
            return isDraft && !isBusy
        }.map { Path.join(directory, $0) }
        let records = names(slotsDirectory).filter { $0.hasSuffix(Files.draftSuffix) && !isBusy }.map {
            Path.join(slotsDirectory, $0)
        }
        return (ours + records).map { .leftover(path: $0, .draft) }
    }

    private func leftovers(in root: String, _ records: [SlotRecord], _ owned: Set<String>) -> [Finding] {
        var findings: [Finding] = []
        guard let mark = PoolRoot.mark(of: root) else { return [] }
        if mark.owner != repository.commonDirectory || !mark.isOf(self) {
            // What lies there may be the other's; repositories may be told to share a folder.
            return rootFinding(root, mark, records.filter { $0.root == root }).map { [$0] } ?? []
        }
        for name in names(root) {
            let path = Path.join(root, name)
            if name.hasPrefix(SlotRecord.fencePrefix), !records.contains(where: { $0.fencePath == path }) {
                findings.append(.leftover(path: path, .fencedTree))
            } else if name.hasPrefix(SlotRecord.mendingPrefix) {
                findings.append(.leftover(path: path, .draft))
            } else if name.contains(SlotRecord.keptMark) {
                findings.append(.leftover(path: path, .keptTree))
            } else if SlotRecord.number(inName: name) != nil, isForgotten(path),
                !records.contains(where: { [$0.path, $0.fencePath].contains(path) })
            {
                findings.append(.leftover(path: path, .forgottenTree))
            }
        }
        let trash = SlotRecord.trashFolder(in: root)
        // A folder that somebody named for slots may have had one of this name.
        let graves = names(trash).filter { SlotRecord.isWorkID($0) && !owned.contains($0) }
        return findings + graves.map { .leftover(path: Path.join(trash, $0), .trash) }
    }

    /// Whether git had it as a worktree of this repository and knows nothing of it any more, as after a backup was put back.
    private func isForgotten(_ tree: String) -> Bool {
        guard let admin = AdminDirectory.named(byTree: tree) else { return false }
        return Path.parent(admin.path) == worktreesDirectory && !Files.exists(admin.path)
    }

    private func rootFinding(_ root: String, _ mark: RootMark, _ records: [SlotRecord]) -> Finding? {
        if mark.isOf(self) { return .movedRoot(path: root, owner: mark.owner, .moved) }
        guard !isConfigured(root) else { return nil }
        let linked = records.filter { record in admin(record).isLinked(to: record.path) }
        if mark.isDamaged { return linked.isEmpty ? nil : .movedRoot(path: root, owner: "", .unreadable) }
        guard linked.count < records.count else { return nil }
        return .movedRoot(path: root, owner: mark.owner, Files.exists(mark.owner) ? .others : .unknown)
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
