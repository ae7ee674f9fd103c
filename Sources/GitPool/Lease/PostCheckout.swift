internal import Git
internal import POSIX

/// The user's post-checkout hook, run once by us when a lease is made, as `git worktree add` would: null old id, flag 1,
/// cwd in the new worktree. Its status changes nothing, as git's own worktree stays too (githooks(5)).
extension Pool {
    func runPostCheckout(_ record: SlotRecord, commit: String) {
        guard mayHave("post-checkout", in: record.path) else { return }
        let words = ["hook", "run", "--ignore-missing", "post-checkout", "--", repository.zeroID, commit, "1"]
        var command = repository.git.at(.directory(record.path)).command(words, withHooks: true)
        command.output = .standardError
        command.error = .inherited
        _ = try? command.run()
    }
}
