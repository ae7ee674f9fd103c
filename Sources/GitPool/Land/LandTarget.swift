internal import Git
internal import POSIX

/// The local branch that work lands in. It moves only from the commit that was merged with, together with the worktree
/// that has it checked out, in one step of git's own, so that index and HEAD there always agree.
struct LandTarget {
    let pool: Pool
    let ref: String

    var name: String { RefName.shortBranch(ref) ?? ref }

    /// - Throws: `PoolError.cannotLand` where the lease's base is no local branch, or there is none of that name.
    init(_ pool: Pool, _ lease: Lease, into: String?) throws {
        func refuse(_ refusal: LandRefusal) -> PoolError { .cannotLand(name: lease.name, refusal) }
        self.pool = pool
        if let into {
            ref = RefName.shortBranch(into) == nil ? RefName.branch(into) : into
            guard try pool.git.attempt(["check-ref-format", ref]).isSuccess else { throw refuse(.noTarget(into)) }
        } else {
            guard let base = lease.base else { throw refuse(.noBase) }
            guard RefName.shortBranch(base) != nil else {
                throw refuse(.remoteBase(base, local: try LandTarget.follower(of: base, pool)))
            }
            ref = base
        }
        guard try tip() != nil else { throw refuse(.noTarget(name)) }
    }

    /// The local branch that has a remote-tracking one as its upstream, if it is the only one.
    private static func follower(of remote: String, _ pool: Pool) throws -> String? {
        let format = "--format=%(upstream) %(refname:short)"
        let lines = Text.lines(try pool.git.run(["for-each-ref", format, "refs/heads"]))
        let found = lines.filter { $0.hasPrefix(remote + " ") }.map { String($0.dropFirst(remote.count + 1)) }
        return found.count == 1 ? found.first : nil
    }

    func tip() throws -> String? { try pool.git.resolve(ref + "^{commit}") }

    /// Why its worktree could not follow from `old` to `new`, as far as can be told without a change: said before the
    /// tests, so that nobody waits for them in vain.
    func obstacle(from old: String, to new: String) throws -> LandRefusal? {
        let checkouts = Worktrees(of: pool.repository).checkouts(ofBranch: ref)
        guard let checkout = checkouts.first else {
            let unnamed = Worktrees(of: pool.repository).holder(ofBranch: ref)
            return unnamed.map { .targetBlocked(target: name, place: $0, [.pathOfNoText]) }
        }
        let place = checkout.tree ?? checkout.admin.path
        func blocked(_ obstacles: [LandRefusal.Obstacle]) -> LandRefusal {
            .targetBlocked(target: name, place: place, obstacles)
        }
        guard checkouts.count == 1 else { return blocked([.severalCheckouts(paths: checkouts.compactMap(\.tree))]) }
        if let operation = try checkout.admin.operation(pool.git) { return blocked([.operation(operation)]) }
        guard checkout.isHead else { return blocked([.bisection]) }
        guard Files.isDirectory(place) else { return blocked([.noFolder]) }
        let reading = git(in: checkout, place).with(["GIT_OPTIONAL_LOCKS": "0"])
        let changed = Set(
            Text.records(try reading.run(["diff", "--name-only", "--no-renames", "-z", old, new])).map { Array($0) })
        let standing = try WorktreeStatus(of: reading, untracked: .all).entries.filter { changed.contains($0.path) }
        guard !standing.isEmpty else { return nil }
        return blocked(
            standing.map { $0.kind == .untracked ? .untracked(path: $0.text) : .changed(path: $0.text) })
    }

    /// - Returns: false if the target is not at `old` any more; nothing was changed then.
    /// - Throws: `PoolError.cannotLand` naming what stands in the way in its worktree.
    func move(from old: String, to new: String, leaseName: String) throws -> Bool {
        guard try tip() == old else { return false }
        if let obstacle = try obstacle(from: old, to: new) { throw PoolError.cannotLand(name: leaseName, obstacle) }
        guard let checkout = Worktrees(of: pool.repository).checkouts(ofBranch: ref).first, let tree = checkout.tree
        else { return try swap(from: old, to: new, leaseName) }
        // A slot's worktree is changed by the holder of its lock alone.
        let number = try pool.slots().first { $0.record.map { pool.admin($0) } == checkout.admin }?.number
        let claim = try number.map { try pool.lockSlot($0, name: name) }
        let inherited: Int32? =
            switch claim {
            case .some(let lock): lock.number
            case .none: nil
            }
        defer { extendLifetime(claim) }
        let place = git(in: checkout, tree)
        return try follow(inherited.map { place.inheriting($0) } ?? place, tree, from: old, to: new, leaseName)
    }

    private func git(in checkout: Checkout, _ tree: String) -> Git {
        pool.git.at(.exactly(gitDirectory: checkout.admin.path, workTree: tree))
    }

    private func swap(from old: String, to new: String, _ lease: String) throws -> Bool {
        var transaction = RefTransaction("pool land: \(lease)")
        transaction.update(ref, to: new, from: old)
        do { try transaction.commit(in: pool.git) } catch {
            guard try tip() == old else { return false }
            throw error
        }
        return true
    }

    /// As the user would: git takes its own locks, moves nothing that is changed there, and refuses if `new` does not
    /// descend from what it finds. Only a reset to an ancestor of `old`, after the look before it, would not be noticed.
    private func follow(_ git: Git, _ tree: String, from old: String, to new: String, _ lease: String) throws -> Bool {
        let words = [
            "merge", "--ff-only", "--no-squash", "--no-autostash", "--no-overwrite-ignore", "--no-stat", "-q", new,
        ]
        var message = ""
        for pause in [50, 200, 500, 0] as [Int64] {
            var command = git.with(["GIT_REFLOG_ACTION": "pool land \(lease)"]).command(words, withHooks: true)
            command.output = .standardError
            let outcome = try command.run()
            if outcome.isSuccess { return true }
            guard try tip() == old else { return false }
            message = String(decoding: outcome.error, as: UTF8.self)
            // Somebody's git is at work there, or died there.
            guard message.contains("index.lock"), pause > 0 else { break }
            Clock.sleep(milliseconds: pause)
        }
        let lines = message.split(separator: "\n").map { $0.drop { $0 == "\t" || $0 == " " } }.map(String.init)
        let obstacles = lines.map(LandRefusal.Obstacle.refused)
        throw PoolError.cannotLand(name: lease, .targetBlocked(target: name, place: tree, obstacles))
    }
}
