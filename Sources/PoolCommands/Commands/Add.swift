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
        let pool = try session.openPool(asksCallers: true)
        try session.tend(pool)
        let request = try session.leaseRequest(
            name: session.arguments.operands.first, in: pool, holder: session.holder(in: pool))
        let leased = try pool.add(request)
        session.announce(leased, in: pool)
        return 0
    }
}
