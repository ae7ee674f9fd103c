internal import Git
internal import POSIX

/// A tree that probably has the wanted files. It is not trusted: a file is copied only if its bytes hash to the right
/// object id, or if it is provably as we made it. So a donor may be dirty, in use, or vanish at any moment.
struct Donor: Equatable {
    let tree: String
    let admin: AdminDirectory
    /// When files that are the wanted ones for sure were made; empty if that is not known.
    let proven: Range<Int64>

    private struct Candidate {
        let donor: Donor
        /// The lowest is the nearest.
        var rank: Int
        let lastUsedAt: Int64
    }

    /// The nearest on the disk that holds `root`: a slot made of the same tree, the main worktree, another slot, and idle
    /// before leased. Nil where there is none.
    init?(for wanted: String, at commit: String, in pool: Pool, except number: Int, root: String) {
        let slots = ((try? pool.peek()) ?? []).filter { $0.number != number }
        let candidates =
            slots.compactMap { Donor.candidate($0, for: wanted, at: commit, in: pool) }
            + [Donor.mainWorktree(at: commit, in: pool)].compactMap { $0 }
        let device = (try? Files.status(root))?.device
        let standing = candidates.compactMap { candidate -> Candidate? in
            guard let status = try? Files.status(candidate.donor.tree), status.kind == .directory else { return nil }
            var candidate = candidate
            // On another disk no block can be shared.
            if status.device != device { candidate.rank += 100 }
            return candidate
        }
        guard let best = standing.min(by: { ($0.rank, -$0.lastUsedAt) < ($1.rank, -$1.lastUsedAt) }) else { return nil }
        self = best.donor
    }

    private static func candidate(
        _ slot: Slot, for wanted: String, at commit: String, in pool: Pool
    ) -> Candidate? {
        switch slot.state {
        case .idle, .leased, .expiring, .orphaned: break
        case .warming, .leasing, .releasing, .cleaning, .trash, .broken: return nil
        }
        guard let record = slot.record, !record.admin.isEmpty else { return nil }
        let isIdle = slot.state == .idle
        let birth = Birth(of: slot.number, in: pool).flatMap { birth in
            birth.tree == wanted && (try? Files.status(record.path))?.inode == birth.inode ? birth : nil
        }
        let left = isIdle ? record.head : record.lease?.start
        var rank = birth != nil || left == commit ? 0 : 10
        // Build output comes from an idle slot, and only beside the files that it was built of.
        if isIdle, pool.settings.clone.takesIgnoredFiles { rank -= 20 }
        if birth == nil { rank += 3 }
        if !isIdle { rank += 1 }
        let donor = Donor(tree: record.path, admin: pool.admin(record), proven: birth?.time ?? 0..<0)
        return Candidate(donor: donor, rank: rank, lastUsedAt: record.lastUsedAt)
    }

    /// Nil for a bare repository.
    private static func mainWorktree(at commit: String, in pool: Pool) -> Candidate? {
        let admin = AdminDirectory(pool.repository.commonDirectory)
        guard !pool.repository.isBare, pool.mainTree != admin.path else { return nil }
        return Candidate(
            donor: Donor(tree: pool.mainTree, admin: admin, proven: 0..<0), rank: pool.isMainAt(commit) ? 2 : 12,
            lastUsedAt: 0)
    }

    private init(tree: String, admin: AdminDirectory, proven: Range<Int64>) {
        self.tree = tree
        self.admin = admin
        self.proven = proven
    }
}

extension Pool {
    /// Whether the main worktree stands at a commit, as far as that is known without asking git.
    fileprivate func isMainAt(_ commit: String) -> Bool {
        guard let head = repository.head else { return false }
        switch AdminDirectory(repository.commonDirectory).head {
        case .branch(let ref): return head.name == ref && head.commit == commit
        case .detached(let id): return id == commit
        case nil: return false
        }
    }
}
