internal import POSIX

/// What has ended since the counts were last added up: lines that are only appended, each by one write under the pool
/// lock, which the end of a lease holds anyway.
///
/// Nothing is fsynced: after a power cut the newest lines may be missing, and on a full disk a line is dropped rather
/// than a release held up.
struct Journal {
    let path: String

    init(_ pool: Pool) { path = Path.join(pool.directory, "stats.log") }

    func add(_ line: JournalLine) {
        guard let file = try? Descriptor(opening: path, for: .append), let size = try? Files.status(of: file).size
        else { return }
        // Where nobody adds it up, such as beside the counts of a newer version, it does not grow for ever.
        guard size < 1 << 22 else { return }
        // Two journals are told apart by their first line, so that none is added up twice.
        let text = size == 0 ? RandomID.make() + "\n" : ""
        // A line that a power cut tore ends here.
        try? file.write(Array((text + "\n" + line.text + "\n").utf8))
    }

    /// Begins anew, with what is not added up yet.
    func restart(with lines: [JournalLine]) throws {
        guard !lines.isEmpty else { return try Files.unlink(path) }
        let text = ([RandomID.make()] + lines.map(\.text)).map { $0 + "\n" }.joined()
        try Files.replace(path, Array(text.utf8))
    }

    /// What is no journal, after a power cut, makes way for one.
    func setAside() throws { try Files.rename(path, path + ".torn") }

    /// How much there is.
    var size: Int64 { (try? Files.status(path).size) ?? 0 }

    /// Nil where there is none, or what is there is no journal.
    func read() -> Contents? {
        guard let bytes = try? Files.read(path, limit: 1 << 26), let end = bytes.firstIndex(of: 0x0A),
            let id = String(validating: bytes[..<end], as: UTF8.self), JournalLine.isID(id)
        else { return nil }
        return Contents(id: id, bytes: bytes)
    }

    struct Contents {
        let id: String
        fileprivate let bytes: [UInt8]

        var size: Int { bytes.count }

        /// Each once, from a byte on; what nobody understands is passed over.
        func lines(from start: Int) -> Set<JournalLine> {
            let texts = bytes.dropFirst(max(start, id.utf8.count)).split(separator: 0x0A)
            return Set(texts.compactMap { String(validating: $0, as: UTF8.self).flatMap { JournalLine($0) } })
        }
    }
}
