internal import Git
internal import POSIX

/// A repository or its folder of slots that was moved: both ends of each slot are proven first, and an end that still
/// stands where it was, as after a copy, makes them another's.
extension Mending {
    /// The folder is where the records say, and marked as of a repository that is gone.
    mutating func claimFolder(_ folder: String, from owner: String) throws {
        guard !Files.exists(owner) else { return }
        let records = try pool.snapshot().compactMap(\.record).filter { $0.root == folder && !$0.admin.isEmpty }
        let isProven = records.contains { record in
            guard pool.admin(record).recordedTree == record.path else { return false }
            return AdminDirectory.named(byTree: record.path).map { $0.id == record.admin && pool.isOurAdmin($0) }
                ?? false
        }
        guard isProven else { return }
        try PoolRoot.take(folder, for: pool)
        pool.faults.reach(.mendRoot)
        note(.claimedFolder, folder)
    }

    mutating func followSlots(to folder: String, from old: String) throws {
        let slots = try pool.snapshot().filter { $0.record?.root == old }
        let moved = slots.filter { slot in
            slot.record.flatMap { pool.movedPlace(of: $0) }.map { Path.parent($0) == folder } ?? false
        }
        guard !moved.isEmpty else { return }
        if try PoolRoot.owner(of: folder) != pool.repository.commonDirectory {
            try PoolRoot.take(folder, for: pool)
            note(.claimedFolder, folder)
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
        let admin = pool.admin(claim.record)
        // One that was moved by git says so already.
        guard Files.isDirectory(admin.path), [old, place, nil].contains(admin.recordedTree) else { return }
        guard try hasItsSubmodules(admin, at: place) else {
            throw PoolError.broken(
                name: Path.name(place), reason: "its submodules name the place where it was: git worktree move does it")
        }
        if AdminDirectory.named(byTree: place)?.path != admin.path {
            try Files.replace(Path.join(place, ".git"), Array("gitdir: \(admin.path)\n".utf8), mode: 0o644)
            pool.faults.reach(.mendGitFile)
            note(.wroteGitFile(admin.path), place, slot: number)
        }
        if admin.recordedTree != place { try writeTreePath(admin, place, slot: number) }
        claim.record.follow(to: place)
        // Not by `advance`: nobody has looked at what is in it.
        let guarding = try pool.lock()
        defer { extendLifetime(guarding) }
        try Files.replace(pool.recordPath(number, claim.state), Array(claim.record.text.utf8))
        pool.faults.reach(.mendRecord)
        note(.followed(to: place), old, slot: number)
    }

    private func hasItsSubmodules(_ admin: AdminDirectory, at place: String) throws -> Bool {
        let git = pool.git.at(.gitDirectory(pool.repository.commonDirectory))
        return try SubmoduleRepositories.paths(in: admin).allSatisfy { module in
            try SubmoduleRepositories.workTree(of: module, git).map { Path.contains(place, $0) } ?? true
        }
    }
}
