internal import CPOSIX
internal import Glibc

/// An open subvolume of btrfs: a folder that can be copied whole, with everything in it, at the price of one.
package struct Subvolume: ~Copyable {
    private let descriptor: Descriptor

    package init(opening path: String) throws(SystemError) {
        descriptor = Descriptor(adopting: try Directory.openDirectory(AT_FDCWD, path))
    }

    /// An empty one where nothing stands.
    package static func make(_ path: String) throws(SystemError) {
        let folder = try Descriptor(opening: Path.parent(path) ?? "/", for: .read)
        try check(unsafe cposix_make_subvolume(folder.number, Path.name(path)), "make subvolume", path)
    }

    /// Whether nobody can write in it now; false where that cannot be told.
    package var isReadOnly: Bool { cposix_is_read_only(descriptor.number) != 0 }

    /// Its owner may do so.
    package func setReadOnly(_ isReadOnly: Bool) throws(SystemError) {
        try Subvolume.check(cposix_set_read_only(descriptor.number, isReadOnly ? 1 : 0), "set read-only", nil)
    }

    /// A writable subvolume with the same files, down to inode numbers and all time stamps, where nothing stands.
    package func snapshot(to path: String) throws(SystemError) {
        let folder = try Descriptor(opening: Path.parent(path) ?? "/", for: .read)
        let code = unsafe cposix_snapshot(descriptor.number, folder.number, Path.name(path))
        try Subvolume.check(code, "snapshot", path)
    }

    private static func check(_ code: Int32, _ call: String, _ path: String?) throws(SystemError) {
        guard code == 0 else { throw SystemError(code: code, call: call, subject: path) }
    }
}
