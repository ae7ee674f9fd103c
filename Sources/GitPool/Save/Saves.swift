internal import Git
internal import POSIX

/// One save, as its commit's trailers tell.
package struct Saved: Sendable {
    package let ref: String
    package let id: String
    package let name: String
    package let lease: String
    package let kind: String
    package let branch: String?
    package let base: String?
    package let head: String?
    package let operation: String?
    /// Seconds since 1970.
    package let savedAt: Int64
    /// Nanoseconds since 1970, which tell saves of one second apart; 0 where nobody wrote them down.
    let moment: Int64

    /// The refs of all saves.
    static let folder = "refs/pool/saved/"

    /// Whether it holds more than commits that nothing else led to.
    package var isOfWork: Bool { kind != SaveCommit.Kind.pinned.rawValue }
}

/// All saves of a pool: the refs under `refs/pool/saved/`, and nothing else.
package struct Saves: Sendable {
    private let pool: Pool
    /// In no worktree: the one that the caller stands in may be behind its fence now.
    private let git: Git

    package init(_ pool: Pool) { (self.pool, git) = (pool, pool.repository.commonGit) }

    /// Newest first.
    package func all() throws -> [Saved] {
        let atoms = ["%(refname)", "%(objectname)", "%(committerdate:unix)", "%(contents)"]
        let format = "--format=" + atoms.joined(separator: "%00") + "%00"
        let bytes = try git.run(["for-each-ref", "--sort=-version:refname", format, Saved.folder])
        // No field can hold a NUL; a line feed follows each record's last one.
        let fields = Text.records(bytes)
        func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
        let saves = stride(from: 0, to: fields.count - 3, by: 4).compactMap { start in
            Saves.parse(
                ref: text(fields[start].drop { $0 == 0x0A }), id: text(fields[start + 1]),
                time: Int64(text(fields[start + 2])) ?? 0, message: fields[start + 3])
        }
        return saves.enumerated().sorted {
            ($0.element.savedAt, $0.element.moment, $1.offset) > ($1.element.savedAt, $1.element.moment, $0.offset)
        }.map(\.element)
    }

    /// Whether git need be asked at all, by what files show: nothing where all are packed.
    package var areInSight: Bool {
        let entries = try? Directory.entries(Path.join(pool.repository.commonDirectory, Saved.folder))
        return entries?.isEmpty == false
    }

    /// Those that last about as long as one that is made now: an older one would be past its time too soon.
    func fresh() throws -> [Saved] {
        let eldest = pool.now() - min(24 * 3600, pool.settings.saveExpire / 30)
        return try all().filter { $0.savedAt >= eldest }
    }

    private static func parse(ref: String, id: String, time: Int64, message: ArraySlice<UInt8>) -> Saved? {
        var trailers: [String: String] = [:]
        // The last paragraph: what stands before it is the user's note. Lines are bytes: a carriage return at the
        // note's end makes one character with the line feed after it.
        let lines = message.split(separator: 0x0A, omittingEmptySubsequences: false)
        let body = lines.reversed().drop(while: \.isEmpty).prefix { !$0.isEmpty }
        for line in body where line.starts(with: "Pool-".utf8) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let value = line[(colon + 1)...].drop { $0 == 0x20 }
            trailers[String(decoding: line[..<colon], as: UTF8.self)] = String(decoding: value, as: UTF8.self)
        }
        guard let name = trailers["Pool-Name"], let lease = trailers["Pool-Lease"] else { return nil }
        return Saved(
            ref: ref, id: id, name: name, lease: lease, kind: trailers["Pool-Kind"] ?? "",
            branch: trailers["Pool-Branch"],
            base: trailers["Pool-Base"], head: trailers["Pool-Head"].flatMap { Text.isObjectID($0) ? $0 : nil },
            operation: trailers["Pool-Operation"],
            savedAt: time, moment: trailers["Pool-Time"].flatMap { Int64($0) } ?? 0)
    }

    /// The save that `<name>[@<n>]` names: the newest of the name, or the n-th from there on, counted from 1.
    /// - Throws: `PoolError.ambiguousSave` for a name with saves of its own that could be the n-th of another.
    package func find(_ selector: String) throws -> Saved? {
        let all = try all()
        let counted = Saves.counted(selector, among: all)
        guard let newest = all.first(where: { $0.name == selector || $0.ref == selector || $0.lease == selector })
        else { return counted }
        if let counted { throw PoolError.ambiguousSave(selector, counted: counted.ref) }
        let work = all.filter { $0.name == selector && $0.isOfWork }
        return try work.first.map { try whole($0, among: work) } ?? newest
    }

    private static func counted(_ selector: String, among all: [Saved]) -> Saved? {
        guard let at = selector.lastIndex(of: "@"), let number = Int(selector[selector.index(after: at)...]), number > 0
        else { return nil }
        let named = all.filter { $0.name == selector[..<at] }
        return number <= named.count ? named[number - 1] : nil
    }

    /// A recycling that came upon more, or was killed half way, has saved that beside what was saved before: of such
    /// saves the one with the most in it.
    private func whole(_ newest: Saved, among saves: [Saved]) throws -> Saved {
        guard newest.kind == SaveCommit.Kind.uncovered.rawValue else { return newest }
        var best = (saved: newest, size: try size(newest))
        for saved in saves.dropFirst() where saved.lease == newest.lease && saved.head == newest.head {
            let size = try size(saved)
            if size > best.size { best = (saved, size) }
        }
        return best.saved
    }

    private func size(_ saved: Saved) throws -> Int {
        guard let head = saved.head else { return 0 }
        return try git.run(["diff-tree", "-r", "--name-only", "--no-renames", "-z", head, saved.id]).count {
            $0 == 0
        }
    }

    /// Forgets a save, if it still is what was looked at.
    package func drop(_ saved: Saved) throws {
        noteSave(saved)
        var transaction = RefTransaction("git-pool: drop")
        transaction.delete(saved.ref, saved.id)
        try transaction.commit(in: git)
    }

    /// What goes was made: that is written down first, as is the end of a lease.
    private func noteSave(_ saved: Saved) {
        guard pool.exists, let line = JournalLine(saved), let guarding = try? pool.lock() else { return }
        Journal(pool).add(line)
        extendLifetime(guarding)
    }

    /// Forgets the saves older than `age` seconds, by default `pool.saveExpire`; a clock that went back expires nothing,
    /// and one that was set forward nothing unless somebody names the age.
    /// - Returns: those that went.
    @discardableResult
    package func dropExpired(olderThan age: Int64? = nil) throws -> [Saved] {
        if age == nil { SaveClock(pool).note() }
        let expired = try expired(olderThan: age)
        for saved in expired { try drop(saved) }
        return expired
    }

    /// Those that `dropExpired` would forget now.
    package func expired(olderThan age: Int64?) throws -> [Saved] {
        let now = pool.now()
        let limit = age ?? pool.settings.saveExpire
        guard age != nil || SaveClock(pool).isProven(for: limit) else { return [] }
        return try all().filter { $0.savedAt > 0 && now - $0.savedAt > limit }
    }
}

extension Pool {
    /// `git pool save`: keeps a live lease's work without ending anything.
    /// - Returns: nil if there was nothing to save.
    package func save(_ number: Int, named name: String, note: String?) throws -> String? {
        guard let claim = try claim(number, waitingFor: name), let lease = claim.record.lease else { return nil }
        guard isPresent(claim.record) else { throw PoolError.broken(name: name, .noWorktree) }
        let judgement = claim.judge(lease)
        guard judgement.findsWork else { return nil }
        return try save(claim.record, lease, lock: claim.lockNumber, kind: .manual, note: note)
    }
}
