internal import Git
internal import GitPool
internal import POSIX

/// How the commands that make a lease answer, and how those about one find it.
extension Session {
    /// The path alone on stdout, or the lease as JSON; who holds it on stderr.
    func announce(_ leased: LeasedSlot, in pool: Pool) throws {
        if mayStartKeeper(pool) { goOn(pool) }
        if let former = leased.formerHolder {
            warn("'\(leased.lease.name)' was held by \(Words.process(former) ?? "a process"), which still runs")
        }
        tell(leased.notices)
        leadShell(into: leased, in: pool)
        noteHolder(leased.lease)
        if arguments.syntax.option(named: "json") != nil, arguments.flag("json") {
            try answer(SlotDescription(pool).json(leased.slot, wasCold: leased.wasCold).text)
        } else {
            try answer(line: leased.record.path)
        }
    }

    func tell(_ notices: [IncludeNotice]) {
        for notice in notices { warn(Words.include(notice)) }
    }

    /// The slot that the operand names, or the one this call stands in.
    func slot(in pool: Pool) throws -> Slot {
        let slots = try pool.peek()
        if let word = arguments.operands.first {
            return try pool.find(word, from: userDirectory, among: slots, takesNumbers: true)
        }
        guard let slot = pool.slot(at: directory, among: slots) else { throw PoolError.notALease(path: directory) }
        return slot
    }

    /// The pool of a known common dir, for processes that were started for it.
    static func pool(at commonDirectory: String, _ environment: [String: String]) throws -> Pool {
        let (repository, configuration) = try RepositorySearch.open(from: commonDirectory, environment: environment)
        let settings = try Settings(of: repository, own: configuration)
        let pool = Pool(repository: repository, settings: settings, environment: environment)
        try pool.checkOwner()
        return pool
    }
}
