internal import Git
internal import POSIX

/// A tree that probably has the wanted files. It is not trusted: a file is copied only if its bytes hash to the right
/// object id, or if it is provably as we made it. So a donor may be dirty, in use, or vanish at any moment.
struct Donor: Equatable {
    let tree: String
    let admin: AdminDirectory
    /// When files that are the wanted ones for sure were made; empty if that is not known.
    let proven: Range<Int64>

    /// The nearest on the disk that holds `root`: a slot made of the same tree, the main worktree, another slot, and idle
    /// before leased. Nil where there is none.
    init?(for wanted: String, at commit: String, in pool: Pool, except number: Int, root: String) {
        let device = (try? Files.status(root))?.device
        var best: (donor: Donor, rank: Int, lastUsedAt: Int64)?
        func add(_ donor: Donor, _ rank: Int, isNear: Bool, _ lastUsedAt: Int64) {
            guard let status = try? Files.status(donor.tree), status.kind == .directory else { return }
            // On another disk no block can be shared.
            let rank = rank + (isNear ? 0 : 10) + (status.device == device ? 0 : 100)
            if let best, (best.rank, -best.lastUsedAt) <= (rank, -lastUsedAt) { return }
            best = (donor, rank, lastUsedAt)
        }
        for slot in (try? pool.peek()) ?? [] where slot.number != number {
            guard let record = slot.record, !record.admin.isEmpty else { continue }
            let isIdle = slot.state == .idle
            switch slot.state {
            case .idle, .leased, .expiring, .orphaned: break
            case .warming, .leasing, .releasing, .cleaning, .trash, .broken: continue
            }
            let birth = Birth(of: slot.number, in: pool).flatMap { birth in
                birth.tree == wanted && (try? Files.status(record.path))?.inode == birth.inode ? birth : nil
            }
            let donor = Donor(tree: record.path, admin: pool.admin(record), proven: birth?.time ?? 0..<0)
            let left = isIdle ? record.head : record.lease?.start
            // Build output comes from an idle slot, and only beside the files that it was built of.
            let first = isIdle && pool.settings.clone.takesIgnoredFiles ? -20 : 0
            add(
                donor, first + (birth == nil ? 3 : 0) + (isIdle ? 0 : 1), isNear: birth != nil || left == commit,
                record.lastUsedAt)
        }
        if !pool.repository.isBare {
            let admin = AdminDirectory(pool.repository.commonDirectory)
            let main = pool.mainTree
            if main != admin.path {
                add(Donor(tree: main, admin: admin, proven: 0..<0), 2, isNear: pool.isMainAt(commit), 0)
            }
        }
        guard let best else { return nil }
        self = best.donor
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
