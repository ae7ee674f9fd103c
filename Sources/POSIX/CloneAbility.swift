internal import CPOSIX
internal import Glibc

/// What the file system of a folder can do about copies, found out by making some in it.
package enum CloneAbility {
    /// Whether two files can share their blocks.
    package static func canShare(in folder: String) -> Bool {
        guard let place = try? Descriptor(opening: folder, for: .read) else { return false }
        let name = "probe-" + RandomID.make()
        return unsafe cposix_can_share(place.number, name, name + "-2") != 0
    }

    /// Whether a subvolume can be made, snapshotted, and removed again as the folder it looks like.
    package static func canSnapshot(in folder: String) -> Bool {
        guard FileSystem(holding: folder).name == "btrfs" else { return false }
        let (one, other) = (
            Path.join(folder, "probe-" + RandomID.make()), Path.join(folder, "probe-" + RandomID.make())
        )
        defer { for path in [one, other] { try? Files.removeDirectory(path) } }
        do {
            try Subvolume.make(one)
            let subvolume = try Subvolume(opening: one)
            try subvolume.setReadOnly(true)
            try subvolume.snapshot(to: other)
            guard subvolume.isReadOnly else { return false }
            try subvolume.setReadOnly(false)
            for path in [one, other] { try Files.removeDirectory(path) }
            return true
        } catch {
            return false
        }
    }
}
