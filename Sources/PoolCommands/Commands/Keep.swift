internal import GitPool

/// `git pool keep`: moves a lease's deadline, and nothing else of it.
enum KeepCommand {
    static let syntax = Syntax(
        "keep",
        summary: "keep a worktree longer",
        forms: ["git pool keep [--for <duration> | --forever | --no-keep] <name>"],
        options: [
            .value("for", "duration", "keep it this long"),
            .flag("forever", "keep it until 'git pool done'"),
            .flag("no-keep", "keep it no longer than configured"),
        ],
        exclusive: [["for", "forever", "no-keep"]],
        operands: 1...1
    )

    static func run(_ session: Session) throws -> Int32 {
        let pool = try session.openPool()
        let slot = try pool.find(session.arguments.operands[0], from: session.userDirectory, among: pool.peek())
        guard let lease = slot.lease else { throw PoolError.unknownLease(session.arguments.operands[0], known: []) }
        let length = try session.arguments.duration("for")?.seconds
        let until: Int64? =
            if session.arguments.flag("no-keep") { nil } else { length.map { pool.now() + min($0, 1 << 40) } ?? .max }
        try pool.keep(slot.number, named: lease.name, until: until)
        return 0
    }
}
