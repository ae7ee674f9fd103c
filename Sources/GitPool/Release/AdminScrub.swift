internal import Git
internal import POSIX

/// What a worktree's admin directory may keep of a lease: nothing but `HEAD commondir gitdir index logs locked refs`.
struct AdminScrub {
    private let admin: AdminDirectory

    init(_ admin: AdminDirectory) { self.admin = admin }

    /// Ends whatever operation was in progress; its state is saved or was discarded before. An empty index.lock is stale
    /// here: nobody stands inside.
    func dropOperations() throws {
        for folder in Operation.folders { try Directory.removeTree(path(folder)) }
        let names = (try? Directory.entries(admin.path)) ?? []
        for name in names where AdminScrub.isOfOperation(name) || name.hasSuffix(".lock") { try remove(name) }
    }

    /// The lease's own configuration and sparse set.
    static let layout = ["config.worktree", "info/sparse-checkout"]

    func dropLayout() throws {
        for name in AdminScrub.layout { try remove(name) }
    }

    /// Removes what the next session must not meet: private refs, reflog, messages.
    ///
    /// - Parameter isPlain: refs and reflogs are files of their own.
    func dropTraces(_ refs: [(ref: String, id: String)], _ git: Git, isPlain: Bool) throws {
        var transaction = RefTransaction("git-pool: recycle")
        for (ref, id) in try refs + PrivateRefs.traces(git) { transaction.delete(ref, id) }
        try transaction.commit(in: git)
        if isPlain {
            try remove("logs/HEAD")
        } else if try git.attempt(["reflog", "exists", "HEAD"]).isSuccess {
            try git.run(["reflog", "expire", "--expire=all", "HEAD"])
        }
        for name in ["ORIG_HEAD", "FETCH_HEAD", "COMMIT_EDITMSG"] { try remove(name) }
    }

    static func isOfOperation(_ name: String) -> Bool {
        name.hasPrefix("BISECT_") || name.hasPrefix("MERGE_") || name.hasPrefix("NOTES_MERGE_")
            || ["CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD", "AUTO_MERGE", "SQUASH_MSG"].contains(name)
    }

    private func remove(_ name: String) throws { try Directory.removeTree(path(name)) }

    private func path(_ name: String) -> String { Path.join(admin.path, name) }
}
