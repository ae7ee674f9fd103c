internal import Glibc

/// Folders: listing one, and removing one with all below it and nothing that a link in it names.
package enum Directory {
    /// Names in no order, without `.` and `..`; names that are not UTF-8 are left out (git-pool makes none).
    /// - Parameter suffix: names that end so are nobody's concern.
    package static func entries(_ path: String, leavingOut suffix: String = "") throws(SystemError) -> [String] {
        let descriptor = try openDirectory(AT_FDCWD, path)
        let ending = suffix.utf8.map { CChar(bitPattern: $0) } + [0]
        var names: [String] = []
        try forEachEntry(descriptor, path) { name, _ throws(SystemError) in
            if !suffix.isEmpty, name.suffix(ending.count) == ending[...] { return }
            if let text = unsafe name.withUnsafeBufferPointer({
                unsafe $0.baseAddress.flatMap { unsafe String(validatingCString: $0) }
            }) {
                names.append(text)
            }
        }
        return names
    }

    /// Names of whatever bytes, each with a NUL at its end, without `.` and `..`.
    static func names(of folder: borrowing Descriptor) throws(SystemError) -> [[CChar]] {
        try names(taking: openDirectory(folder.number, "."))
    }

    private static func names(taking descriptor: Int32) throws(SystemError) -> [[CChar]] {
        var names: [[CChar]] = []
        try forEachEntry(descriptor, ".") { name, _ throws(SystemError) in names.append(name) }
        return names
    }

    /// Removes the tree at `path`, however deep, by descriptors: a folder swapped for a link meanwhile is not entered.
    /// A tree that is gone is fine. Folders that cannot be read are made readable first, as git's own clean does not.
    package static func removeTree(_ path: String) throws(SystemError) {
        do {
            guard try Files.status(path).kind == .directory else { return try Files.unlink(path) }
            try empty(openDirectory(AT_FDCWD, path), path)
            try Files.removeDirectory(path)
        } catch {
            guard error.isNotFound else { throw error }
        }
    }

    /// The path, from `folder` on, of the first `.git` below it other than its own; nil if there is none. Links are not
    /// followed; a folder that cannot be read counts as one that holds a repository.
    ///
    /// - Parameters:
    ///   - home: where the tree belongs, if it was moved: relative `gitdir:` lines were written there.
    ///   - modules: `.git` files that lead into this folder, a worktree's own submodules, are passed over.
    package static func firstRepository(
        below folder: String, home: String? = nil, exceptInto modules: String? = nil
    ) -> String? {
        var waiting: [[CChar]] = [[]]
        while let place = waiting.popLast() {
            // By bytes: a name need not be UTF-8 to hold somebody's work.
            let here = bytes(of: folder) + place
            guard let names = try? names(taking: openDirectory(AT_FDCWD, here + [0])) else { return text(place) }
            for name in names {
                if name == repositoryName {
                    if place.isEmpty { continue }
                    if let modules, leads(folder, home ?? folder, place, into: modules) { continue }
                    return String(text(place).dropFirst())
                }
                if isDirectory(here + [slash] + name) { waiting.append(place + [slash] + name.dropLast()) }
            }
        }
        return nil
    }

    private static let slash = CChar(bitPattern: UInt8(ascii: "/"))
    /// `.git`, and the NUL that ends every name.
    private static let repositoryName: [CChar] = bytes(of: ".git") + [0]

    private static func bytes(of text: String) -> [CChar] { text.utf8.map { CChar(bitPattern: $0) } }

    private static func text(_ bytes: [CChar]) -> String {
        String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func isDirectory(_ path: [CChar]) -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// What has bytes in its path that are no text is not known to be a submodule of ours.
    private static func leads(_ folder: String, _ home: String, _ place: [CChar], into modules: String) -> Bool {
        let below = text(place)
        let file = folder + below + "/.git"
        guard bytes(of: below) == place, (try? Files.status(file))?.kind == .file,
            let bytes = try? Files.read(file, limit: 65536)
        else { return false }
        let line = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
        guard line.hasPrefix("gitdir: ") else { return false }
        let named = Path.normalize(Path.join(home + below, String(line.dropFirst(8))))
        return named != modules && Path.contains(modules, named)
    }

    static func openDirectory(_ parent: Int32, _ name: String) throws(SystemError) -> Int32 {
        try openDirectory(parent, bytes(of: name) + [0], name)
    }

    /// - Parameter name: with a NUL at its end.
    private static func openDirectory(
        _ parent: Int32, _ name: [CChar], _ shown: String? = nil
    ) throws(SystemError) -> Int32 {
        let descriptor = unsafe openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last("open", shown) }
        return descriptor
    }

    /// Takes over `descriptor`.
    private static func empty(_ descriptor: Int32, _ path: String) throws(SystemError) {
        try forEachEntry(descriptor, path) { name, parent throws(SystemError) in
            if unlink(parent, name, 0) || errno == ENOENT { return }
            let refusal = SystemError.last("unlink", path)
            guard refusal.code == EISDIR || refusal.isNotPermitted else { throw refusal }
            let child = try openChild(parent, name, path, refusal)
            try empty(child, path)
            guard unlink(parent, name, AT_REMOVEDIR) || errno == ENOENT else { throw .last("rmdir", path) }
        }
    }

    private static func openChild(
        _ parent: Int32, _ name: [CChar], _ path: String, _ refusal: SystemError
    ) throws(SystemError) -> Int32 {
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        var child = unsafe openat(parent, name, flags)
        if child < 0, errno == EACCES, unsafe fchmodat(parent, name, 0o700, AT_SYMLINK_NOFOLLOW) == 0 {
            child = unsafe openat(parent, name, flags)
        }
        guard child >= 0 else { throw errno == ENOTDIR || errno == ELOOP ? refusal : .last("open", path) }
        _ = fchmod(child, 0o700)
        return child
    }

    private static func unlink(_ parent: Int32, _ name: [CChar], _ flags: Int32) -> Bool {
        unsafe unlinkat(parent, name, flags) == 0
    }

    /// Calls `body` with each name, NUL at its end, and the folder's descriptor, which it takes over and closes.
    static func forEachEntry(
        _ descriptor: Int32, _ path: String, _ body: ([CChar], Int32) throws(SystemError) -> Void
    ) throws(SystemError) {
        guard let stream = unsafe fdopendir(descriptor) else {
            let error = SystemError.last("opendir", path)
            _ = close(descriptor)
            throw error
        }
        defer { unsafe closedir(stream) }
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                guard errno == 0 else { throw .last("readdir", path) }
                return
            }
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
                unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) { bytes in
                    unsafe Array(UnsafeBufferPointer(start: bytes, count: strlen(bytes) + 1))
                }
            }
            if name[0] == 0x2E, name.count == 2 || (name.count == 3 && name[1] == 0x2E) { continue }
            try body(name, descriptor)
        }
    }
}
