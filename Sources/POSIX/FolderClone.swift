internal import CPOSIX
internal import Glibc

/// Copies a folder with everything in it, sharing blocks where the disk can: no repository is copied, no link followed,
/// and nothing overwritten.
package enum FolderClone {
    /// Clones what stands at `path` below `from` to the same place below `to`; the folders above are made. A file that
    /// was written meanwhile, or is no file, link or folder, is left out, and so is a folder that holds a `.git`.
    ///
    /// - Returns: whether anything was made.
    @discardableResult
    package static func clone(
        _ path: ArraySlice<UInt8>, from: String, to: String, sharing: Bool
    ) throws(SystemError) -> Bool {
        var pair = try open(AT_FDCWD, [CChar](name: from.utf8), AT_FDCWD, [CChar](name: to.utf8), makes: false)
        let parts = path.split(separator: UInt8(ascii: "/"))
        guard let name = parts.last, !parts.contains(where: isSpecial) else { return false }
        for part in parts.dropLast() {
            let next = try open(pair.from.number, [CChar](name: part), pair.to.number, [CChar](name: part), makes: true)
            pair = next
        }
        return try clone([CChar](name: name), pair, sharing, depth: 0)
    }

    private struct Pair: ~Copyable {
        let from: Descriptor
        let to: Descriptor
    }

    private static func isSpecial(_ name: ArraySlice<UInt8>) -> Bool {
        name.elementsEqual([0x2E]) || name.elementsEqual([0x2E, 0x2E]) || name.elementsEqual(Array(".git".utf8))
    }

    private static func clone(
        _ name: [CChar], _ pair: borrowing Pair, _ sharing: Bool, depth: Int
    ) throws(SystemError) -> Bool {
        var raw = stat()
        guard unsafe fstatat(pair.from.number, name, &raw, AT_SYMLINK_NOFOLLOW) == 0 else { return false }
        guard raw.st_mode & S_IFMT == S_IFDIR else {
            let rc = unsafe cposix_clone_file(pair.from.number, pair.to.number, name, sharing ? 1 : 0)
            guard rc >= 0 || rc == -EEXIST else { throw SystemError(code: -rc, call: "clone") }
            return rc > 0
        }
        guard depth < TreeCopy.depth else { throw SystemError(code: ENAMETOOLONG, call: "clone") }
        let inner = try open(pair.from.number, name, pair.to.number, name, makes: true)
        let names = try Directory.names(of: inner.from)
        guard !names.contains([0x2E, 0x67, 0x69, 0x74, 0]) else { return true }
        for name in names { _ = try clone(name, inner, sharing, depth: depth + 1) }
        _ = cposix_clone_times(inner.from.number, inner.to.number)
        return true
    }

    private static func open(
        _ from: Int32, _ name: [CChar], _ to: Int32, _ other: [CChar], makes: Bool
    ) throws(SystemError) -> Pair {
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        let source = unsafe openat(from, name, flags)
        guard source >= 0 else { throw .last("open") }
        let donor = Descriptor(adopting: source)
        if makes {
            guard unsafe mkdirat(to, other, 0o777) == 0 || errno == EEXIST else { throw .last("mkdir") }
        }
        let target = unsafe openat(to, other, flags)
        guard target >= 0 else { throw .last("open") }
        return Pair(from: donor, to: Descriptor(adopting: target))
    }
}
