internal import Git
internal import POSIX

/// `pool.recycle=pristine`: ignored files are deleted too, one by one; a repository among them is never deleted, and
/// keeps the slot.
extension TreeScrub {
    /// Works behind the fence, after all that a rule of the lease's own may have hidden was saved.
    ///
    /// - Throws: `PoolError.cannotSave` before anything is removed.
    func removeIgnored() throws {
        let tree = record.fencePath
        let listed = Text.records(try git.run(["ls-files", "-o", "-i", "--exclude-standard", "-z"])).map { Array($0) }
        // git lists a repository as a path that ends in a slash, and one that is broken not at all.
        var repositories = listed.filter { $0.last == UInt8(ascii: "/") }.map { String(decoding: $0, as: UTF8.self) }
        let modules = SubmoduleRepositories.folder(in: admin)
        if let hidden = Directory.firstRepository(below: tree, home: record.path, exceptInto: modules),
            !repositories.contains(hidden.hasSuffix("/.git") ? String(hidden.dropLast(4)) : hidden + "/")
        {
            repositories.append(hidden)
        }
        guard repositories.isEmpty else {
            throw PoolError.cannotSave(name: lease.name, reasons: repositories.map { .repository(path: $0) })
        }
        for path in listed { try TreeFile(tree, path).removeWithEmptyFolders() }
        for path in try ignoredFolders() { try TreeFile(tree, path).removeTree() }
        pool.faults.reach(.recycleIgnored)
    }

    /// Folders in which git came to paths that are too long for it, or to no file. Only those that a rule names: whatever is
    /// in them is ignored as well (gitignore(5)), also what comes at this moment.
    private func ignoredFolders() throws -> [[UInt8]] {
        let words = ["ls-files", "-o", "-i", "--directory", "--exclude-standard", "-z"]
        let folders = Text.records(try git.run(words)).filter { $0.last == UInt8(ascii: "/") }.map {
            Array($0.dropLast())
        }
        guard !folders.isEmpty else { return [] }
        let outcome = try git.attempt(["check-ignore", "-z", "--stdin"], input: Text.terminated(folders))
        return Text.records(outcome.output).map { Array($0) }
    }
}
