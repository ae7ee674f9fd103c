internal import CPOSIX

/// What git keeps of stat(2) in an index entry beside the mode: ctime, mtime, device and inode, user and group, size.
package struct StatData: Sendable {
    package static let wordCount = 9
    package let words: InlineArray<9, UInt32>

    init(_ raw: cposix_stat_data) {
        words = [
            raw.ctime, raw.ctime_nsec, raw.mtime, raw.mtime_nsec, raw.dev, raw.ino, raw.uid, raw.gid, raw.size,
        ]
    }

    package init(words: InlineArray<9, UInt32>) { self.words = words }
}
