internal import CPOSIX
internal import Glibc

/// Removes a tree with few descriptors and little stack, however deep it is: what lies too deep is first moved up to
/// its top.
extension Directory {
    /// Levels that are held open at once: nearly every tree is less deep.
    private static let reach = 32

    /// Removes the tree at `path` by descriptors: a folder swapped for a link meanwhile is not entered, and neither is
    /// what is mounted in it. A tree that is gone is fine. Folders that cannot be read are made readable first, as git's
    /// own clean does not. Whoever was killed at it can begin again.
    package static func removeTree(_ path: String) throws(SystemError) {
        do {
            guard try Files.status(path).kind == .directory else { return try Files.unlink(path) }
            try emptyWhole(openDirectory(AT_FDCWD, path), path)
            try Files.removeDirectory(path)
        } catch {
            guard error.isNotFound else { throw error }
        }
    }

    /// The same of a folder named in one that is open; a link there is an error.
    static func removeTree(_ name: [CChar], in parent: borrowing Descriptor, _ path: String) throws(SystemError) {
        let refusal = SystemError(code: ENOTDIR, call: "open", subject: path)
        do throws(SystemError) {
            try emptyWhole(openChild(parent.number, name, path, refusal), path)
            guard unlink(parent.number, name, AT_REMOVEDIR) else { throw .last("rmdir", path) }
        } catch {
            guard error.isNotFound else { throw error }
        }
    }

    /// Takes over `descriptor`.
    private static func emptyWhole(_ descriptor: Int32, _ path: String) throws(SystemError) {
        let top = Descriptor(adopting: descriptor)
        _ = fchmod(top.number, 0o700)
        var isDeep: Bool
        repeat {
            isDeep = false
            try empty(openDirectory(top.number, "."), path, top: top.number, depth: 1, &isDeep)
        } while isDeep
    }

    /// Takes over `descriptor`; `isDeep` says whether something was lifted.
    private static func empty(
        _ descriptor: Int32, _ path: String, top: Int32, depth: Int, _ isDeep: inout Bool
    ) throws(SystemError) {
        try forEachEntry(descriptor, path) { name, parent throws(SystemError) in
            if unlink(parent, name, 0) || errno == ENOENT { return }
            let refusal = SystemError.last("unlink", path)
            guard refusal.code == EISDIR || refusal.isNotPermitted else { throw refusal }
            let child: Int32
            do throws(SystemError) {
                child = try openChild(parent, name, path, refusal)
            } catch {
                if error.code == ENOENT { return }
                guard error.code == EMFILE || error.code == ENFILE, depth > 1 else { throw error }
                guard lift(name, from: parent, to: top) else { throw .last("rename", path) }
                return isDeep = true
            }
            if depth < reach {
                try empty(child, path, top: top, depth: depth + 1, &isDeep)
            } else if lift(name, from: parent, to: top) {
                _ = close(child)
                return isDeep = true
            } else {
                // A subvolume lies between: what is below has this for its top.
                guard errno == EXDEV else {
                    let error = SystemError.last("rename", path)
                    _ = close(child)
                    throw error
                }
                try emptyWhole(child, path)
            }
            guard unlink(parent, name, AT_REMOVEDIR) || errno == ENOENT else { throw .last("rmdir", path) }
        }
    }

    private static func openChild(
        _ parent: Int32, _ name: [CChar], _ path: String, _ refusal: SystemError
    ) throws(SystemError) -> Int32 {
        var child = unsafe cposix_open_folder(parent, name)
        if child < 0, errno == EACCES, unsafe fchmodat(parent, name, 0o700, AT_SYMLINK_NOFOLLOW) == 0 {
            child = unsafe cposix_open_folder(parent, name)
        }
        guard child >= 0 else { throw errno == ENOTDIR || errno == ELOOP ? refusal : .last("open", path) }
        _ = fchmod(child, 0o700)
        return child
    }

    private static func lift(_ name: [CChar], from parent: Int32, to top: Int32) -> Bool {
        unsafe renameat(parent, name, top, ".lifted-" + RandomID.make()) == 0
    }

    private static func unlink(_ parent: Int32, _ name: [CChar], _ flags: Int32) -> Bool {
        unsafe unlinkat(parent, name, flags) == 0
    }
}
