internal import POSIX

/// What a keeper did, one line an event: two files of a bounded size, and never the reason for a failure.
package struct KeeperLog {
    static let limit: Int64 = 65_536

    static let shown = 10

    private let path: String
    /// Of each slot: a failure that repeats is told once.
    private var last: [Int: String] = [:]

    package init(_ path: String) { self.path = path }

    package func add(_ line: String) {
        if let file = try? Files.status(path), file.size > KeeperLog.limit { try? Files.rename(path, path + ".old") }
        let text = line.split(whereSeparator: \.isNewline).joined(separator: " ") + "\n"
        // In a repository that is gone this fails, as it should.
        try? Descriptor(opening: path, for: .append).write(Array(text.utf8))
    }

    /// The last lines, in the order they were written.
    static func tail(_ path: String) -> [String] {
        var lines: [String] = []
        for file in [path + ".old", path] {
            let bytes = (try? Files.read(file, limit: Int(limit) * 4)) ?? []
            lines += bytes.split(separator: 0x0A).suffix(shown).map { String(decoding: $0, as: UTF8.self) }
        }
        return lines.suffix(shown)
    }

    package mutating func add(_ line: String, about report: Pool.CollectReport) {
        let story = "\(report.from) \(report.to?.rawValue ?? "") \(report.failure.map { "\($0)" } ?? "")"
        guard last.updateValue(story, forKey: report.number) != story else { return }
        if report.from != report.to || report.failure != nil { add(line) }
    }
}
