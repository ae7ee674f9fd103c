internal import POSIX

/// Branches as files of a common dir (gitrepository-layout(5), `refs` and `packed-refs`); nil means that git must be asked.
package enum RefFiles {
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
    package static func id(of ref: String, in commonDirectory: String) -> String? {
        if Files.exists(Path.join(commonDirectory, ref)) { return loose(ref, in: commonDirectory) }
        return PackedRefs(in: commonDirectory)?.id(of: ref)
    }
}
