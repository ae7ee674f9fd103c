internal import Git
internal import POSIX

/// Where a pool's slots stand: beside the repository, never inside a git dir or the main worktree. Two pools share a
/// folder only if the user configured it for both, and then their slots' names differ.
enum PoolRoot {
    /// Where slot `n` of a pool stands: `<folder>/<name>-<n>`.
    struct Place {
        let folder: String
        let name: String

        func path(_ number: Int) -> String { Path.join(folder, "\(name)-\(number)") }
    }

    /// The base name of the slots: `<repo>` of `<repo>.pool/<repo>-<n>`.
    private static func repositoryName(_ pool: Pool) -> String {
        let home = pool.mainTree
        let name = Path.name(home)
        let bare = name.hasSuffix(".git") && name != ".git" ? String(name.dropLast(4)) : name
        return bare.isEmpty || bare.hasPrefix(".") ? "repo" : bare
    }

    /// The folder for new slots, made if it is missing; where it was put first it stays, whatever becomes writable.
    static func prepare(_ pool: Pool) throws -> Place {
        let noted = noted(pool)
        if let configured = pool.configuredRoot {
            let folder = try made(absolute(configured, pool), pool)
            _ = try claim(folder, pool)
            return configuredPlace(folder, noted.name, pool)
        }
        if let place = notedPlace(noted, pool) { return place }
        let place = try firstUsable(pool, noted.name)
        try Files.replace(notePath(pool), Array("\(place.folder)\n\(place.name)\n".utf8))
        return place
    }

    /// Where that folder is; nil before it was made.
    static func standing(_ pool: Pool) -> Place? {
        let noted = noted(pool)
        guard let configured = pool.configuredRoot else {
            return notedPlace(noted, pool)
        }
        guard let folder = try? Files.realPath(absolute(configured, pool)), mark(of: folder) != nil else {
            return nil
        }
        return configuredPlace(folder, noted.name, pool)
    }

    /// Where the folder for new slots and the name of the slots in it are noted, unless a root is configured.
    static func notePath(_ pool: Pool) -> String { Path.join(pool.directory, "root") }

    static func noted(_ pool: Pool) -> (root: String?, name: String) {
        let lines = (try? Files.read(notePath(pool), limit: 65536)).map(Text.lines) ?? []
        return (lines.first, lines.count > 1 ? lines[1] : repositoryName(pool))
    }

    private static func notedPlace(_ noted: (root: String?, name: String), _ pool: Pool) -> Place? {
        guard let root = noted.root, Path.isAbsolute(root), mark(of: root)?.isOf(pool) == true else { return nil }
        return Place(folder: root, name: noted.name)
    }

    /// Two repositories of one base name would take turns at the same paths.
    private static func configuredPlace(_ folder: String, _ name: String, _ pool: Pool) -> Place {
        let isShared = mark(of: folder)?.isOf(pool) != true
        return Place(folder: folder, name: isShared ? name + "-" + fingerprint(pool.repository.commonDirectory) : name)
    }

    /// Relative roots resolve against the main worktree.
    static func absolute(_ path: String, _ pool: Pool) -> String {
        if path == "~" || path.hasPrefix("~/"), let home = pool.environment["HOME"] {
            return Path.normalize(home + path.dropFirst())
        }
        let base = pool.mainTree
        return Path.isAbsolute(path) ? Path.normalize(path) : Path.normalize(Path.join(base, path))
    }

    /// A folder that is marked stays that repository's even where nothing stands at its place any more: its disk may be
    /// away, and it may have been moved.
    private static func firstUsable(_ pool: Pool, _ noted: String) throws -> Place {
        let home = pool.mainTree
        let name = repositoryName(pool)
        let here = pool.repository.commonDirectory
        let suffix = "\(name)-\(fingerprint(here))"
        // Trees of one that stood at this very place name admin directories here: ours need other names.
        var slots = noted
        if let parent = Path.parent(home), !isInsideGitDirectory(parent), !here.contains("/modules/"),
            Files.isWritable(parent)
        {
            for name in ["\(name).pool", "\(suffix).pool"] {
                let folder: String
                do { folder = try made(Path.join(parent, name), pool) } catch PoolError.rootAway { continue }
                if try claim(folder, pool) { return Place(folder: folder, name: slots) }
                if mark(of: folder)?.owner == here { slots = other(noted) }
            }
        }
        let data =
            Path.absolute(pool.environment["XDG_DATA_HOME"])
            ?? Path.join(pool.environment["HOME"] ?? "/", ".local/share")
        let folder = try made(Path.join(data, "git-pool/\(suffix)"), pool)
        if try claim(folder, pool) { return Place(folder: folder, name: slots) }
        // That of one that stood here before, or of another with the same hash.
        let own = try made(folder + "-" + RandomID.make(), pool)
        _ = try claim(own, pool)
        return Place(folder: own, name: other(noted))
    }

    private static func other(_ name: String) -> String { name + "-" + RandomID.make().prefix(8) }

    private static func isInsideGitDirectory(_ path: String) -> Bool {
        var folder: String? = path
        while let current = folder, current != "/" {
            if Files.exists(Path.join(current, "HEAD")), Files.isDirectory(Path.join(current, "objects")) {
                return true
            }
            folder = Path.parent(current)
        }
        return false
    }

    /// The real path of a folder, which is made if it is missing.
    /// - Throws: `PoolError.rootAway` where slots are on a disk that belongs there and is not mounted: a folder made and
    ///   marked in its stead would prove them gone.
    private static func made(_ folder: String, _ pool: Pool) throws -> String {
        try Repository.check(folder)
        if mark(of: folder) == nil {
            let place = Files.realPath(ofMissing: folder)
            let records = ((try? pool.peek()) ?? []).compactMap(\.record)
            let slots = records.lazy.filter { !$0.isAdopted && $0.root == place && !pool.hasLostAdmin($0) }
            if let mount = slots.compactMap(\.unmounted).first { throw PoolError.rootAway(path: folder, mount: mount) }
        }
        try Files.makeDirectories(folder)
        return try Files.realPath(folder)
    }

    /// Marks the folder as ours unless it is another repository's.
    private static func claim(_ folder: String, _ pool: Pool) throws -> Bool {
        guard let mark = try RootMark(of: folder) else {
            do { try RootMark.make(in: folder, for: pool) } catch {
                guard error.isExisting else { throw error }
                return try claim(folder, pool)
            }
            return true
        }
        guard mark.isOf(pool) else { return false }
        if mark != RootMark(for: pool) { try RootMark.replace(in: folder, for: pool) }
        return true
    }

    /// The folder for new slots goes along where it was moved.
    static func follow(from old: String, to folder: String, _ pool: Pool) throws {
        let noted = noted(pool)
        guard noted.root == old else { return }
        try Files.replace(notePath(pool), Array("\(folder)\n\(noted.name)\n".utf8))
    }

    /// Nil also where it cannot be read.
    static func mark(of folder: String) -> RootMark? { (try? RootMark(of: folder)) ?? nil }

    /// FNV-1a, 32 bits: it only has to tell apart the handful of repositories of one name.
    private static func fingerprint(_ text: String) -> String {
        let hash = text.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}

extension Pool {
    /// The folder for slots that somebody named; other repositories may have been given the same one.
    var configuredRoot: String? { environment["GIT_POOL_ROOT"] ?? settings.root }

    /// What is noted as the mount point of a folder of slots.
    func mount(of folder: String) -> String? {
        guard let points = (try? Mounts())?.points else { return nil }
        let mount = Mounts.nearest(points, to: folder)
        return mount == Mounts.nearest(points, to: repository.commonDirectory) ? nil : mount
    }
}
