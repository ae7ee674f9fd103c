internal import CPOSIX

/// What kind of file system holds a path, by what the kernel says; nothing is tried out.
package struct FileSystem: Sendable, Equatable {
    /// As mount(8) names it, or the magic number in hexadecimal where it is none of those we know.
    package let name: String
    /// Whether other machines may write to it, where flock(2) does not always reach.
    package let isShared: Bool

    /// Whether it is known that no two files can share blocks there; of others only a try can tell.
    package var cannotClone: Bool { ["ext4", "tmpfs", "f2fs", "vfat"].contains(name) }

    /// Whether no change of a file leaves its ctime as it is, not even one through a mapping: these mark that before a page
    /// becomes writable (`page_mkwrite` in Linux), which tmpfs does not, and which others are not known to do.
    package var stampsEveryChange: Bool { ["ext4", "xfs", "btrfs", "f2fs"].contains(name) }

    package init(holding path: String) {
        let magic = unsafe cposix_file_system_magic(path)
        let known = FileSystem.known(magic)
        name = known?.name ?? (magic == 0 ? "unknown" : "0x" + String(magic, radix: 16))
        isShared = known?.isShared ?? false
    }

    /// statfs(2).
    private static func known(_ magic: UInt64) -> (name: String, isShared: Bool)? {
        switch magic {
        case 0xEF53: ("ext4", false)
        case 0x5846_5342: ("xfs", false)
        case 0x9123_683E: ("btrfs", false)
        case 0x0102_1994: ("tmpfs", false)
        case 0x794C_7630: ("overlay", false)
        case 0x2FC1_2FC1: ("zfs", false)
        case 0xCA45_1A4E: ("bcachefs", false)
        case 0xF2F5_2010: ("f2fs", false)
        case 0x4D44: ("vfat", false)
        case 0x6573_5546: ("fuse", true)
        case 0x6969: ("nfs", true)
        case 0xFE53_4D42, 0xFF53_4D42: ("cifs", true)
        case 0x0102_1997: ("9p", true)
        case 0x00C3_6400: ("ceph", true)
        case 0x7461_636F: ("ocfs2", true)
        case 0x0116_1970: ("gfs2", true)
        default: nil
        }
    }
}
