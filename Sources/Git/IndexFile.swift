package import POSIX

/// A git index that is understood completely, or refused: each entry has a plain path, a kind and an object id, and no
/// part of the file has an unknown meaning (gitformat-index(5), versions 2 to 4).
package struct IndexFile: Sendable {
    package enum Refusal: Error, Equatable {
        case truncated
        case notAnIndex
        case version(UInt32)
        case hash
        /// Of a kind, or with a path, that is none of a whole tree.
        case entry
        /// A split or sparse index, or another extension without which the rest means something else.
        case needs(String)
    }

    package enum Kind: Sendable, Equatable {
        case file, executable, link
        /// A commit of a submodule.
        case commit
    }

    package struct Entry: Sendable {
        package let kind: Kind
        /// Where its stat data begin in the file.
        let offset: Int
        let name: Range<Int>
    }

    package let digest: Digest
    package private(set) var bytes: [UInt8]
    package let entries: [Entry]
    /// The paths of all entries, one after the other.
    private let names: [UInt8]
    /// Whether an entry is one that git does not look after, or that is only meant to be added.
    package let hasFlags: Bool
    /// Where the entries end.
    let end: Int
    /// The cache of tree objects, with its head.
    let trees: Range<Int>?

    package init(_ bytes: [UInt8], digest: Digest) throws(Refusal) {
        guard bytes.count >= 12 + digest.size else { throw .truncated }
        guard bytes[0] == 0x44, bytes[1] == 0x49, bytes[2] == 0x52, bytes[3] == 0x43 else { throw .notAnIndex }
        let version = IndexFile.word(bytes, 4)
        guard (2...4).contains(version) else { throw .version(version) }
        let body = bytes.count - digest.size
        // `index.skipHash` leaves zeros there.
        let trailer = bytes[body...]
        guard trailer.allSatisfy({ $0 == 0 }) || trailer.elementsEqual(digest.of(bytes[..<body])) else { throw .hash }

        var reader = IndexReader(bytes: bytes, limit: body, version: version, idSize: digest.size)
        let count = Int(IndexFile.word(bytes, 8))
        // No entry is shorter than its stat data and id: a count that cannot be true is not made room for.
        guard count <= body / (40 + digest.size) else { throw .truncated }
        var entries: [Entry] = []
        entries.reserveCapacity(count)
        for _ in 0..<count { entries.append(try reader.next()) }
        end = reader.position
        trees = try IndexFile.trees(bytes, from: end, to: body)
        names = reader.names
        hasFlags = reader.hasFlags
        self.entries = entries
        self.bytes = bytes
        self.digest = digest
    }

    package func path(_ entry: Entry) -> ArraySlice<UInt8> { names[entry.name] }

    package func id(_ entry: Entry) -> ArraySlice<UInt8> {
        bytes[(entry.offset + 40)..<(entry.offset + 40 + digest.size)]
    }

    /// The tree object that the entries make, as git noted it; nil where it did not.
    package var tree: String? {
        guard let trees else { return nil }
        // An empty path, "<entries> <subtrees>" and the id.
        let body = bytes[(trees.lowerBound + 8)..<trees.upperBound]
        guard body.first == 0, let line = body.dropFirst().firstIndex(of: 0x0A) else { return nil }
        let words = String(decoding: body[(body.startIndex + 1)..<line], as: UTF8.self).split(separator: " ")
        guard words.count == 2, Int(words[0]) == entries.count, body.endIndex - line > digest.size else { return nil }
        return Text.hex(body[(line + 1)...].prefix(digest.size))
    }

    /// Forgets what is known of the entries' files: git takes each for changed.
    package mutating func clear() {
        for entry in entries {
            for place in entry.offset..<(entry.offset + 24) { bytes[place] = 0 }
            for place in (entry.offset + 28)..<(entry.offset + 40) { bytes[place] = 0 }
        }
    }

    package mutating func set(_ data: StatData, of entry: Entry) {
        // The mode stands between device and inode on the one side, and owner and size on the other.
        for number in 0..<6 { put(data.words[number], entry.offset + 4 * number) }
        for number in 6..<StatData.wordCount { put(data.words[number], entry.offset + 4 + 4 * number) }
    }

    /// The file as git would read it: the entries and the cache of trees; whatever else there was speaks of another
    /// worktree, or only helps to read faster.
    package var contents: [UInt8] {
        var result = Array(bytes[..<end])
        if let trees { result += bytes[trees] }
        return result + digest.of(result[...])
    }

    private mutating func put(_ word: UInt32, _ place: Int) {
        bytes[place] = UInt8(truncatingIfNeeded: word >> 24)
        bytes[place + 1] = UInt8(truncatingIfNeeded: word >> 16)
        bytes[place + 2] = UInt8(truncatingIfNeeded: word >> 8)
        bytes[place + 3] = UInt8(truncatingIfNeeded: word)
    }

    /// - Precondition: four bytes are there.
    static func word(_ bytes: [UInt8], _ place: Int) -> UInt32 {
        UInt32(bytes[place]) << 24 | UInt32(bytes[place + 1]) << 16 | UInt32(bytes[place + 2]) << 8
            | UInt32(bytes[place + 3])
    }

    /// The extensions: a name of four bytes, a length, the content. Git may ignore one that begins with a capital.
    private static func trees(_ bytes: [UInt8], from start: Int, to limit: Int) throws(Refusal) -> Range<Int>? {
        var place = start
        var found: Range<Int>?
        while place < limit {
            guard limit - place >= 8 else { throw .truncated }
            let name = String(decoding: bytes[place..<(place + 4)], as: UTF8.self)
            let length = Int(word(bytes, place + 4))
            guard length <= limit - place - 8 else { throw .truncated }
            guard (0x41...0x5A).contains(bytes[place]) else { throw .needs(name) }
            let next = place + 8 + length
            if name == "TREE" { found = place..<next }
            place = next
        }
        return found
    }
}
