internal import POSIX

/// A folder for drafts of whoever has the slot of a lease: empty at first, gone afterwards, and swept after a kill.
extension Pool {
    func withWorkshop<Result>(of lease: Lease, _ body: (_ folder: String) throws -> Result) throws -> Result {
        let folder = Path.join(directory, SaveCommit.workshopPrefix + lease.id)
        try Directory.removeTree(folder)
        try Files.makeDirectories(folder)
        defer { try? Directory.removeTree(folder) }
        return try body(folder)
    }
}
