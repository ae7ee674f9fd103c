internal import Git
internal import POSIX

/// Files that two live leases have both changed since they left their bases, and the conflicts that a merge of the two
/// would have.
package struct Overlap: Sendable, Equatable {
    /// The other lease.
    package let name: String
    /// Changed by both, committed or not.
    package let paths: [String]
    /// In which the commits of both would conflict; nil where that was not tried.
    package let conflicts: [String]?
}

/// All overlaps among live leases, as they are now, before anybody merges. Two git commands a lease; merges are tried
/// only of pairs that have a file in common, and of so many only.
package struct Overlaps: Sendable {
    private var byNumber: [Int: [Overlap]] = [:]
    private var baseConflicts: [Int: [String]] = [:]

    private struct Changes {
        let slot: Slot
        let name: String
        let head: String
        let paths: Set<[UInt8]>
    }

    private static let mostMerges = 200

    package init(among slots: [Slot], in pool: Pool) {
        let git = pool.git.with(["GIT_OPTIONAL_LOCKS": "0"])
        let changes = slots.compactMap { Overlaps.changes(in: $0, pool, git) }.filter { !$0.paths.isEmpty }
        var left = Overlaps.mostMerges
        for (index, one) in changes.enumerated() {
            for other in changes[(index + 1)...] {
                let common = one.paths.intersection(other.paths)
                guard !common.isEmpty else { continue }
                left -= 1
                let conflicts = left >= 0 ? Overlaps.conflicts(one.head, other.head, git) : nil
                add(one, other, common, conflicts)
                add(other, one, common, conflicts)
            }
            guard let base = one.slot.lease?.base, let tip = pool.tip(of: base), tip != one.slot.lease?.start else {
                continue
            }
            left -= 1
            if left >= 0 { baseConflicts[one.slot.number] = Overlaps.conflicts(tip, one.head, git) }
        }
    }

    /// With the other live leases.
    package func of(_ slot: Slot) -> [Overlap] { byNumber[slot.number] ?? [] }

    /// In which the lease's commits and its base as it is now would conflict.
    package func withBase(_ slot: Slot) -> [String] { baseConflicts[slot.number] ?? [] }

    package var isEmpty: Bool { byNumber.isEmpty && baseConflicts.values.allSatisfy(\.isEmpty) }

    private mutating func add(_ one: Changes, _ other: Changes, _ common: Set<[UInt8]>, _ conflicts: [String]?) {
        let paths = common.map { String(decoding: $0, as: UTF8.self) }.sorted()
        byNumber[one.slot.number, default: []].append(Overlap(name: other.name, paths: paths, conflicts: conflicts))
    }

    private static func changes(in slot: Slot, _ pool: Pool, _ git: Git) -> Changes? {
        guard slot.state.counts, slot.state != .leasing, let record = slot.record, let lease = record.lease,
            Files.exists(record.path), !RemoteMounts.areBelow(record.path)
        else { return nil }
        let git = git.at(.exactly(gitDirectory: pool.admin(record).path, workTree: record.path))
        guard let head = (try? git.resolve("HEAD^{commit}")) ?? nil else { return nil }
        var found: Set<[UInt8]> = []
        // A base that is gone leaves the commit the lease started from.
        let base = lease.base.flatMap { pool.tip(of: $0) } ?? lease.start
        for words in [
            [
                "diff", "--name-only", "--no-renames", "--no-ext-diff", "--ignore-submodules=dirty", "-z",
                "--merge-base", base,
            ],
            ["ls-files", "-o", "--exclude-standard", "-z"],
        ] {
            guard let outcome = try? git.attempt(words), outcome.isSuccess else { continue }
            found.formUnion(Text.records(outcome.output).map { Array($0) })
        }
        return Changes(slot: slot, name: lease.name, head: head, paths: found)
    }

    /// Nil where git has no merge without a worktree (before 2.38), or could not try.
    private static func conflicts(_ one: String, _ other: String, _ git: Git) -> [String]? {
        let words = ["merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", one, other]
        guard let outcome = try? git.attempt(words) else { return nil }
        switch outcome.termination {
        case .exited(0): return []
        // The tree's id comes first, then the files.
        case .exited(1):
            return Text.records(outcome.output).dropFirst().filter { !$0.isEmpty }.map {
                String(decoding: $0, as: UTF8.self)
            }
        case .exited, .signalled: return nil
        }
    }
}
