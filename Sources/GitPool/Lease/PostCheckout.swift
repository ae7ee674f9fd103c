internal import Git
internal import POSIX

/// The user's post-checkout hook, run once by us when a lease is made, as `git worktree add` would: null old id, flag 1,
/// cwd in the new worktree. Its status changes nothing, as git's own worktree stays too (githooks(5)).
extension Pool {
    func runPostCheckout(_ record: SlotRecord, commit: String) {
        guard hasPostCheckout(record) else { return }
        let words = ["hook", "run", "--ignore-missing", "post-checkout", "--", repository.zeroID, commit, "1"]
        var command = repository.git.at(.directory(record.path)).command(words, withHooks: true)
        command.output = .standardError
        command.error = .inherited
        _ = try? command.run()
    }

    /// Spares the child where no hook can be: neither in the hooks folder nor configured (`GitVersion.configuredHooks`),
    /// but for our own, which has nothing to do then.
    private func hasPostCheckout(_ record: SlotRecord) -> Bool {
        let configuration = settings.configuration
        if configuration.hookNames.contains(where: { $0 != PostCheckoutHook.name }) { return true }
        // The last value is our own, which keeps hooks from running in every other git call.
        let own = configuration.strings("core.hookspath").last { $0 != "/dev/null" }
        let folder = own.map { Path.join(record.path, $0) }
        let hooks = folder ?? Path.join(repository.commonDirectory, "hooks")
        return hooks.hasPrefix("~") || Files.exists(Path.join(hooks, "post-checkout"))
    }
}
