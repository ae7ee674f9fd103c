internal import GitPool

/// `git pool save`: a commit of the work at risk that changes neither the worktree nor its branch.
enum SaveCommand {
    static let syntax = Syntax(
        "save",
        summary: "save the uncommitted work of a lease",
        forms: ["git pool save [<options>] [<name>]"],
        options: [.value("m", "text", "describe the save")],
        operands: 0...1
    )

    static func run(_ session: Session) throws -> Int32 {
        let pool = try session.openPool()
        let slot = try session.slot(in: pool)
        guard let lease = slot.lease else { throw PoolError.notALease(path: session.directory) }
        guard let ref = try pool.save(slot.number, named: lease.name, note: session.arguments.value("m")) else {
            session.note("'\(lease.name)' has nothing to save")
            return 0
        }
        try session.answer(line: ref)
        session.note("bring it back with '\(Words.pool("restore", lease.name))'")
        return 0
    }
}
