internal import Git
internal import POSIX

/// A copied repository contains the records of the original's slots: they are moved aside, nothing else is touched, and
/// the copy's pool starts empty.
extension Pool {
    /// Only where it is certain: the repository that this one was copied from stands where it stood.
    /// - Returns: what was moved, and where to.
    @discardableResult
    package func leaveOriginal() throws -> [(from: String, to: String)] {
        guard exists, original != nil else { return [] }
        let guarding = try lock()
        defer { extendLifetime(guarding) }
        guard let original, try isApart(from: original) else { return [] }
        let aside = Path.join(directory, "aside")
        try Files.makeDirectories(aside)
        var moved: [(from: String, to: String)] = []
        func move(_ path: String) throws {
            let place = Path.join(aside, Path.name(path) + "." + RandomID.make())
            try Files.renameNoReplace(path, place)
            moved.append((path, place))
            faults.reach(.leftOriginal)
        }
        for slot in try slots() {
            guard let record = slot.record, !isLinked(record) else { continue }
            // Somebody is at it: the next command goes on.
            guard let lock = try FileLock.attempt(slotLockPath(slot.number)) else { return moved }
            try move(recordPath(slot.number, slot.state))
            extendLifetime(lock)
        }
        // It names the first one's folder, unless slots were made here while that was away.
        if PoolRoot.standing(self) == nil, Files.exists(PoolRoot.notePath(self)) {
            try move(PoolRoot.notePath(self))
        }
        // Last: until then it is known for a copy.
        try Home.write(self, id: nil, places: [])
        return moved
    }

    /// The common dir of the repository that this one is a copy of, where that is certain.
    private var original: String? {
        switch home?.fate(in: self) {
        case .copied(let first): first
        case .stays, .moved, .unknown, nil: nil
        }
    }

    /// Whether what is made here does not appear there: a network's file system may show one folder in two places.
    private func isApart(from original: String) throws -> Bool {
        let name = Pool.folder + "/apart-" + RandomID.make()
        let probe = Path.join(repository.commonDirectory, name)
        try Files.create(probe, [])
        defer { try? Files.unlink(probe) }
        return !Files.exists(Path.join(original, name))
    }

    private func isLinked(_ record: SlotRecord) -> Bool {
        guard !record.admin.isEmpty else { return false }
        return admin(record).isLinked(to: record.path)
            || admin(record).isLinked(to: record.fencePath, home: record.path)
    }

    func copiedFinding() -> Finding? {
        guard exists, let original else { return nil }
        return .copied(from: original, slots: ((try? peek()) ?? []).map(\.number))
    }
}
