internal import Git
internal import POSIX

/// A tree that was moved by plain `mv`, so that git still expects it at the old place: if it is found, no second tree
/// is made there. It is looked for beside the slots, their folder and the repository, and wherever a process stands;
/// further away it is not found.
struct MovedTree {
    let path: String

    init?(of record: SlotRecord, _ admin: AdminDirectory, mainTree: String, except draft: String) {
        let folders = [record.root, Path.parent(record.root), mainTree, Path.parent(mainTree)].compactMap { $0 }
        let beside = folders.uniqued().lazy.flatMap { folder in
            ((try? Directory.entries(folder)) ?? []).sorted().map { Path.join(folder, $0) }
        }
        let isTree = { (place: String) in
            place != record.path && place != draft && AdminDirectory.named(byTree: place)?.path == admin.path
        }
        guard let path = beside.first(where: isTree) ?? MovedTree.stands().first(where: isTree) else { return nil }
        self.path = path
    }

    /// Where processes stand, and what is above that; those of others that are hidden from us are not known.
    private static func stands() -> [String] {
        let places = ((try? ProcessTable.list()) ?? []).compactMap { try? Files.target(ofLink: "/proc/\($0)/cwd") }
        return places.uniqued().flatMap { sequence(first: $0, next: Path.parent) }.uniqued()
    }
}

extension Pool {
    /// Where the tree is that a user moved without telling git; nil where git knows of it, or it is not found.
    func movedTree(of record: SlotRecord) -> MovedTree? {
        let admin = admin(record)
        guard !record.admin.isEmpty, !Files.exists(Path.join(record.path, ".git")), !Files.exists(record.fencePath),
            admin.recordedTree == record.path
        else { return nil }
        let draft = Path.join(record.root, SlotRecord.mendingPrefix + Path.name(record.path))
        return MovedTree(of: record, admin, mainTree: mainTree, except: draft)
    }
}
