internal import GitPool
internal import POSIX

/// `git pool hook claude-worktree-remove`: ends the lease whose worktree the event names, if it is the caller's own. The
/// agent is ending and cannot be asked, so that work at risk is kept and never a reason to fail.
enum ClaudeWorktreeRemove {
    static func run(_ session: Session) throws -> Int32 {
        session.lookAtCallers()
        let event = try AgentEvent.readStandardInput(.remove)
        guard let path = event.path else { throw AgentEvent.Invalid.missing("worktree_path") }
        // The worktree may be gone, and the agent may have stood in it.
        let places = [path, event.directory, session.directory].compactMap { $0 }
        let session = Session(session, standingIn: places.first(where: Files.isDirectory) ?? session.directory)
        let pool = try session.openPool()
        try session.tend(pool)
        guard let slot = try leased(path, in: pool), let lease = slot.lease else {
            session.note("no lease at '\(path)'; nothing to release")
            return 0
        }
        guard isOwn(lease, event, session, pool) else {
            session.report([.error("'\(lease.name)' is another session's: \(holding(slot, lease))")])
            return 6
        }
        return try release(slot, lease, session, pool)
    }

    /// A lease that stands at this very path: a worktree that an agent made inside a slot is not the slot. One that was
    /// released before is none: what is kept of it is kept.
    private static func leased(_ path: String, in pool: Pool) throws -> Slot? {
        let place = real(path)
        return try pool.snapshot().first { slot in
            slot.state == .leased && slot.lease != nil && slot.record.map { real($0.path) == place } == true
        }
    }

    private static func real(_ path: String) -> String { (try? Files.realPath(path)) ?? Path.normalize(path) }

    /// The slot may have been leased to somebody else since the agent's own lease ended.
    private static func isOwn(_ lease: Lease, _ event: AgentEvent, _ session: Session, _ pool: Pool) -> Bool {
        if let key = event.session, key == lease.session { return true }
        return session.currentHolder(in: pool).map { $0.isSameProcess(as: lease.holder) } ?? false
    }

    private static func holding(_ slot: Slot, _ lease: Lease) -> String {
        LeaseSummary(slot).map(Words.holding) ?? "until '\(Words.pool("done", lease.name))'"
    }

    private static func release(_ slot: Slot, _ lease: Lease, _ session: Session, _ pool: Pool) throws -> Int32 {
        var request = ReleaseRequest()
        request.leavesWork = true
        if pool.settings.keepDone { request.inspection = .byRule }
        request.excused = session.excused
        try pool.askBeforeDone(slot, lease, request)
        guard let report = try pool.done(slot.number, lease, request) else {
            session.note("'\(lease.name)' was released meanwhile")
            return 0
        }
        switch report.state {
        case .orphaned, .expiring: session.tellKept(report)
        case .releasing, .warming, .idle, .leasing, .leased, .cleaning, .trash, .broken:
            session.note("released '\(lease.name)'")
        }
        DoneCommand.tellHook(report, session, pool, request)
        session.goOn(pool)
        return 0
    }
}
