package import Git
internal import POSIX

/// git's own lock of a worktree while it is leased, so that plain `prune`, `gc` and `worktree remove` respect it; a lock
/// with any other reason is the user's and is honoured.
package enum GitLock {
    private static let mark = "git-pool: "

    package static func isOurs(_ reason: String) -> Bool { reason.hasPrefix(mark) }

    package static func text(_ reason: String) -> [UInt8] { Array((mark + reason + "\n").utf8) }

    /// A lock that is there already stays as it is.
    package static func lock(_ admin: AdminDirectory, _ reason: String) throws {
        do { try Files.create(Path.join(admin.path, "locked"), text(reason), mode: 0o644) } catch {
            guard error.isExisting else { throw error }
        }
    }

    package static func unlock(_ admin: AdminDirectory) throws {
        guard let reason = admin.lockReason, isOurs(reason) else { return }
        try Files.unlink(Path.join(admin.path, "locked"))
    }
}
