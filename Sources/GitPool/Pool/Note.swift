internal import Git
internal import POSIX

/// A file of one line of words, of what was found out once: nothing depends on it, and one that is not as it should be
/// says nothing.
struct Note {
    let path: String

    /// Nil unless there are as many; the last one may have spaces in it.
    func words(_ count: Int) -> [String]? {
        guard let bytes = try? Files.read(path, limit: 4096) else { return nil }
        let words = Text.line(bytes).split(separator: " ", maxSplits: count - 1).map(String.init)
        return words.count == count ? words : nil
    }

    func write(_ words: String...) throws(SystemError) {
        try Files.replace(path, Array((words.joined(separator: " ") + "\n").utf8))
    }
}
