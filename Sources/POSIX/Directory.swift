internal import Glibc

/// Folders: listing one, looking through one, and (`removeTree`) removing one with all below it and nothing that a link
/// in it names.
package enum Directory {
    /// Names in no order, without `.` and `..`; names that are not UTF-8 are left out (git-pool makes none).
    /// - Parameter suffix: names that end so are nobody's concern.
    package static func entries(_ path: String, leavingOut suffix: String = "") throws(SystemError) -> [String] {
        let descriptor = try openDirectory(AT_FDCWD, path)
        let ending = [CChar](name: suffix.utf8)
        var names: [String] = []
        try forEachEntry(descriptor, path) { name, _ throws(SystemError) in
            if !suffix.isEmpty, name.suffix(ending.count) == ending[...] { return }
            if let text = valid(name) { names.append(text) }
        }
        return names
    }

    /// Nil for a name that is not UTF-8.
    private static func valid(_ name: [CChar]) -> String? {
        unsafe name.withUnsafeBufferPointer {
            unsafe $0.baseAddress.flatMap { unsafe String(validatingCString: $0) }
        }
    }

    /// Names of whatever bytes, each with a NUL at its end, without `.` and `..`.
    static func names(of folder: borrowing Descriptor) throws(SystemError) -> [[CChar]] {
        try names(taking: openDirectory(folder.number, "."))
    }

    /// Whether `entries` leaves something out.
    package static func hasNamesOfNoText(_ path: String) -> Bool {
        let names = (try? names(taking: openDirectory(AT_FDCWD, path))) ?? []
        return names.contains { valid($0) == nil }
    }

    private static func names(taking descriptor: Int32) throws(SystemError) -> [[CChar]] {
        var names: [[CChar]] = []
        try forEachEntry(descriptor, ".") { name, _ throws(SystemError) in names.append(name) }
        return names
    }

    /// The path, from `folder` on, of the first `.git` below it other than its own; nil if there is none. Links are not
    /// followed; a folder that cannot be read, or that something is mounted on, is given as if it were one.
    ///
    /// - Parameters:
    ///   - home: where the tree belongs, if it was moved: relative `gitdir:` lines were written there.
    ///   - modules: `.git` files that lead into this folder, a worktree's own submodules, are passed over.
    package static func firstRepository(
        below folder: String, home: String? = nil, exceptInto modules: String? = nil
    ) -> String? {
        var found: [CChar]?
        var last: [CChar] = []
        let isWhole = TreeWalk.visit(folder, [CChar]()) { number, place in
            guard found == nil else { return [] }
            last = place
            // By bytes: a name need not be UTF-8 to hold somebody's work.
            guard let number, let names = try? names(taking: openDirectory(number, ".")) else {
                found = place
                return []
            }
            if names.contains(repositoryName), !place.isEmpty,
                modules.map({ !leads(folder, home ?? folder, place, into: $0) }) ?? true
            {
                found = place + bytes(of: "/.git")
                return []
            }
            var below: [(name: [CChar], note: [CChar])] = []
            for name in names where name != repositoryName {
                switch isDirectory(name, in: number) {
                case true?: below.append((name, place + [slash] + name.dropLast()))
                case false?: break
                // What it is cannot be told.
                case nil: found = place + [slash] + name.dropLast()
                }
            }
            return below
        }
        return (found ?? (isWhole ? nil : last)).map { String(text($0).dropFirst()) }
    }

    private static let slash = CChar(bitPattern: UInt8(ascii: "/"))
    private static let repositoryName = [CChar](name: ".git".utf8)

    private static func bytes(of text: String) -> [CChar] { text.utf8.map { CChar(bitPattern: $0) } }

    private static func text(_ bytes: [CChar]) -> String {
        String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Nil where that cannot be told.
    private static func isDirectory(_ name: [CChar], in folder: Int32) -> Bool? {
        var status = stat()
        guard unsafe fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            return errno == ENOENT ? false : nil
        }
        return status.st_mode & S_IFMT == S_IFDIR
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
        try openDirectory(parent, [CChar](name: name.utf8), name)
    }

    /// - Parameter name: with a NUL at its end.
    private static func openDirectory(
        _ parent: Int32, _ name: [CChar], _ shown: String? = nil
    ) throws(SystemError) -> Int32 {
        let descriptor = unsafe openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last("open", shown) }
        return descriptor
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
