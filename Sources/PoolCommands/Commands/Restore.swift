internal import Git
internal import GitPool

/// `git pool restore`: saved work comes back into a lease; the save stays until it is dropped or expires.
enum RestoreCommand {
    static let syntax = Syntax(
        "restore",
        summary: "lease a worktree with saved work in it",
        forms: ["git pool restore [<options>] <name>[@<n>]", "git pool restore (--here | --drop) <name>[@<n>]"],
        options: LeaseOptions.options + [
            .flag("here", "restore into the current worktree"),
            .flag("drop", "delete the save"),
            .flag("json", "print the lease as JSON"),
        ],
        exclusive: [["here", "drop"]] + LeaseOptions.exclusive + withoutLease,
        operands: 1...1
    )

    /// Without a new lease there is nothing that the options of one could apply to.
    private static let withoutLease = ["here", "drop"].flatMap { form in
        LeaseOptions.options.map { [form, $0.name] }
    }

    static func run(_ session: Session) throws -> Int32 {
        var pool = try session.openPool(asksCallers: true)
        pool.watch = FileMeter.watch(session)
        let selector = session.arguments.operands[0]
        let saves = Saves(pool)
        guard let saved = try saves.find(selector) else {
            let slot = try? pool.find(selector, from: session.userDirectory, among: pool.peek())
            let known = Array(Set(try saves.all().map(\.name))).sorted()
            throw PoolError.unknownSave(selector, known: known, lease: slot.flatMap { LeaseSummary($0) })
        }
        if session.arguments.flag("drop") {
            try saves.drop(saved)
            session.note("dropped \(saved.ref), which was \(saved.id)")
            return 0
        }
        if session.arguments.flag("here") {
            guard let tree = pool.repository.workTree else { throw PoolError.notALease(path: session.directory) }
            try pool.restore(saved, here: tree, admin: AdminDirectory(pool.repository.gitDirectory))
            try session.answer(line: tree)
            return 0
        }
        try pool.prepare()
        try session.tend(pool)
        let request = try session.leaseRequest(name: nil, in: pool, holder: session.holder(in: pool))
        try session.announce(pool.restore(saved, request), in: pool)
        return 0
    }
}
