internal import Git
internal import POSIX

/// The fence: a path beside the slot's, where its tree is out of everybody's sight while it is judged and recycled. From
/// then on only git's lock keeps a plain `prune` from dropping the admin directory.
extension Pool {
    func fence(_ record: SlotRecord) throws {
        try GitLock.lock(admin(record), "being recycled")
        try Files.renameNoReplace(record.path, record.fencePath)
    }

    /// Brings a fenced tree back to its path. What took the path meanwhile is moved beside it and kept.
    ///
    /// Nothing is moved if the tree is another repository's: the records of a copied one name the slots of the first.
    func unfence(_ record: SlotRecord) throws {
        guard Files.exists(record.fencePath),
            AdminDirectory.named(byTree: record.fencePath).map(isOurAdmin) ?? true
        else { return }
        for _ in 0..<10 {
            do { return try Files.renameNoReplace(record.fencePath, record.path) } catch {
                guard error.isExisting else { throw error }
                try Files.renameNoReplace(record.path, record.path + SlotRecord.keptMark + RandomID.make())
                faults.reach(.unfenceAside)
            }
        }
    }
}

extension SlotRecord {
    /// The same with the slot's own path: the fence is nothing that its user knows.
    func named(_ error: any Error) -> any Error {
        guard let error = error as? SystemError, let subject = error.subject, Path.contains(fencePath, subject) else {
            return error
        }
        return SystemError(code: error.code, call: error.call, subject: path + subject.dropFirst(fencePath.count))
    }
}
