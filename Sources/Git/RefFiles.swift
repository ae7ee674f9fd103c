internal import POSIX

/// Branches as files of a common dir (gitrepository-layout(5), `refs` and `packed-refs`); nil means that git must be asked.
package enum RefFiles {
    private static let limit = 1 << 16

    /// The loose file first: it wins over the packed ref, and is removed only when that one is written.
    package static func id(of ref: String, in commonDirectory: String) -> String? {
        let bytes: [UInt8]
        do {
            let path = Path.join(commonDirectory, ref)
            bytes = try Files.read(path, limit: limit, ending: [0x0A], followingLinks: false)
        } catch {
            return error.isNotFound ? PackedRefs(in: commonDirectory)?.id(of: ref) : nil
        }
        let id = Text.line(bytes)
        return Text.isObjectID(id) ? id : nil
    }
}
