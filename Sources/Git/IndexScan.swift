internal import POSIX

/// Whether an index marks entries as assume-unchanged or skip-worktree, found without git; nil for a file that is not
/// understood to its last byte (gitformat-index(5), versions 2 to 4). Nothing is copied, so a look is far cheaper than
/// starting git.
struct IndexScan {
    private(set) var hasFlags = false
    private(set) var hasLinks = false

    init?(_ bytes: [UInt8]) {
        guard bytes.count > 12, bytes[..<4].elementsEqual("DIRC".utf8) else { return nil }
        // The file does not say which hash its ids are of; only with the right one does it end where it should.
        let found = [20, 32].compactMap { IndexScan(bytes, idSize: $0) }
        guard found.count == 1 else { return nil }
        self = found[0]
    }

    private init?(_ bytes: [UInt8], idSize: Int) {
        func word(_ place: Int) -> UInt32 { IndexFile.word(bytes, place) }
        let version = word(4)
        let limit = bytes.count - idSize
        guard (2...4).contains(version), limit >= 12 else { return nil }
        var place = 12
        for _ in 0..<word(8) {
            let start = place
            let flags = start + 40 + idSize
            guard flags + 4 < limit, IndexScan.isOfTree(word(start + 24)) else { return nil }
            if word(start + 24) == 0o160000 { hasLinks = true }
            let isExtended = bytes[flags] & 0x40 != 0
            guard !isExtended || (version > 2 && bytes[flags + 2] & 0x80 == 0) else { return nil }
            if bytes[flags] & 0x80 != 0 || (isExtended && bytes[flags + 2] & 0x40 != 0) { hasFlags = true }
            place = flags + (isExtended ? 4 : 2)
            if version == 4 {
                // How much of the last path goes, in groups of seven bits.
                while place < limit, bytes[place] & 0x80 != 0 { place += 1 }
                place += 1
            }
            let length = Int(bytes[flags] & 0x0F) << 8 | Int(bytes[flags + 1])
            // In version 4 the length is that of the whole path, and the rest is all that stands here.
            if version < 4, length < 0xFFF { place += length }
            while place < limit, bytes[place] != 0 { place += 1 }
            place += 1
            if version < 4 { place = start + (place - 1 - start + 8) & ~7 }
            guard place <= limit else { return nil }
        }
        guard IndexScan.endsWell(bytes, place, limit) else { return nil }
    }

    /// A file, a link or a submodule's commit; a folder stands only in a sparse index.
    private static func isOfTree(_ mode: UInt32) -> Bool {
        [0o100644, 0o100755, 0o120000, 0o160000].contains(mode)
    }

    /// The extensions, of which git may ignore those that begin with a capital; any other, such as that of a split
    /// index, gives the entries another meaning.
    private static func endsWell(_ bytes: [UInt8], _ start: Int, _ limit: Int) -> Bool {
        var place = start
        while place < limit {
            guard limit - place >= 8, (0x41...0x5A).contains(bytes[place]) else { return false }
            place += 8 + Int(IndexFile.word(bytes, place + 4))
        }
        return place == limit
    }
}
