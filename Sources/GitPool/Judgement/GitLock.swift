internal import Git
internal import POSIX

/// git's own lock of a worktree while it is leased, so that plain `prune`, `gc` and `worktree remove` respect it; a lock
/// with any other reason is the user's and is honoured.
enum GitLock {
    static let mark = "git-pool: "

    static func isOurs(_ reason: String) -> Bool { reason.hasPrefix(mark) }

    /// The reason of a leased worktree's lock, with the way to end it.
    static func leased(_ name: String) -> String { "leased to '\(name)' (git pool done \(name))" }

    /// The whole reason of a new worktree's lock.
    static func reason(_ record: SlotRecord) -> String {
        mark + (record.lease.map { leased($0.name) } ?? "being made ready (git pool warm)")
    }

    /// A lock that is there already stays as it is.
    static func lock(_ admin: AdminDirectory, _ reason: String) throws {
        let text = Array((mark + reason + "\n").utf8)
        do { try Files.create(Path.join(admin.path, "locked"), text, mode: 0o644) } catch {
            guard error.isExisting else { throw error }
        }
    }

    static func unlock(_ admin: AdminDirectory) throws {
        guard let reason = admin.lockReason, isOurs(reason) else { return }
        try Files.unlink(Path.join(admin.path, "locked"))
    }
}
