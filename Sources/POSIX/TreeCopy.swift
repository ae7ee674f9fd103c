internal import CPOSIX
internal import Glibc

/// A copy of a tree of build output, times and modes included: made by descriptors, over nothing that stands there,
/// through no link, and of no repository. Whoever gets an error removes what was made.
package enum TreeCopy {
    package struct Refusal: Error {
        package init() {}
    }

    /// No build goes deeper; each level takes two descriptors.
    static let depth = 200

    /// - Parameters:
    ///   - to: an empty folder.
    ///   - sharesOnly: refuse where files cannot share their blocks with the copies.
    package static func make(from: String, to: String, sharesOnly: Bool) throws {
        let target = Descriptor(adopting: try Directory.openDirectory(AT_FDCWD, to))
        try copy(try Directory.openDirectory(AT_FDCWD, from), target, from, sharesOnly, depth: 0)
    }

    /// The last change of anything in a tree, in nanoseconds since 1970; by the time that nobody can set, and by the
    /// other one too.
    package static func lastChange(in tree: String) throws(SystemError) -> Int64 {
        var last = Int64.min
        var failure: SystemError?
        let isWhole = TreeWalk.visit(tree, ()) { folder, _ in
            guard failure == nil else { return [] }
            guard let folder else {
                failure = .last("open", tree)
                return []
            }
            var below: [(name: [CChar], note: Void)] = []
            do throws(SystemError) { try look(folder, tree, &last, &below) } catch { failure = error }
            return below
        }
        if let failure { throw failure }
        guard isWhole else { throw SystemError(code: ENOENT, call: "open", subject: tree) }
        return last
    }

    /// Takes over `source`.
    private static func copy(
        _ source: Int32, _ target: borrowing Descriptor, _ place: String, _ sharesOnly: Bool, depth: Int
    ) throws {
        var own = stat()
        guard unsafe fstat(source, &own) == 0 else {
            _ = close(source)
            throw SystemError.last("fstat", place)
        }
        let folder = target.number
        var failure: (any Error)?
        try Directory.forEachEntry(source, place) { name, parent throws(SystemError) in
            guard failure == nil else { return }
            do { try copy(name, parent, folder, place, sharesOnly, depth: depth) } catch { failure = error }
        }
        if let failure { throw failure }
        try finish(target, own, place)
    }

    private static func copy(
        _ name: [CChar], _ source: Int32, _ target: Int32, _ place: String, _ sharesOnly: Bool, depth: Int
    ) throws {
        var raw = stat()
        guard unsafe fstatat(source, name, &raw, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw SystemError.last("stat", place)
        }
        // A repository of its own, or a worktree: its links would lead back.
        guard name != [0x2E, 0x67, 0x69, 0x74, 0] else { throw Refusal() }
        switch raw.st_mode & S_IFMT {
        case S_IFDIR:
            guard depth < TreeCopy.depth else { throw Refusal() }
            guard unsafe mkdirat(target, name, 0o700) == 0 else { throw SystemError.last("mkdir", place) }
            let below = unsafe openat(source, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard below >= 0 else { throw SystemError.last("open", place) }
            let made = unsafe openat(target, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard made >= 0 else {
                _ = close(below)
                throw SystemError.last("open", place)
            }
            try copy(below, Descriptor(adopting: made), place, sharesOnly, depth: depth + 1)
        case S_IFREG: try copyFile(name, source, target, place, sharesOnly)
        case S_IFLNK:
            var bytes = [CChar](repeating: 0, count: 4097)
            let count = unsafe readlinkat(source, name, &bytes, 4096)
            // A link that names a place outright may name one in the tree that it is copied from.
            guard count > 0, bytes[0] != 0x2F else { throw Refusal() }
            guard unsafe symlinkat(bytes, target, name) == 0,
                unsafe utimensat(target, name, [raw.st_mtim, raw.st_mtim], AT_SYMLINK_NOFOLLOW) == 0
            else { throw SystemError.last("symlink", place) }
        default: break
        }
    }

    private static func copyFile(
        _ name: [CChar], _ source: Int32, _ target: Int32, _ place: String, _ sharesOnly: Bool
    ) throws {
        let from = unsafe openat(source, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard from >= 0 else { throw SystemError.last("open", place) }
        let reading = Descriptor(adopting: from)
        let to = unsafe openat(target, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode_t(0o600))
        guard to >= 0 else { throw SystemError.last("open", place) }
        let writing = Descriptor(adopting: to)
        var raw = stat()
        guard unsafe fstat(reading.number, &raw) == 0 else { throw SystemError.last("fstat", place) }
        if raw.st_size > 0, cposix_share_blocks(reading.number, writing.number) != 0 {
            guard !sharesOnly else { throw Refusal() }
            while let chunk = try reading.readChunk() { try writing.write(chunk) }
        }
        try finish(writing, raw, place)
    }

    /// Modes and times as they were; of a folder only when nothing is made in it any more.
    private static func finish(_ made: borrowing Descriptor, _ raw: stat, _ place: String) throws(SystemError) {
        let times = [raw.st_mtim, raw.st_mtim]
        guard fchmod(made.number, raw.st_mode & 0o777) == 0, unsafe futimens(made.number, times) == 0 else {
            throw .last("futimens", place)
        }
    }

    private static func look(
        _ folder: Int32, _ place: String, _ last: inout Int64, _ below: inout [(name: [CChar], note: Void)]
    ) throws(SystemError) {
        var raw = stat()
        last = max(last, unsafe fstat(folder, &raw) == 0 ? time(raw) : .max)
        try Directory.forEachEntry(try Directory.openDirectory(folder, "."), place) {
            name, parent throws(SystemError) in
            var raw = stat()
            guard unsafe fstatat(parent, name, &raw, AT_SYMLINK_NOFOLLOW) == 0 else { throw .last("stat", place) }
            last = max(last, time(raw))
            if raw.st_mode & S_IFMT == S_IFDIR { below.append((name, ())) }
        }
    }

    private static func time(_ raw: stat) -> Int64 { max(nanoseconds(raw.st_mtim), nanoseconds(raw.st_ctim)) }

    static func nanoseconds(_ time: timespec) -> Int64 { Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec) }
}
