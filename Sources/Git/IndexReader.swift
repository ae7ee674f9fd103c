internal import POSIX

/// Reads the entries of an index one after the other; never beyond `limit`, whatever lengths the file claims.
struct IndexReader {
    let bytes: [UInt8]
    let limit: Int
    let version: UInt32
    let idSize: Int
    private(set) var position = 12
    private(set) var names: [UInt8] = []
    private(set) var hasFlags = false
    private var last: Range<Int> = 0..<0

    init(bytes: [UInt8], limit: Int, version: UInt32, idSize: Int) {
        self.bytes = bytes
        self.limit = limit
        self.version = version
        self.idSize = idSize
        names.reserveCapacity(limit / 2)
    }

    mutating func next() throws(IndexFile.Refusal) -> IndexFile.Entry {
        let start = position
        let fixed = 40 + idSize + 2
        guard limit - start > fixed else { throw .truncated }
        let kind = try kind(IndexFile.word(bytes, start + 24))
        let flags = UInt16(bytes[start + 40 + idSize]) << 8 | UInt16(bytes[start + 41 + idSize])
        var place = start + fixed
        if flags & 0x8000 != 0 { hasFlags = true }
        // Two versions of one path: a merge that is not resolved.
        guard flags & 0x3000 == 0 else { throw .entry }
        if flags & 0x4000 != 0 {
            guard version > 2 else { throw .entry }
            hasFlags = true
            place += 2
        }
        let name = version == 4 ? try suffix(&place) : try whole(&place, start, Int(flags & 0xFFF))
        try check(name)
        position = place
        last = name
        return IndexFile.Entry(kind: kind, offset: start, name: name)
    }

    private func kind(_ mode: UInt32) throws(IndexFile.Refusal) -> IndexFile.Kind {
        switch mode {
        case 0o100644: .file
        case 0o100755: .executable
        case 0o120000: .link
        case 0o160000: .commit
        default: throw .entry
        }
    }

    /// Versions 2 and 3: the whole path, and one to eight zeros up to a multiple of eight bytes.
    private mutating func whole(
        _ place: inout Int, _ start: Int, _ length: Int
    ) throws(IndexFile.Refusal) -> Range<Int> {
        let name = try copy(from: place, stem: 0)
        guard length == min(name.count, 0xFFF) else { throw .entry }
        let end = place + name.count
        place = start + (end - start + 8) & ~7
        guard place <= limit else { throw .truncated }
        return name
    }

    /// Version 4: how many bytes of the last path go, then what follows, and one zero.
    private mutating func suffix(_ place: inout Int) throws(IndexFile.Refusal) -> Range<Int> {
        var cut = 0
        while true {
            guard place < limit else { throw .truncated }
            let byte = Int(bytes[place])
            place += 1
            cut = cut << 7 | byte & 0x7F
            if byte & 0x80 == 0 { break }
            cut += 1
            guard cut <= last.count else { throw .entry }
        }
        guard cut <= last.count else { throw .entry }
        let stem = last.count - cut
        let name = try copy(from: place, stem: stem)
        place += name.count - stem + 1
        return name
    }

    /// The first bytes of the last path and what stands at `place` up to a zero.
    private mutating func copy(from place: Int, stem: Int) throws(IndexFile.Refusal) -> Range<Int> {
        guard let end = bytes[place..<limit].firstIndex(of: 0) else { throw .truncated }
        let start = names.count
        if stem > 0 { names += names[last.lowerBound..<(last.lowerBound + stem)] }
        names += bytes[place..<end]
        return start..<names.count
    }

    /// Paths come in order, each once, and lead nowhere but down; git refuses others as well (verify_path).
    private func check(_ name: Range<Int>) throws(IndexFile.Refusal) {
        guard !name.isEmpty, last.isEmpty || names[last].lexicographicallyPrecedes(names[name]) else { throw .entry }
        var start = name.lowerBound
        for place in name where names[place] == UInt8(ascii: "/") {
            try check(part: start..<place)
            start = place + 1
        }
        try check(part: start..<name.upperBound)
    }

    private func check(part: Range<Int>) throws(IndexFile.Refusal) {
        guard !part.isEmpty else { throw .entry }
        guard part.count <= 4, names[part.lowerBound] == UInt8(ascii: ".") else { return }
        let isAboveOrHere = part.count == 1 || (part.count == 2 && names[part.lowerBound + 1] == UInt8(ascii: "."))
        let isGit = part.count == 4 && names[part].dropFirst().map { $0 | 0x20 } == Array("git".utf8)
        guard !isAboveOrHere, !isGit else { throw .entry }
    }
}
