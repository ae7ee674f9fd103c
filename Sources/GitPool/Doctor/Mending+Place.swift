internal import Git
internal import POSIX

/// A repository or folder of slots that was moved: both ends of each slot are verified first. If one end still stands
/// at the old place, as after a copy, the slot belongs to the other repository.
extension Mending {
    /// The user says that the repository was moved: then nothing that names a place where none stands is another's.
    mutating func claimPlaces() throws {
        let places = pool.formerPlaces()
        guard !places.isEmpty else { return }
        try Home.claim(places, for: pool)
        pool.faults.reach(.mendHome)
        for folder in pool.foldersNear() {
            guard let mark = PoolRoot.mark(of: folder), places.contains(mark.owner), !mark.isOf(pool) else { continue }
            try RootMark.replace(in: folder, for: pool)
            note(.claimedFolder, folder)
        }
    }

    /// Marks a folder again that is proven to be this repository's: by its id, or by slots in it that are linked both ways.
    mutating func claimFolder(_ folder: String, _ fault: Finding.RootFault) throws {
        switch fault {
        case .others, .unknown: return
        case .moved: guard PoolRoot.mark(of: folder)?.isOf(pool) == true else { return }
        case .unreadable: guard PoolRoot.mark(of: folder)?.isDamaged == true else { return }
        }
        // From here on it counts where the repository is now.
        try Home.note(pool)
        try RootMark.replace(in: folder, for: pool)
        pool.faults.reach(.mendRoot)
        note(.claimedFolder, folder)
    }

    /// A copy lets go of the first one's slots; what is left is as after a copy of any repository.
    mutating func leaveOriginal() throws {
        for (path, aside) in try pool.leaveOriginal() { note(.movedAside(to: aside), path) }
    }

    mutating func followSlots(to folder: String, from old: String) throws {
        let slots = try pool.snapshot().filter { $0.record?.root == old }
        let moved = slots.filter { slot in
            slot.record.flatMap { pool.movedPlace(of: $0) }.map { Path.parent($0) == folder } ?? false
        }
        guard !moved.isEmpty else { return }
        if let mark = PoolRoot.mark(of: folder), mark.isOf(pool), mark.owner != pool.repository.commonDirectory {
            try claimFolder(folder, .moved)
        }
        try PoolRoot.follow(from: old, to: folder, pool)
        pool.faults.reach(.mendRoot)
        for slot in moved { try follow(slot.number, to: folder) }
    }

    private mutating func follow(_ number: Int, to folder: String) throws {
        guard var claim = try pool.claim(number), let place = pool.movedPlace(of: claim.record),
            Path.parent(place) == folder
        else { return }
        let old = claim.record.path
        let admin = claim.admin
        // One that was moved by git says so already.
        guard Files.isDirectory(admin.path), [old, place, nil].contains(admin.recordedTree) else { return }
        guard try hasItsSubmodules(admin, at: place) else {
            throw PoolError.broken(name: Path.name(place), .boundSubmodules)
        }
        if !Files.exists(place) {
            let fence = SlotRecord.fencePath(of: place)
            try Files.renameNoReplace(fence, place)
            note(.broughtBack(place), fence, slot: number)
        }
        if AdminDirectory.named(byTree: place)?.path != admin.path {
            try Files.replace(Path.join(place, ".git"), Array(admin.link.utf8), mode: 0o644)
            pool.faults.reach(.mendGitFile)
            note(.wroteGitFile(admin.path), place, slot: number)
        }
        if admin.recordedTree != place { try writeTreePath(admin, place, slot: number) }
        claim.record.follow(to: place, pool.mount(of: folder))
        // Not by `advance`: nobody has looked at what is in it.
        let guarding = try pool.lock()
        defer { extendLifetime(guarding) }
        try pool.write(claim.record, as: claim.state)
        pool.faults.reach(.mendRecord)
        note(.followed(to: place), old, slot: number)
    }

    private func hasItsSubmodules(_ admin: AdminDirectory, at place: String) throws -> Bool {
        let git = pool.repository.commonGit
        return try SubmoduleRepositories.paths(in: admin).allSatisfy { module in
            try SubmoduleRepositories.workTree(of: module, git).map { Path.contains(place, $0) } ?? true
        }
    }
}
