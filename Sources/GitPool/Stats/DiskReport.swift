internal import Git
package import POSIX

/// What the pool's worktrees take of the disk, beside what one of them takes with all that it builds.
package struct DiskReport: Sendable {
    package let worktrees: Int
    /// What git has checked out, in all worktrees.
    package let source: Int64
    /// What else lies in them: ignored and untracked files.
    package let output: Int64
    /// The pool's own folder of caches.
    package let caches: Int64
    /// All of it, with blocks that several files share counted once.
    package let real: Int64
    package let fileSystem: FileSystem?

    /// The number of leases that are to fit into the space of two.
    package static let aim = 30

    package var shared: Int64 { source + output + caches - real }

    /// One worktree with its build output, and the caches that it uses.
    package var one: Int64 { worktrees == 0 ? 0 : (source + output) / Int64(worktrees) + caches }
    package var sourceOfOne: Int64 { worktrees == 0 ? 0 : source / Int64(worktrees) }
    package var outputOfOne: Int64 { one - sourceOfOne }

    /// What each further worktree takes, as those that are there show; of a single one nobody can tell.
    package var another: Int64? { worktrees < 2 ? nil : max(0, (real - one) / Int64(worktrees - 1)) }
    /// What as many as there are to be would take.
    package var expected: Int64? { another.map { one + Int64(DiskReport.aim - 1) * $0 } }

    /// Below twice one: S + A + 29 x what each further one takes < 2 (S + A).
    package var fits: Bool? { expected.map { $0 < 2 * one } }
    /// The most that each further one may take for that.
    package var mostForAnother: Int64 { one / Int64(DiskReport.aim - 1) }
    /// Whether sharing the output alone would do: 30 S + A < 2 (S + A), so A > 28 S.
    package var sharingWouldDo: Bool { outputOfOne > Int64(DiskReport.aim - 2) * sourceOfOne }

    package init(of pool: Pool) throws {
        let records = try pool.peek().compactMap(\.record).filter { Files.isDirectory($0.path) }
        var usage = DiskUsage()
        var (source, output) = (Int64(0), Int64(0))
        for record in records {
            let sums = usage.add(record.path, apart: DiskReport.others(record, pool))
            source += sums.rest
            output += sums.apart
        }
        let folder = pool.cacheFolder?.path
        caches = folder.map { usage.add($0).rest } ?? 0
        worktrees = records.count
        (self.source, self.output) = (source, output)
        real = usage.real
        fileSystem = records.first.map { FileSystem(holding: $0.root) }
    }

    /// What git does not have in a worktree; folders of such files by their own names. Nothing where git might never tell.
    private static func others(_ record: SlotRecord, _ pool: Pool) -> Set<[UInt8]> {
        guard !RemoteMounts.areBelow(record.path) else { return [] }
        let git = pool.git(in: record, lock: nil)
        guard let listed = try? git.run(["ls-files", "-o", "--directory", "-z"]) else { return [] }
        return Set(Text.records(listed).map { Array($0.last == UInt8(ascii: "/") ? $0.dropLast() : $0) })
    }
}
