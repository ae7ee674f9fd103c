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
}
