internal import GitPool
internal import POSIX

/// `git pool adopt`: a worktree made by hand becomes a slot where it stands; nothing in it is touched.
enum AdoptCommand {
    static let syntax = Syntax(
        "adopt",
        summary: "take over a worktree made by hand",
        forms: ["git pool adopt [<options>] <path> [<name>]"],
        operands: 1...2
    )

    static func run(_ session: Session) throws -> Int32 {
        let pool = try session.openPool(asksCallers: true)
        var request = LeaseRequest()
        request.name = session.arguments.operands.dropFirst().first
        request.holder = try session.holder(in: pool)
        let path = Path.join(session.userDirectory, session.arguments.operands[0])
        try session.announce(pool.adopt(path, request), in: pool)
        return 0
    }
}
