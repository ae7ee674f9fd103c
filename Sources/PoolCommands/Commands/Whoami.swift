internal import GitPool

/// `git pool whoami`: the lease one stands in, or nothing and exit 1.
enum WhoamiCommand {
    static let syntax = Syntax(
        "whoami",
        summary: "print the lease of the current directory",
        forms: ["git pool whoami [<options>]"],
        options: [.flag("json", "print the lease as JSON")]
    )

    static func run(_ session: Session) throws -> Int32 {
        let pool = try session.openPool()
        guard let slot = pool.slot(at: session.directory, among: try pool.peek()), let lease = slot.lease else {
            return 1
        }
        if session.arguments.flag("json") {
            try session.answer(SlotDescription(pool).json(slot).text)
        } else {
            try session.answer(line: lease.name)
        }
        return 0
    }
}
