internal import POSIX

/// git's packed-refs file, searched by bisection where it says that it is sorted: a look-up costs the same among a
/// hundred thousand refs as among a hundred. Nil means that git must be asked.
struct PackedRefs: ~Copyable {
    private let file: Descriptor
    private let size: Int64
    /// More than the line of any ref that git makes.
    private static let line = 4096

    init?(in commonDirectory: String) {
        let path = Path.join(commonDirectory, "packed-refs")
        guard let file = try? Descriptor(opening: path, for: .readAtOnce), let status = try? Files.status(of: file),
            status.kind == .file
        else { return nil }
        self.file = file
        size = status.size
    }

    func id(of ref: String) -> String? {
        let name = Array(ref.utf8)
        guard let header = read(at: 0), let end = header.firstIndex(of: 0x0A), header.first == UInt8(ascii: "#"),
            String(decoding: header[...end], as: UTF8.self).contains(" sorted ")
        else { return nil }
        // The line looked for begins at or behind `low`, where a line begins, and before `high`.
        var (low, high) = (Int64(end + 1), size)
        while high - low > 2 * Int64(PackedRefs.line) {
            let middle = low + (high - low) / 2
            guard let bytes = read(at: middle - 1), let found = PackedRefs.first(bytes, from: 1) else { return nil }
            if found.name.elementsEqual(name) { return PackedRefs.text(found.id) }
            if found.name.lexicographicallyPrecedes(name) {
                low = middle - 1 + Int64(found.end)
            } else {
                high = middle
            }
        }
        guard let bytes = read(at: low, Int(high - low) + PackedRefs.line) else { return nil }
        var start = 0
        while let found = PackedRefs.first(bytes, from: start, isLineStart: true), Int64(start) < high - low {
            if found.name.elementsEqual(name) { return PackedRefs.text(found.id) }
            start = found.end
        }
        return nil
    }

    /// Nil as well for nothing: somebody has cut the file off.
    private func read(at offset: Int64, _ count: Int = line) -> [UInt8]? {
        guard let bytes = try? file.bytes(at: offset, count), !bytes.isEmpty else { return nil }
        return bytes
    }

    /// The first whole line of a ref that begins at or behind `start`, and where it ends.
    private static func first(
        _ bytes: [UInt8], from start: Int, isLineStart: Bool = false
    ) -> (id: ArraySlice<UInt8>, name: ArraySlice<UInt8>, end: Int)? {
        var begin = start
        if !isLineStart, bytes[start - 1] != 0x0A {
            guard let feed = bytes.span.firstIndex(of: 0x0A, from: start) else { return nil }
            begin = feed + 1
        }
        while let feed = bytes.span.firstIndex(of: 0x0A, from: begin) {
            let text = bytes[begin..<feed]
            begin = feed + 1
            // What an annotated tag leads to.
            if text.first == UInt8(ascii: "^") { continue }
            guard let space = text.firstIndex(of: 0x20) else { return nil }
            let id = text[..<space]
            return id.count == 40 || id.count == 64 ? (id, text[(space + 1)...], begin) : nil
        }
        return nil
    }

    private static func text(_ id: ArraySlice<UInt8>) -> String? {
        let text = String(decoding: id, as: UTF8.self)
        return Text.isObjectID(text) ? text : nil
    }
}
