internal import POSIX

/// The counts as last added up, and how far the journal is included: both change by one rename, so nothing is counted
/// twice.
struct CountsFile {
    private static let version = "git-pool-stats"

    /// Seconds since 1970.
    var since: Int64
    var counts = Counts()
    var history = UseHistory()
    /// The journal that was added up last, and its bytes that are in.
    var journal = (id: "", bytes: 0)

    enum Reading {
        case found(CountsFile)
        case none
        /// A newer version's, which is left alone.
        case unknown
    }

    static func path(_ pool: Pool) -> String { Path.join(pool.directory, "stats") }

    static func read(_ pool: Pool) -> Reading {
        guard let bytes = try? Files.read(path(pool), limit: 1 << 20) else { return .none }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard let first = lines.first, first.hasPrefix(version + " ") else { return .none }
        guard first == version + " 1" else { return .unknown }
        // One that is torn counts from the start: nothing depends on it.
        guard lines.last == "end", let file = CountsFile(lines.dropFirst().dropLast()) else { return .none }
        return .found(file)
    }

    /// Begins with what there is.
    init(beginningWith slots: [Slot], at now: Int64) {
        since = slots.compactMap { $0.record?.createdAt }.min() ?? now
    }

    private init?(_ lines: ArraySlice<Substring>) {
        since = 0
        for line in lines {
            let words = line.split(separator: " ")
            guard let key = words.first, words.count > 1 else { return nil }
            switch key {
            case "use":
                guard history.read(words) else { return nil }
            case "journal":
                guard words.count == 3, let bytes = Int(words[2]), bytes >= 0 else { return nil }
                journal = (String(words[1]), bytes)
            case "since":
                guard let time = Int64(words[1]) else { return nil }
                since = max(0, time)
            default:
                guard let field = Counts.names.first(where: { $0.name == key }), let count = Int64(words[1]), count >= 0
                else { return nil }
                counts[keyPath: field.path] = count
            }
        }
    }

    func write(_ pool: Pool, at now: Int64) throws {
        var lines = ["\(CountsFile.version) 1", "since \(since)"]
        if !journal.id.isEmpty { lines.append("journal \(journal.id) \(journal.bytes)") }
        lines += Counts.names.map { "\($0.name) \(counts[keyPath: $0.path])" } + history.lines(at: now) + ["end"]
        try Files.replace(CountsFile.path(pool), Array(lines.map { $0 + "\n" }.joined().utf8))
    }

    /// Adds what a journal tells and this file does not have yet: not what a record still has, which counts there, nor
    /// a save that is still there.
    /// - Returns: what was left out and must not be forgotten: saves whose end nobody saw.
    mutating func add(
        _ contents: Journal.Contents, _ slots: [Slot], _ saves: Set<JournalLine>, at now: Int64
    ) -> [JournalLine] {
        let leases = Set(slots.compactMap { $0.record?.lease?.id })
        let standing = Set(slots.compactMap { $0.record?.id })
        var rest: [JournalLine] = []
        for line in contents.lines(from: contents.id == journal.id ? journal.bytes : 0) {
            switch line {
            case .lease(let facts):
                if leases.contains(facts.id) { continue }
                counts.add(facts)
                history.add(from: facts.from, to: facts.to, at: now)
            case .slot(let id):
                if !standing.contains(id) { counts.slots &+= 1 }
            case .save:
                if saves.contains(line) { rest.append(line) } else { counts.saves &+= 1 }
            }
        }
        journal = (contents.id, contents.size)
        return rest
    }
}
