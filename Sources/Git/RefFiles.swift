internal import POSIX

/// Branches as files of a common dir (gitrepository-layout(5), `refs` and `packed-refs`); nil means that git must be asked.
package enum RefFiles {
    /// A file of this size is read in less time than a child takes; with more refs git's own search is the faster one.
    private static let limit = 1 << 16

    /// The id in a loose ref, nil where there is none.
    package static func loose(_ ref: String, in commonDirectory: String) -> String? {
        let path = Path.join(commonDirectory, ref)
        guard (try? Files.status(path))?.kind == .file, let bytes = try? Files.read(path, limit: limit) else {
            return nil
        }
        let id = Text.line(bytes)
        return Text.isObjectID(id) ? id : nil
    }

    /// The loose file first: it wins over the packed ref, and is removed only when that one is written.
    static func id(of ref: String, in commonDirectory: String) -> String? {
        if Files.exists(Path.join(commonDirectory, ref)) { return loose(ref, in: commonDirectory) }
        guard let packed = try? Files.read(Path.join(commonDirectory, "packed-refs"), limit: limit) else { return nil }
        let name = Array(ref.utf8)
        for line in packed.split(separator: 0x0A) where line.count > name.count && line.suffix(name.count) == name[...]
        {
            let start = line.endIndex - name.count
            guard line[start - 1] == 0x20 else { continue }
            let id = String(decoding: line[..<(start - 1)], as: UTF8.self)
            if Text.isObjectID(id) { return id }
        }
        return nil
    }
}
