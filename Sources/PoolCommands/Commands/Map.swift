internal import GitPool
internal import POSIX

/// `git pool map`: one command for many items, each in a leased worktree of its own, and no more at once than there is
/// room for.
enum MapCommand {
    static let syntax = Syntax(
        "map",
        summary: "run a command for each item in a worktree of its own",
        forms: [
            "git pool map [<options>] -- <command> [{}]... ::: <item>...",
            "git pool map [<options>] --from-file (<file>|-) -- <command> [{}]...",
        ],
        options: [
            .value("jobs", short: "j", "n", "run this many at once; 0 is as many as the pool has room for"),
            .value("from-file", "file", "read the items from a file, or - for standard input"),
            .flag("z", "items in the file end with NUL instead of a newline"),
            .flag("keep-order", "print what the items print in the order of the items"),
            .flag("land", "land the branch of each item whose command succeeds"),
        ] + LeaseOptions.options.filter { !ofOneLease.contains($0.name) } + LimitOptions.options,
        needs: ["z": "from-file"],
        takesCommand: true
    )

    /// Options that can be meant for one lease only, or that say who holds it: here that is this process.
    private static let ofOneLease: Set<String> = ["branch", "unique", "resume", "pid", "no-holder"]

    static func run(_ session: Session) throws -> Int32 {
        let jobs = try session.arguments.integer("jobs")
        let pool = try session.openPool(asksCallers: true)
        try session.tend(pool)
        let plan = try session.limitPlan(pool)
        let items = try MapItems(session.arguments, from: session.userDirectory)
        guard !items.items.isEmpty else {
            session.note("no items, nothing to do")
            return 0
        }
        let asked = jobs.map { $0 == 0 ? Int.max : Int($0) } ?? Processors.count
        let request = try session.leaseRequest(name: nil, in: pool, holder: session.ownHolder(in: pool))
        try pool.prepare()
        var map = try MapRun(
            session, pool, items.items, MapTemplate(items.command), request: request, plan: plan,
            width: max(1, min(asked, pool.settings.limit, items.items.count)))
        return try map.run()
    }
}
