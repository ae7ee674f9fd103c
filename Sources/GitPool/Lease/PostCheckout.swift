internal import Git
internal import POSIX

/// The user's post-checkout hook, run once when a lease is made, as `git worktree add` would: with the null id, flag 1,
/// and the new worktree as cwd. Its status is ignored, because git too keeps the worktree when it fails (githooks(5)).
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
