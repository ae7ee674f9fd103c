internal import Git
internal import POSIX

/// What one `add` has decided so far; an attempt that met a taken name or an unfit slot is remembered here for the next
/// one.
struct AddAttempt {
    let request: LeaseRequest
    private(set) var start: StartPoint
    /// An existing branch is taken as it is: nothing is created.
    private(set) var existingBranch: String?
    /// How many names were found taken.
    var count = 0
    /// Slots whose tree could not be moved without loss.
    var unfit: Set<Int> = []
    /// Slots whose recycling was waited for.
    var awaited: Set<Int> = []
    /// How many paths differ from the start, by the commit an idle slot waits at; nil as long as nobody needed to know.
    var distances: [String: Int]?
    /// The id of the next lease; the git that waits to create its branch knows it already.
    private var nextID: String
    /// When it took its place among those who wait, in milliseconds since boot.
    var queuedAt: Int64?
    /// Whether the disk has room for a new tree.
    var hasSpace = false

    init(request: LeaseRequest, start: StartPoint, leaseID: String) {
        self.request = request
        self.start = start
        nextID = leaseID
    }

    /// The last attempt came to nothing: the next lease gets an id of its own.
    mutating func renewID() { nextID = RandomID.make() }

    /// Whether a branch will have to be made, whatever its name.
    var makesBranch: Bool { request.branch != .detached && existingBranch == nil && !request.resumes }

    /// Whether the name is ours to choose.
    var mayChangeName: Bool { (request.name == nil || request.isUnique) && request.branch == .byName && count < 200 }

    /// With `-b <branch>`: finds out whether it exists; if so its tip is the start.
    mutating func lookUpBranch(in pool: Pool) throws {
        guard case .named(let branch) = request.branch else { return }
        guard LeaseName.isBranchName(branch) else { throw PoolError.badName(branch, .notARef) }
        let ref = RefName.branch(branch)
        guard let tip = try pool.git.resolve(ref + "^{commit}") else { return }
        if let place = Worktrees(of: pool.repository).holder(ofBranch: ref) {
            throw PoolError.branchExists(branch: branch, checkedOutAt: place)
        }
        if request.from != nil, tip != start.commit { throw PoolError.branchExists(branch: branch, checkedOutAt: nil) }
        existingBranch = branch
        start = StartPoint(commit: tip, base: start.base == ref ? nil : start.base)
    }

    /// Counts the paths that differ between the start and the commits of idle slots; of a few slots only, as each costs
    /// a git command.
    mutating func measure(_ heads: [String], in pool: Pool) throws {
        var found: [String: Int] = [:]
        for head in heads.prefix(4) {
            let words = ["diff-tree", "-r", "--name-only", "--no-renames", "-z", head, start.commit]
            let outcome = try pool.git.attempt(words)
            if outcome.isSuccess { found[head] = outcome.output.count { $0 == 0 } }
        }
        distances = found
    }

    /// The lease for this name, not yet on the disk.
    func lease(named name: String, in pool: Pool) -> Lease {
        var lease = Lease(id: nextID, name: name, start: start.commit)
        switch request.branch {
        case .byName: lease.branch = pool.settings.branch(for: name)
        case .named(let branch): lease.branch = branch
        case .detached: lease.branch = nil
        }
        lease.branchCreatedAt = lease.branch == nil || existingBranch != nil ? nil : start.commit
        lease.base = start.base ?? request.base
        lease.group = request.group
        lease.session = request.session
        lease.holder = request.holder
        lease.isExclusive = request.isExclusive ?? pool.settings.isExclusive
        lease.note = request.note
        lease.ttl = request.ttl
        lease.leasedAt = pool.now()
        lease.leasedAtSinceBoot = Clock.sinceBoot()
        lease.waited = queuedAt.map { max(0, lease.leasedAtSinceBoot - $0) }
        return lease
    }
}

extension SlotRecord {
    /// What a slot remembers of the lease it is given to.
    mutating func remember(_ lease: Lease, _ attempt: AddAttempt, _ pool: Pool) {
        head = lease.start
        base = lease.base
        group = lease.group
        // Nobody asks for a generated name again.
        let isDedicated = pool.settings.upkeep.strategy == .dedicated && attempt.request.name != nil
        owner = isDedicated ? lease.name : nil
        useCount += 1
        lastUsedAt = pool.now()
    }
}
