internal import Git
internal import GitPool
internal import POSIX

/// What the lease options of `add`, `run` and `restore` ask for, and whose lease it will be.
extension Session {
    func leaseRequest(name: String?, in pool: Pool, holder: Holder) throws -> LeaseRequest {
        var request = LeaseRequest()
        request.name = name
        // `map` makes many leases: what is meant for one is none of its options.
        func offers(_ name: String) -> Bool { arguments.syntax.option(named: name) != nil }
        if offers("branch"), let branch = arguments.value("branch") { request.branch = .named(branch) }
        if arguments.flag("detach") { request.branch = .detached }
        request.from = arguments.value("from")
        request.isUnique = offers("unique") && arguments.flag("unique")
        request.resumes = offers("resume") && arguments.flag("resume")
        request.group = arguments.value("group")
        request.isExclusive = arguments.setting("exclusive")
        if arguments.has("wait") {
            request.wait = arguments.value("wait")?.isEmpty == false ? try arguments.duration("wait")?.seconds : .max
        }
        request.ttl = try arguments.duration("ttl")?.seconds
        request.session = arguments.value("session") ?? environment["GIT_POOL_SESSION"]
        request.note = arguments.value("note")
        request.isFresh = arguments.flag("fresh")
        request.maxAge = try arguments.duration("max-age")?.seconds
        request.maxUses = try arguments.integer("max-uses").map { Int($0) }
        request.fetches = arguments.flag("fetch")
        request.holder = holder
        return request
    }

    /// The process whose death ends the lease; nobody for `--no-holder`.
    /// - Throws: `PoolError.noHolder` with the chain of ancestors that were looked at.
    func holder(in pool: Pool) throws -> Holder {
        let mayChoose = arguments.syntax.option(named: "pid") != nil
        if mayChoose, arguments.flag("no-holder") { return .nobody }
        let pid = mayChoose ? try arguments.integer("pid").map { Int32(clamping: $0) } : nil
        pool.surroundings.rememberBoot(environment: environment)
        switch search(pid, pool) {
        case .refused(let refusal): throw PoolError.noHolder(refusal)
        case .found(let identity, let selection):
            if let ignored = selection.ignored {
                warn("GIT_POOL_HOLDER_PID '\(ignored.value)' is not used: \(Words.reason(ignored.reason))")
            }
            return Holder(identity)
        }
    }

    /// This process itself, for `run`, which ends when its command does.
    func ownHolder(in pool: Pool) throws -> Holder {
        pool.surroundings.rememberBoot(environment: environment)
        switch search(ProcessTable.ownPID(), pool) {
        case .refused(let refusal): throw PoolError.noHolder(refusal)
        case .found(let identity, _): return Holder(identity)
        }
    }

    /// The caller's holder for `--mine`; nil if there is none.
    func currentHolder(in pool: Pool) -> Holder? {
        switch search(nil, pool) {
        case .refused: nil
        case .found(let identity, _): Holder(identity)
        }
    }

    private func search(_ pid: Int32?, _ pool: Pool) -> HolderSearch {
        let policy = HolderPolicy(
            transparent: pool.settings.transparent, sessionHosts: pool.settings.sessionHosts, environment: environment,
            surroundings: pool.surroundings)
        return HolderSearch(
            ancestry: ancestry, pid: pid, environment: environment, policy: policy, surroundings: pool.surroundings)
    }

    /// They may stand in a worktree they release.
    var excused: [Bystander] { ancestry.bystanders }

    /// Says to whom a lease belongs and when it ends.
    func noteHolder(_ lease: Lease) {
        guard let process = Words.process(lease.holder) else {
            return note("'\(lease.name)' is leased until '\(Words.pool("done", lease.name))'")
        }
        note("'\(lease.name)' is leased to \(process) and goes back when it exits")
    }
}
