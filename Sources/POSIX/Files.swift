internal import CPOSIX
internal import Glibc

/// Single operations on paths; none follows a final symbolic link unless it says so.
package enum Files {
    package enum Kind: Sendable { case file, directory, link, other }

    package struct Status: Sendable {
        package let kind: Kind
        package let size: Int64
        package let device: UInt64
        package let inode: UInt64
        package let permissions: UInt32
        package let owner: UInt32
        package let links: UInt64
        /// Seconds since 1970.
        package let modified: Int64

        /// Whether it belongs to the user this process acts for.
        package var isOurs: Bool { owner == geteuid() }
    }

    package static func status(_ path: String, followingLinks: Bool = false) throws(SystemError) -> Status {
        var raw = stat()
        // Asked for most of all: so no copy of the path is made.
        let rc = unsafe path.withCString { unsafe followingLinks ? stat($0, &raw) : lstat($0, &raw) }
        guard rc == 0 else { throw .last("stat", path) }
        return Status(raw)
    }

    package static func status(of descriptor: borrowing Descriptor) throws(SystemError) -> Status {
        var raw = stat()
        guard unsafe fstat(descriptor.number, &raw) == 0 else { throw .last("fstat") }
        return Status(raw)
    }

    /// Whether anything stands at `path`; true as well where that cannot be told.
    package static func exists(_ path: String) -> Bool {
        do { _ = try status(path) } catch { return !error.isNotFound }
        return true
    }

    package static func isDirectory(_ path: String) -> Bool { (try? status(path))?.kind == .directory }

    package static func isWritable(_ path: String) -> Bool { unsafe access(path, W_OK) == 0 }

    /// Whether this process may run it; a link is followed.
    static func isExecutable(_ path: String) -> Bool {
        unsafe access(path, X_OK) == 0 && (try? status(path, followingLinks: true))?.kind == .file
    }

    /// A file's bytes: whatever else somebody put there, nobody waits for it.
    /// - Parameters:
    ///   - ending: as of `Descriptor.readAll`.
    ///   - followingLinks: without it a link is an error, `isLink`.
    package static func read(
        _ path: String, limit: Int = 1 << 30, ending: [UInt8] = [], followingLinks: Bool = true
    ) throws(SystemError) -> [UInt8] {
        do {
            let file = try Descriptor(opening: path, for: followingLinks ? .readAtOnce : .readInPlace)
            return try file.readAll(limit: limit, ending: ending)
        } catch {
            throw SystemError(code: error.code, call: error.call, subject: path)
        }
    }

    /// At most the last `count` bytes.
    package static func tail(_ path: String, _ count: Int64) throws(SystemError) -> [UInt8] {
        let file = try Descriptor(opening: path, for: .readAtOnce)
        let size = try status(of: file).size
        guard lseek(file.number, off_t(max(0, size - count)), SEEK_SET) >= 0 else { throw .last("lseek", path) }
        return try file.readAll(limit: Int(count) + 1 << 16)
    }

    /// Creates `path` with this content; fails if anything stands there.
    package static func create(_ path: String, _ bytes: [UInt8], mode: UInt32 = 0o600) throws(SystemError) {
        let file = try Descriptor(opening: path, for: .create, mode: mode)
        do {
            try file.write(bytes)
        } catch {
            _ = unsafe Glibc.unlink(path)
            throw SystemError(code: error.code, call: error.call, subject: path)
        }
    }

    /// Ends the names of what `replace` has not finished.
    package static let draftSuffix = ".tmp"

    /// Replaces `path` in one step: whoever reads it sees the old content or the new.
    package static func replace(_ path: String, _ bytes: [UInt8], mode: UInt32 = 0o600) throws(SystemError) {
        let draft = path + "." + RandomID.make() + draftSuffix
        try create(draft, bytes, mode: mode)
        do { try rename(draft, path) } catch {
            _ = unsafe Glibc.unlink(draft)
            throw error
        }
    }

    package static func rename(_ from: String, _ to: String) throws(SystemError) {
        guard unsafe Glibc.rename(from, to) == 0 else { throw .last("rename", from) }
    }

    /// Fails with `isExisting` if anything stands at `to`, an empty directory too.
    package static func renameNoReplace(_ from: String, _ to: String) throws(SystemError) {
        guard unsafe cposix_rename_no_replace(from, to) == 0 else { throw .last("rename", to) }
    }

    /// Each of the two gets the other's name, in one step.
    package static func exchange(_ one: String, _ other: String) throws(SystemError) {
        guard unsafe cposix_rename_exchange(one, other) == 0 else { throw .last("rename", other) }
    }

    package static func makeDirectory(_ path: String, mode: UInt32 = 0o700) throws(SystemError) {
        guard unsafe mkdir(path, mode_t(mode)) == 0 else { throw .last("mkdir", path) }
    }

    /// Also makes the folders above; one that is there already is fine.
    package static func makeDirectories(_ path: String, mode: UInt32 = 0o700) throws(SystemError) {
        do {
            try makeDirectory(path, mode: mode)
        } catch {
            if error.isExisting, (try? status(path, followingLinks: true))?.kind == .directory { return }
            guard error.isNotFound, let parent = Path.parent(path), parent != path else { throw error }
            try makeDirectories(parent, mode: mode)
            do { try makeDirectory(path, mode: mode) } catch {
                guard error.isExisting else { throw error }
            }
        }
    }

    package static func unlink(_ path: String) throws(SystemError) {
        guard unsafe Glibc.unlink(path) == 0 else { throw .last("unlink", path) }
    }

    /// Removes an empty directory.
    package static func removeDirectory(_ path: String) throws(SystemError) {
        guard unsafe rmdir(path) == 0 else { throw .last("rmdir", path) }
    }

    package static func target(ofLink path: String) throws(SystemError) -> String {
        var failure: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
            let got = unsafe buffer.withMemoryRebound(to: CChar.self) {
                unsafe $0.baseAddress.map { unsafe readlink(path, $0, 4096) } ?? -1
            }
            failure = got < 0 ? errno : 0
            count = max(got, 0)
        }
        guard failure == 0 else { throw SystemError(code: failure, call: "readlink", subject: path) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The path without links, `.` and `..`; the file must exist.
    package static func realPath(_ path: String) throws(SystemError) -> String {
        guard let resolved = unsafe realpath(path, nil) else { throw .last("realpath", path) }
        defer { unsafe free(resolved) }
        guard let text = unsafe String(validatingCString: resolved) else {
            throw SystemError(code: EILSEQ, call: "realpath", subject: unsafe String(cString: resolved))
        }
        return text
    }

    /// The same where the end of the path need not exist.
    package static func realPath(ofMissing path: String) -> String {
        if let real = try? realPath(path) { return real }
        return Path.parent(path).map { Path.join(realPath(ofMissing: $0), Path.name(path)) } ?? path
    }

    package static func freeBytes(_ path: String) -> Int64? {
        let bytes = unsafe cposix_free_bytes(path)
        return bytes < 0 ? nil : bytes
    }

    static func makeFifo(_ path: String) throws(SystemError) {
        guard unsafe mkfifo(path, 0o600) == 0 else { throw .last("mkfifo", path) }
    }
}

extension Files.Status {
    fileprivate init(_ raw: stat) {
        kind =
            switch raw.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            case S_IFLNK: .link
            default: .other
            }
        size = Int64(raw.st_size)
        device = UInt64(raw.st_dev)
        inode = UInt64(raw.st_ino)
        permissions = UInt32(raw.st_mode & 0o7777)
        owner = raw.st_uid
        links = UInt64(raw.st_nlink)
        modified = Int64(raw.st_mtim.tv_sec)
    }
}
