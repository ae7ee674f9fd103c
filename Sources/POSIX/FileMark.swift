internal import Glibc

/// What tells whether a file was written since it was looked at: whatever changes its bytes or puts another file in its
/// place changes the mark.
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

    /// Whether the last change is longer ago than any file system's clock takes for one tick: a later one makes another
    /// mark.
    package var isOld: Bool {
        let age = Clock.wallNanoseconds() &- (numbers[5] &* 1_000_000_000 &+ numbers[6])
        return age > 100_000_000
    }

    package var text: String { numbers.map { String($0) }.joined(separator: ",") }

    /// Nil unless `text` is a mark's.
    package init?(text: some StringProtocol) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Int64($0) }
        guard parts.count == 7, !parts.contains(nil) else { return nil }
        numbers = parts.compactMap { $0 }
    }
}
