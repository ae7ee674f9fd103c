internal import Git
internal import POSIX

/// An included file that was not copied, or was left as it was; one notice covers all of a kind.
package struct IncludeNotice: Sendable, Equatable {
    package enum Reason: Sendable, Equatable {
        /// There is no main worktree to copy from.
        case noMainWorktree
        /// git would take the copy for work of the session.
        case notIgnored
        case obstructed
        case repository
        /// Written in the slot since it was copied, or never copied by us.
        case changedHere
        case unreadable
    }

    package let reason: Reason
    package let count: Int
    package let sample: String
}

/// Includes: a copy is made where nothing stands, and made anew where our last copy still stands untouched. Anything else
/// is the session's, and so is every file that git does not ignore in the slot.
extension Pool {
    func copyIncludes(_ record: SlotRecord, _ git: Git) throws -> [IncludeNotice] {
        guard let main = mainTreeIfAny, main != record.path else {
            guard mainTreeIfAny == nil, !settings.setup.includes.isEmpty else { return [] }
            return [IncludeNotice(reason: .noMainWorktree, count: settings.setup.includes.count, sample: "")]
        }
        guard let list = try IncludeList(self, in: main) else { return [] }
        var work = IncludeWork(pool: self, record: record, main: main)
        for path in try list.paths(self) { work.look(at: path) }
        try work.drop(unless: { try ignored($0, git) })
        try work.write()
        faults.reach(.setupIncluded)
        return work.notices
    }

    /// Of these paths, those that git ignores here and does not track.
    private func ignored(_ paths: [[UInt8]], _ git: Git) throws -> Set<[UInt8]> {
        let words = ["check-ignore", "-z", "--stdin"]
        let outcome = try git.attempt(words, input: Text.terminated(paths))
        switch outcome.termination {
        case .exited(0), .exited(1): return Set(Text.records(outcome.output).map { Array($0) })
        default: throw git.failure(words, outcome)
        }
    }
}

/// The copying of one slot's includes, from the first look to the last record.
private struct IncludeWork {
    private let record: SlotRecord
    private let main: String
    private let place: String
    private var known: IncludeRecord
    /// In the order of the list; true for a copy that is replaced.
    private var wanted: [(path: [UInt8], file: FileCopy, replacing: Bool)] = []
    private var left: [(reason: IncludeNotice.Reason, path: [UInt8])] = []
    private var isKnownAnew = false

    init(pool: Pool, record: SlotRecord, main: String) {
        self.record = record
        self.main = main
        place = pool.includeRecordPath(record.slot)
        known = IncludeRecord(reading: place, record)
    }

    var notices: [IncludeNotice] {
        var notices: [IncludeNotice] = []
        for (reason, path) in left where !notices.contains(where: { $0.reason == reason }) {
            let count = left.count { $0.reason == reason }
            notices.append(
                IncludeNotice(reason: reason, count: count, sample: String(decoding: path, as: UTF8.self)))
        }
        return notices
    }

    mutating func look(at path: [UInt8]) {
        guard path.last != UInt8(ascii: "/") else { return left.append((.repository, path)) }
        guard let file = FileCopy(from: main, to: record.path, path) else { return left.append((.obstructed, path)) }
        do {
            let marks = try file.look()
            guard let source = marks.source else { return }
            guard let copy = marks.copy else { return wanted.append((path, file, false)) }
            if known.pending.contains(path) || known[path]?.copy == copy {
                if known[path]?.source != source || known.pending.contains(path) { wanted.append((path, file, true)) }
            } else if try file.isEqual() {
                known.note(path, .init(source: source, copy: copy))
                isKnownAnew = true
            } else {
                left.append((.changedHere, path))
            }
        } catch {
            refuse(error, path)
        }
    }

    private mutating func refuse(_ refusal: FileCopy.Refusal, _ path: [UInt8]) {
        switch refusal {
        case .obstructed: left.append((.obstructed, path))
        case .repository: left.append((.repository, path))
        case .failed: left.append((.unreadable, path))
        }
    }

    /// Drops what is not ignored in the slot: tracked files are never ignored.
    mutating func drop(unless ignored: ([[UInt8]]) throws -> Set<[UInt8]>) throws {
        guard !wanted.isEmpty else { return }
        let allowed = try ignored(wanted.map(\.path))
        left += wanted.filter { !allowed.contains($0.path) }.map { (.notIgnored, $0.path) }
        wanted.removeAll { !allowed.contains($0.path) }
    }

    /// The intention is written down first: after a kill a file cut short is known for ours.
    mutating func write() throws {
        guard !wanted.isEmpty || isKnownAnew else { return }
        known.pending.formUnion(wanted.map(\.path))
        if !wanted.isEmpty { try known.write(to: place) }
        for (path, file, replacing) in wanted {
            do {
                // The source's mark is the older one: what is written to it meanwhile makes the next copy.
                guard let source = try file.look().source else { continue }
                known.note(path, .init(source: source, copy: try file.write(replacing: replacing)))
            } catch {
                if case .failed(let error) = error, error.isDiskFull { throw error }
                refuse(error, path)
                known.pending.remove(path)
            }
        }
        try known.write(to: place)
    }
}
