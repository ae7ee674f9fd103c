internal import Git
internal import POSIX

/// What `doctor` looks for where slots stand, or may have been moved to: trees of ours against the records.
extension Pool {
    func placeFindings() -> [Finding] {
        guard exists || !foldersOfLinkedTrees().isEmpty else { return [] }
        let slots = (try? peek()) ?? []
        return movedSlots(slots.compactMap(\.record)) + formerFolders() + strayTrees(slots)
    }

    private func movedSlots(_ records: [SlotRecord]) -> [Finding] {
        let moves = records.compactMap { record in
            movedPlace(of: record).flatMap(Path.parent).map { Finding.movedSlots(path: $0, from: record.root) }
        }
        return moves.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// Folders beside the repository with trees of its slots, where a copy whose first is away would look the same.
    private func formerFolders() -> [Finding] {
        let (known, places) = (roots(), formerPlaces())
        return foldersNear().compactMap { folder in
            guard !known.contains(folder), let mark = PoolRoot.mark(of: folder), places.contains(mark.owner),
                !mark.isOf(self)
            else { return nil }
            return .movedRoot(path: folder, owner: mark.owner, .unknown)
        }
    }

    /// Where a slot's tree belongs now if the folder around it was moved: it stands there, or behind its fence, in a folder
    /// that was this pool's, with a `.git` file that names this slot's admin directory, here or where the repository was
    /// before.
    func movedPlace(of record: SlotRecord) -> String? {
        guard !record.isAdopted, !record.admin.isEmpty, !Files.exists(record.path), !Files.exists(record.fencePath)
        else { return nil }
        return folders().lazy.filter { $0 != record.root }.map { Path.join($0, Path.name(record.path)) }.first {
            place in
            let tree = Files.exists(place) ? place : SlotRecord.fencePath(of: place)
            guard Files.isDirectory(tree), let named = AdminDirectory.named(byTree: tree), named.id == record.admin
            else { return false }
            return isOurAdmin(named)
        }
    }

    /// Whether the slots of this folder may be mended: it is there and not away with its disk, and this is the repository
    /// that they were made for, and not a copy of it.
    func isOurFolder(of record: SlotRecord) -> Bool {
        guard Files.isDirectory(record.root), record.unmounted == nil else { return false }
        if record.isAdopted { return true }
        guard let mark = PoolRoot.mark(of: record.root) else { return false }
        return mark.isOf(self) || (isConfigured(record.root) && home?.isOurs(in: self) == true)
    }

    /// Whether several repositories may have been given the folder: its mark only says which was the first.
    func isConfigured(_ folder: String) -> Bool {
        guard let configured = configuredRoot.map({ PoolRoot.absolute($0, self) }) else { return false }
        return configured == folder || (try? Files.realPath(configured)) == folder
    }

    /// Whether a path is one of our admin directories, or was one before the repository was moved. A copy leaves the old
    /// place as it was, and the slots are that repository's then.
    func isOurAdmin(_ admin: AdminDirectory) -> Bool {
        guard let folder = Path.parent(admin.path) else { return false }
        if folder == worktreesDirectory || (try? Files.realPath(folder)) == worktreesDirectory { return true }
        guard Path.name(folder) == "worktrees", !Files.exists(admin.path), let old = Path.parent(folder) else {
            return false
        }
        return home?.stood(at: old, self) == true
    }

    /// Folders of slots, known or beside the repository, that are marked as ours.
    private func folders() -> [String] {
        foldersNear().filter { folder in PoolRoot.mark(of: folder)?.isOf(self) == true }
    }

    /// Those whose mark names this place and in which git has a worktree of this repository: they are proven to be ours
    /// where all that was noted of them is gone.
    func foldersOfLinkedTrees() -> [String] {
        let admins = Worktrees(of: repository).adminDirectories()
        let trees = admins.compactMap { admin in admin.recordedTree.flatMap { admin.isLinked(to: $0) ? $0 : nil } }
        return trees.compactMap(Path.parent).uniqued().filter { RootMark.id(in: $0, of: self) != nil }
    }

    func foldersNear() -> [String] {
        let parent = Path.parent(mainTree) ?? "/"
        let beside = ((try? Directory.entries(parent)) ?? []).filter { $0.hasSuffix(".pool") }.sorted()
        return (roots() + beside.map { Path.join(parent, $0) }).uniqued()
    }

    /// Places that slots of this pool name as their repository's and where none stands now: it was moved from there, or
    /// it is a copy of one whose disk is away.
    func formerPlaces() -> [String] {
        let folders = foldersNear()
        return ((try? peek()) ?? []).compactMap(\.record).filter { !$0.admin.isEmpty }.flatMap { record in
            let moved = record.isAdopted ? [] : folders.map { Path.join($0, Path.name(record.path)) }
            return ([record.path, record.fencePath] + moved).compactMap { tree -> String? in
                guard let named = AdminDirectory.named(byTree: tree), named.id == record.admin,
                    let worktrees = Path.parent(named.path), Path.name(worktrees) == "worktrees",
                    let place = Path.parent(worktrees), !Files.exists(place),
                    admin(record).recordedTree == record.path
                else { return nil }
                return place
            }
        }.uniqued()
    }

    /// Where no record says otherwise they are known by git's lock, which names us, wherever they stand, or, where slots
    /// stand, by what was noted at their birth.
    private func strayTrees(_ slots: [Slot]) -> [Finding] {
        let records = slots.compactMap(\.record)
        let named = Set(records.map(\.admin))
        let unnamed = records.filter(\.admin.isEmpty)
        let folders = (roots() + foldersOfLinkedTrees()).uniqued()
        var taken = Set(slots.map(\.number))
        return Worktrees(of: repository).adminDirectories().compactMap { admin in
            guard !named.contains(admin.id), !unnamed.contains(where: { owns($0, admin) }),
                let path = admin.recordedTree, admin.isLinked(to: path)
            else { return nil }
            let isAmongSlots = Path.parent(path).map(folders.contains) ?? false
            let own = isAmongSlots ? SlotRecord.number(inName: Path.name(path)) : nil
            let isMarked = admin.lockReason.map(GitLock.isOurs) == true
            guard isMarked || own.map({ wasBorn(path, $0) }) == true else { return nil }
            // A record that cannot be read may be this one's.
            let free = own.flatMap { taken.contains($0) ? nil : $0 }
            guard free != nil || records.count == slots.count,
                let number = free ?? (1...).first(where: { !taken.contains($0) })
            else { return nil }
            taken.insert(number)
            return .strayTree(slot: number, path: path)
        }
    }

    private func wasBorn(_ path: String, _ number: Int) -> Bool {
        guard let birth = Birth(of: number, in: self) else { return false }
        return birth.inode == (try? Files.status(path))?.inode
    }
}
