internal import GitPool

/// `git pool hook claude-worktree-create`: a lease for the agent that calls, whatever names are in use, and its path alone
/// on stdout; what the event says is data and reaches git only as a name that git takes.
enum ClaudeWorktreeCreate {
    static func run(_ session: Session) throws -> Int32 {
        // Before the event is waited for: the shell that runs the hook may be gone by then.
        session.lookAtCallers()
        let event = try AgentEvent.readStandardInput(.create)
        let session = Session(session, standingIn: event.directory ?? session.directory)
        let pool = try session.openPool()
        try session.tend(pool)
        var request = LeaseRequest()
        request.name = event.name
        request.isUnique = true
        request.session = event.session ?? session.environment["GIT_POOL_SESSION"]
        request.holder = try session.holder(in: pool)
        try session.announce(pool.add(request), in: pool)
        return 0
    }
}
