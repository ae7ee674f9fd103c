internal import Git
package import POSIX

/// A look at everything that a pool stands on; it reads, and leaves every byte as it was.
package struct Examination: Sendable {
    package let gitVersion: String
    package let slotCount: Int
    /// Nil before the first slot.
    package let root: Place?
    /// How slots are made there; nil before anything has shown what the disk can do.
    package let storage: Storage?
    /// Where the locks and records are.
    package let state: Place
    /// Nil if none runs.
    package let keeper: Int32?
    /// The end of the keeper's log.
    package let keeperLog: [String]
    /// Where caches are that lie in no worktree, if there are any.
    package let caches: String?
    package let findings: [Finding]

    /// A folder and the file system it lies on.
    package struct Place: Sendable {
        package let path: String
        package let fileSystem: FileSystem
        package let freeBytes: Int64?

        init(_ path: String) {
            self.path = path
            fileSystem = FileSystem(holding: path)
            freeBytes = Files.freeBytes(path)
        }
    }

    /// Another process may be half way through something: no single look is believed.
    package init(of pool: Pool) {
        let version = (try? pool.git.version()) ?? nil
        gitVersion = version?.text ?? ""
        slotCount = (try? pool.peek(reading: []).count) ?? 0
        root = pool.roots().first.map(Place.init)
        storage = root.flatMap { StorageProbe(pool: pool, root: $0.path).known }
        state = Place(pool.exists ? pool.directory : pool.repository.commonDirectory)
        keeper = pool.keeperPID
        keeperLog = KeeperLog.tail(pool.keeperLogPath)
        caches = pool.cacheFolder.map(\.path).flatMap { Files.isDirectory($0) ? $0 : nil }
        let surroundings = Examination.surroundings(pool, [root, state].compactMap { $0 }, version)
        findings = surroundings + pool.damages()
    }

    package var hasProblems: Bool { findings.contains { $0.severity == .problem } }

    private static func surroundings(_ pool: Pool, _ places: [Place], _ version: GitVersion?) -> [Finding] {
        var findings: [Finding] = []
        if version.map({ $0 < .oldest }) ?? true { findings.append(.oldGit(version: version?.text ?? "?")) }
        if let fault = pool.lockFault() { findings.append(.locksFail(path: pool.directory, fault)) }
        for place in places where place.fileSystem.isShared {
            findings.append(.sharedFileSystem(path: place.path, type: place.fileSystem.name))
        }
        let scarce = places.last { $0.freeBytes.map { $0 < 256 << 20 } ?? false }
        if let scarce, let bytes = scarce.freeBytes { findings.append(.lowSpace(path: scarce.path, bytes: bytes)) }
        return findings + pool.cacheFindings() + pool.mirrorFindings()
    }
}

extension Pool {
    /// What is wrong with the pool itself: what two looks, a moment apart, both saw.
    func damages() -> [Finding] {
        let first = examine()
        guard !first.isEmpty else { return [] }
        Clock.sleep(milliseconds: 300)
        let second = examine()
        return first.compactMap { $0.seenAgain(in: second) }
    }

    /// What only time can tell from work in progress.
    private func examine() -> [Finding] {
        // What the records of a copy name is the first one's.
        if let copied = copiedFinding() { return [copied] + adminFindings() + lockFindings() + refFindings() }
        return slotFindings() + adminFindings() + placeFindings() + leftoverFindings() + lockFindings() + refFindings()
    }

    /// Why locks cannot be trusted here, if so: what is locked once must not be lockable again.
    fileprivate func lockFault() -> Finding.LockFault? {
        let path = Path.join(directory, "lock")
        guard Files.exists(path) else { return nil }
        do {
            guard let lock = try FileLock.attempt(path) else { return nil }
            let again = try FileLock.attempt(path)
            extendLifetime(lock)
            return again == nil ? nil : .shared
        } catch { return .failed(error) }
    }

    /// The folders that slots stand in or will; those of adopted worktrees are the user's own.
    func roots() -> [String] {
        let records = ((try? peek()) ?? []).compactMap(\.record).filter { !$0.isAdopted }
        var roots: [String] = []
        if let configured = configuredRoot {
            roots.append(PoolRoot.absolute(configured, self))
        } else if let noted = PoolRoot.noted(self).root {
            roots.append(noted)
        }
        return (roots + records.map(\.root)).uniqued().filter(Files.isDirectory)
    }
}
