internal import POSIX

/// What a keeper did, one line an event: two files of a bounded size, and never the reason for a failure.
package struct KeeperLog {
    static let limit: Int64 = 65_536

    static let shown = 10

    private let path: String

    package init(_ path: String) { self.path = path }

    package func add(_ line: String) {
        if let file = try? Files.status(path), file.size > KeeperLog.limit { try? Files.rename(path, path + ".old") }
        // In a repository that is gone this fails, as it should.
        try? Descriptor(opening: path, for: .append).write(Array((KeeperLog.joined(line) + "\n").utf8))
    }

    /// Adds what is more than that a slot stays as it was.
    package func add(_ line: String, about report: Pool.CollectReport) {
        if report.failure != nil { addOnce(line) } else if report.from != report.to { add(line) }
    }

    /// Adds a failure that may repeat: it is told once, whichever process meets it, until something else is told of the
    /// same subject, which is what stands between the time and the colon.
    package func addOnce(_ line: String) {
        func story(_ line: String) -> Substring { line.drop { $0 != " " } }
        let (new, path) = (story(KeeperLog.joined(line)), path)
        let subject = new.prefix { $0 != ":" } + ":"
        let old = [path, path + ".old"].lazy.compactMap { file in
            KeeperLog.lines(file).map(story).last { $0.hasPrefix(subject) }
        }
        if old.first != new { add(line) }
    }

    /// The last lines, in the order they were written.
    static func tail(_ path: String) -> [String] {
        [path + ".old", path].flatMap { lines($0).suffix(shown) }.suffix(shown)
    }

    private static func lines(_ file: String) -> [String] {
        let bytes = (try? Files.read(file, limit: Int(limit) * 4)) ?? []
        return bytes.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func joined(_ line: String) -> String {
        line.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
