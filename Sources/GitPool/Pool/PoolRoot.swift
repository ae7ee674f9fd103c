internal import Git
internal import POSIX

/// Where a pool's slots stand: beside the repository, never inside a git dir or the main worktree, and in the folder of
/// another repository's pool only where the user configured one folder for both; names keep them apart there.
package enum PoolRoot {
    private static let marker = ".git-pool"

    /// Where slot `n` of a pool stands: `<folder>/<name>-<n>`.
    struct Place {
        let folder: String
        let name: String

        func path(_ number: Int) -> String { Path.join(folder, "\(name)-\(number)") }
    }

    /// The base name of the slots: `<repo>` of `<repo>.pool/<repo>-<n>`.
    private static func repositoryName(_ repository: Repository) -> String {
        let home = anchor(repository)
        let name = Path.name(home)
        let bare = name.hasSuffix(".git") && name != ".git" ? String(name.dropLast(4)) : name
        return bare.isEmpty || bare.hasPrefix(".") ? "repo" : bare
    }

    /// The folder for new slots, made if it is missing; where it was put first it stays, whatever becomes writable.
    static func prepare(_ pool: Pool) throws -> Place {
        let noted = noted(pool)
        if let configured = pool.configuredRoot {
            let folder = try claim(absolute(configured, pool), pool)
            return try configuredPlace(folder, noted.name, pool)
        }
        if let place = notedPlace(noted, pool) { return place }
        let root = try firstUsable(pool)
        try Files.replace(Path.join(pool.directory, "root"), Array("\(root)\n\(noted.name)\n".utf8))
        return Place(folder: root, name: noted.name)
    }

    /// Where that folder is; nil before it was made.
    static func standing(_ pool: Pool) -> Place? {
        let noted = noted(pool)
        guard let configured = pool.configuredRoot else {
            return notedPlace(noted, pool)
        }
        guard let folder = try? Files.realPath(absolute(configured, pool)), (try? owner(of: folder)) != nil else {
            return nil
        }
        return try? configuredPlace(folder, noted.name, pool)
    }

    private static func noted(_ pool: Pool) -> (root: String?, name: String) {
        let lines = (try? Files.read(Path.join(pool.directory, "root"), limit: 65536)).map(Text.lines) ?? []
        return (lines.first, lines.count > 1 ? lines[1] : repositoryName(pool.repository))
    }

    private static func notedPlace(_ noted: (root: String?, name: String), _ pool: Pool) -> Place? {
        guard let root = noted.root, Path.isAbsolute(root),
            (try? owner(of: root)) == pool.repository.commonDirectory
        else { return nil }
        return Place(folder: root, name: noted.name)
    }

    /// Two repositories of one base name would take turns at the same paths.
    private static func configuredPlace(_ folder: String, _ name: String, _ pool: Pool) throws -> Place {
        let isShared = try owner(of: folder) != pool.repository.commonDirectory
        return Place(folder: folder, name: isShared ? name + "-" + fingerprint(pool.repository.commonDirectory) : name)
    }

    /// Relative roots resolve against the main worktree.
    static func absolute(_ path: String, _ pool: Pool) -> String {
        if path == "~" || path.hasPrefix("~/"), let home = pool.environment["HOME"] {
            return Path.normalize(home + path.dropFirst())
        }
        let base = Worktrees(of: pool.repository).mainTree
        return Path.isAbsolute(path) ? Path.normalize(path) : Path.normalize(Path.join(base, path))
    }

    private static func firstUsable(_ pool: Pool) throws -> String {
        let home = anchor(pool.repository)
        let name = repositoryName(pool.repository)
        let hash = fingerprint(pool.repository.commonDirectory)
        if let parent = Path.parent(home), !isInsideGitDirectory(parent),
            !pool.repository.commonDirectory.contains("/modules/"), Files.isWritable(parent)
        {
            for folder in ["\(name).pool", "\(name)-\(hash).pool"] {
                do { return try claim(Path.join(parent, folder), pool) } catch is Taken { continue }
            }
        }
        let data = pool.environment["XDG_DATA_HOME"] ?? Path.join(pool.environment["HOME"] ?? "/", ".local/share")
        return try claim(Path.join(data, "git-pool/\(name)-\(hash)"), pool)
    }

    /// What the pool stands beside: the main worktree, or the git dir where that is all there is.
    private static func anchor(_ repository: Repository) -> String {
        Worktrees(of: repository).mainTree
    }

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

    private struct Taken: Error {}

    /// Makes the folder ours, or throws `Taken` where it is another living repository's.
    private static func claim(_ root: String, _ pool: Pool) throws -> String {
        try Repository.check(root)
        try Files.makeDirectories(root)
        let real = try Files.realPath(root)
        let mine = pool.repository.commonDirectory
        if let other = try owner(of: real), other != mine {
            if Files.isDirectory(Path.join(other, "pool/slots")) {
                guard pool.configuredRoot != nil else { throw Taken() }
                return real
            }
            try Files.replace(Path.join(real, marker), Array((mine + "\n").utf8))
        } else if try owner(of: real) == nil {
            do { try Files.create(Path.join(real, marker), Array((mine + "\n").utf8)) } catch {
                guard error.isExisting else { throw error }
                return try claim(root, pool)
            }
        }
        return real
    }

    /// Marks a folder as this pool's whose mark named a repository that is gone.
    static func take(_ folder: String, for pool: Pool) throws {
        try Files.replace(Path.join(folder, marker), Array((pool.repository.commonDirectory + "\n").utf8))
    }

    /// The folder for new slots goes along where it was moved.
    static func follow(from old: String, to folder: String, _ pool: Pool) throws {
        let noted = noted(pool)
        guard noted.root == old else { return }
        try Files.replace(Path.join(pool.directory, "root"), Array("\(folder)\n\(noted.name)\n".utf8))
    }

    static func owner(of root: String) throws -> String? {
        do { return Text.line(try Files.read(Path.join(root, marker), limit: 65536)) } catch {
            guard error.isNotFound else { throw error }
            return nil
        }
    }

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
}
