internal import GitPool

/// `git pool add`: a lease, and its path on stdout only once the lease is durable.
enum AddCommand {
    static let syntax = Syntax(
        "add",
        summary: "lease a worktree and print its path",
        forms: ["git pool add [<options>] [<name>]"],
        options: LeaseOptions.options + [.flag("json", "print the lease as JSON")],
        exclusive: LeaseOptions.exclusive,
        operands: 0...1
    )

    static func run(_ session: Session) throws -> Int32 {
        var pool = try session.openPool()
        pool.watch = FileMeter.watch(session)
        let headStart = makesBranch(session.arguments) ? HeadStart(in: pool) : HeadStart()
        session.lookAtCallers()
        // A keeper is rung once there is a lease, and does then what is due: that spares a look at every record.
        let isRung = session.mayStartKeeper(pool)
        if !isRung { try session.tend(pool) }
        do {
            let request = try session.leaseRequest(
                name: session.arguments.operands.first, in: pool, holder: session.holder(in: pool))
            let leased = try pool.add(request, headStart)
            try session.announce(leased, in: pool)
            if request.name != nil, request.from == nil, !request.resumes {
                session.advise(AddHints(pool: pool, lease: leased.lease).lines)
            }
            return 0
        } catch {
            if isRung { _ = try? session.tend(pool) }
            throw error
        }
    }

    /// Whether a branch will be made, whatever its name: an existing one, or none, may be asked for.
    private static func makesBranch(_ arguments: Arguments) -> Bool {
        !arguments.has("branch") && !arguments.flag("detach") && !arguments.flag("resume")
    }
}
