internal import Glibc

/// Tells whether a file was written since it was looked at: a change of its bytes, or another file in its place,
/// changes the mark.
package struct FileMark: Sendable, Equatable {
    private let numbers: [Int64]

    init(_ raw: stat) {
        numbers = [
            Int64(raw.st_size), Int64(truncatingIfNeeded: raw.st_ino), Int64(raw.st_mode),
            Int64(raw.st_mtim.tv_sec), Int64(raw.st_mtim.tv_nsec), Int64(raw.st_ctim.tv_sec),
            Int64(raw.st_ctim.tv_nsec),
        ]
    }

    /// Of what stands at `path`; nil where nothing does.
    package init?(_ path: String) {
        var raw = stat()
        guard unsafe lstat(path, &raw) == 0 else { return nil }
        self.init(raw)
    }

    /// Of whatever stands at `path`, or at the end of the links there. It is opened: a network file system answers
    /// stat(2) from memory for a minute, open(2) never (nfs(5), "close-to-open").
    package init(opening path: String) throws(SystemError) {
        let file = try Descriptor(opening: path, for: .readAtOnce)
        var raw = stat()
        guard unsafe fstat(file.number, &raw) == 0 else { throw .last("fstat", path) }
        self.init(raw)
    }

    /// Whether bytes, name and permissions were last changed longer ago than this, by the one stamp nobody can set: where
    /// that is more than a tick of the file system's clock, a later change makes another mark.
    package func isOlder(thanMilliseconds age: Int64) -> Bool {
        (Clock.wallNanoseconds() &- (numbers[5] &* 1_000_000_000 &+ numbers[6])) / 1_000_000 > age
    }

    /// Whether its time was set, as whatever copies a file with its times does: one that is written and then renamed has
    /// the same stamp twice, but for a moment.
    package var isBackdated: Bool { numbers[5] &- numbers[3] > 1 }

    package var text: String {
        numbers.reduce(into: "") { text, number in text += (text.isEmpty ? "" : ",") + String(number) }
    }

    /// Nil unless `text` is a mark's.
    package init?(text: some StringProtocol) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Int64($0) }
        guard parts.count == 7, !parts.contains(nil) else { return nil }
        numbers = parts.compactMap { $0 }
    }
}
