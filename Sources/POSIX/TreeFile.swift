internal import CPOSIX
internal import Glibc

/// A file below a folder, named by bytes as git names it, which need not be UTF-8; links are never followed at its end.
package struct TreeFile {
    private let path: [CChar]
    private let name: String
    private let folder: String
    private let relative: [UInt8]

    package init(_ folder: String, _ relative: [UInt8]) {
        self.folder = folder
        self.relative = relative
        path = [CChar](name: Array(folder.utf8) + [UInt8(ascii: "/")] + relative)
        name = Path.join(folder, String(decoding: relative, as: UTF8.self))
    }

    private var raw: stat? {
        var raw = stat()
        let isThere = try? reach { unsafe fstatat($0, $1, &raw, AT_SYMLINK_NOFOLLOW) } == 0
        return isThere == true ? raw : nil
    }

    /// One call from the root if the kernel takes a name that long (PATH_MAX), else from the folder that it stands in: git
    /// counts from the tree's top, and has files whose whole path is longer.
    private func reach(_ call: (_ folder: Int32, _ name: [CChar]) -> Int32) throws(SystemError) -> Int32 {
        guard path.count > Int(PATH_MAX) else { return call(AT_FDCWD, path) }
        guard let above = try parent() else {
            errno = ENOENT
            return -1
        }
        return call(above.number, last)
    }

    /// Nil where nothing stands.
    package var mark: FileMark? { raw.map { FileMark($0) } }

    /// Nil where nothing stands.
    package var kind: Files.Kind? {
        guard let raw else { return nil }
        return switch raw.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .directory
        case S_IFLNK: .link
        default: .other
        }
    }

    /// Device and inode.
    var identity: [UInt64]? { raw.map { [UInt64($0.st_dev), UInt64($0.st_ino)] } }

    var lastName: String { Path.name(name) }

    /// True as well for a folder that cannot be read.
    package var isFolderWithEntries: Bool {
        guard kind == .directory else { return false }
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        guard let number = try? reach({ unsafe openat($0, $1, flags) }) else { return true }
        guard number >= 0 else { return errno != ENOENT }
        return (try? Directory.names(of: Descriptor(adopting: number)).isEmpty) != true
    }

    package var permissions: UInt32? { raw.map { UInt32($0.st_mode & 0o7777) } }

    /// In nanoseconds since 1970, the second as nobody can set it.
    package var times: (modified: Int64, changed: Int64, size: Int64)? {
        raw.map { (TreeCopy.nanoseconds($0.st_mtim), TreeCopy.nanoseconds($0.st_ctim), Int64($0.st_size)) }
    }

    package var linkTarget: [UInt8]? {
        guard kind == .link else { return nil }
        var bytes = [CChar](repeating: 0, count: 4097)
        guard let count = try? reach({ Int32(unsafe readlinkat($0, $1, &bytes, 4097)) }) else { return nil }
        return count < 0 || count > 4096 ? nil : bytes[..<Int(count)].map { UInt8(bitPattern: $0) }
    }

    /// Removes what stands there unless it is a folder with something in it; below a folder that became a link, or that
    /// something is mounted on, it is not what was asked for, and an error.
    package func remove() throws(SystemError) {
        guard let above = try parent() else { return }
        let last = last
        guard unsafe unlinkat(above.number, last, 0) != 0, errno != ENOENT else { return }
        let refusal = SystemError.last("unlink", name)
        guard errno == EISDIR || errno == EPERM, kind == .directory else { throw refusal }
        guard unsafe unlinkat(above.number, last, AT_REMOVEDIR) == 0 else { throw .last("rmdir", name) }
    }

    /// Also removes the folders above that are empty then, up to the tree's top.
    package func removeWithEmptyFolders() throws(SystemError) {
        try remove()
        for path in TreeFile.folders(relative) {
            let file = TreeFile(folder, path)
            guard let above = try file.parent(), unsafe unlinkat(above.number, file.last, AT_REMOVEDIR) == 0 else {
                return
            }
        }
    }

    /// Removes a folder with all that is in it, as `remove` does a file.
    package func removeTree() throws(SystemError) {
        guard let above = try parent() else { return }
        try Directory.removeTree(last, in: above, name)
    }

    /// Its name in the folder it stands in.
    private var last: [CChar] {
        [CChar](name: relative.split(separator: UInt8(ascii: "/")).last ?? [])
    }

    /// The folder it stands in, reached through no link; nil where there is none.
    private func parent() throws(SystemError) -> Descriptor? {
        var above = Descriptor(adopting: try Directory.openDirectory(AT_FDCWD, folder))
        for part in relative.split(separator: UInt8(ascii: "/")).dropLast() {
            let number = unsafe cposix_open_folder(above.number, [CChar](name: part))
            guard number >= 0 else {
                guard errno == ENOENT else { throw .last("open", name) }
                return nil
            }
            above = Descriptor(adopting: number)
        }
        return above
    }

    /// The folders a path lies in, the nearest first.
    package static func folders(_ path: [UInt8]) -> [[UInt8]] {
        path.indices.reversed().filter { path[$0] == UInt8(ascii: "/") }.map { Array(path[..<$0]) }
    }

    /// Creates a file and has it written; something in the way is an error.
    package func create(permissions: UInt32, _ write: (borrowing Descriptor) throws -> Void) throws {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let number = try reach { unsafe openat($0, $1, flags, mode_t(0o600)) }
        guard number >= 0 else { throw SystemError.last("open", name) }
        let descriptor = Descriptor(adopting: number)
        try write(descriptor)
        guard fchmod(descriptor.number, mode_t(permissions)) == 0 else { throw SystemError.last("chmod", name) }
    }

    package func createLink(to target: [UInt8]) throws(SystemError) {
        guard try reach({ unsafe symlinkat([CChar](name: target), $0, $1) }) == 0 else { throw .last("symlink", name) }
    }

    package func makeDirectory() throws(SystemError) {
        guard try reach({ unsafe mkdirat($0, $1, 0o777) }) == 0 || errno == EEXIST else { throw .last("mkdir", name) }
    }
}
