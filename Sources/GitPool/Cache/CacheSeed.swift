internal import Git
internal import POSIX

/// In mode `clone`, a new slot's caches start as copies of warm ones. Nothing depends on them: what cannot be copied
/// correctly is left out.
///
/// Build tools compare times, so a copy is kept only if nothing in it has changed since the slot was begun, and every
/// file of the slot that is older than that is the one the cache was built from.
struct CacheSeed {
    let pool: Pool
    let record: SlotRecord
    /// At the new worktree.
    let git: Git

    private struct Source {
        let tree: String
        /// Nil for the main worktree.
        let record: SlotRecord?
    }

    func run() {
        let mustCopy = FileSystem(holding: record.root).cannotClone
        let plans = pool.settings.caches.plans.filter { plan in
            plan.mode == .clone && (plan.wish.mode == .clone || !mustCopy) && plan.isUsed(in: record.path)
        }
        guard !plans.isEmpty else { return }
        let sources = sources
        for plan in plans {
            guard let target = place(plan, record) else { continue }
            // Only the nearest: a disk that cannot share blocks with it cannot with the next one either.
            for source in sources {
                guard let warm = place(plan, source), Files.isDirectory(warm) else { continue }
                copy(warm, to: target, beside: source.tree, mayCopy: plan.wish.mode == .clone)
                break
            }
        }
    }

    /// Idle slots first, those used last before others, then leased ones, then the main worktree.
    private var sources: [Source] {
        let slots = ((try? pool.peek()) ?? []).filter { slot in
            switch slot.state {
            case .idle, .leased, .expiring, .orphaned: slot.number != record.slot
            case .warming, .leasing, .releasing, .cleaning, .trash, .broken: false
            }
        }
        func rank(_ slot: Slot) -> (Int, Int64) { (slot.state == .idle ? 0 : 1, -(slot.record?.lastUsedAt ?? 0)) }
        let trees = slots.sorted { rank($0) < rank($1) }.compactMap(\.record).map { Source(tree: $0.path, record: $0) }
        return trees + (pool.repository.isBare ? [] : [Source(tree: pool.mainTree, record: nil)])
    }

    private func place(_ plan: CachePlan, _ source: Source) -> String? {
        if let record = source.record { return place(plan, record) }
        guard plan.isToolsOwn, case .tree(let path) = plan.preset?.home else { return nil }
        return Path.join(source.tree, path)
    }

    private func place(_ plan: CachePlan, _ record: SlotRecord) -> String? {
        if plan.isToolsOwn, case .tree(let path) = plan.preset?.home { return Path.join(record.path, path) }
        return pool.cacheFolder.flatMap {
            plan.directory(of: record, in: $0, home: pool.environment["HOME"])
        }
    }

    private func copy(_ warm: String, to target: String, beside tree: String, mayCopy: Bool) {
        guard let parent = Path.parent(target), (try? Files.makeDirectories(parent)) != nil,
            (try? Files.makeDirectory(target, mode: 0o777)) != nil
        else { return }
        do {
            guard isIgnored(target) else { throw TreeCopy.Refusal() }
            try TreeCopy.make(from: warm, to: target, sharesOnly: !mayCopy)
            guard try isOlder(warm, beside: tree) else { throw TreeCopy.Refusal() }
        } catch {
            try? Directory.removeTree(target)
        }
    }

    /// What git would show as untracked is none of ours to make.
    private func isIgnored(_ target: String) -> Bool {
        guard Path.contains(record.path, target) else { return true }
        let path = target.dropFirst(record.path.count + 1) + "/"
        return (try? git.attempt(["check-ignore", "-q", "--", String(path)]).isSuccess) ?? false
    }

    private func isOlder(_ warm: String, beside tree: String) throws -> Bool {
        let built = BuiltBeside(tree: record.path, git: git)
        guard let begun = built.begun, try TreeCopy.lastChange(in: warm) < begun else { return false }
        return try built.holds(for: tree)
    }
}
