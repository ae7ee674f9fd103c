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
        let pool = try session.openPool()
        let headStart = makesBranch(session.arguments) ? HeadStart(in: pool) : HeadStart()
        session.lookAtCallers()
        try session.tend(pool)
        let request = try session.leaseRequest(
            name: session.arguments.operands.first, in: pool, holder: session.holder(in: pool))
        let leased = try pool.add(request, headStart)
        session.announce(leased, in: pool)
        return 0
    }

    /// Whether a branch will be made, whatever its name: an existing one, or none, may be asked for.
    private static func makesBranch(_ arguments: Arguments) -> Bool {
        !arguments.has("branch") && !arguments.flag("detach") && !arguments.flag("resume")
    }
}
