internal import Git
internal import POSIX

/// The hooks of git-pool's own events, found where git finds hooks; a repository without them pays for no process.
package enum PoolHook: String, Sendable {
    case postAdd = "pool-post-add"
    case preDone = "pool-pre-done"
    case postDone = "pool-post-done"
    case preLand = "pool-pre-land"
    case postLand = "pool-post-land"
}

extension Pool {
    /// Runs a hook, if there is one, and waits for its end: cwd at `tree`, its standard output on ours for errors, and
    /// `variables` in its environment.
    ///
    /// It may take any time: the pool lock must not be held. `lock` is the slot's, for a hook that changes the slot
    /// while its claim is held; without it no claim should be held, for the hook may call git-pool.
    /// - Throws: `PoolError.hookFailed` for any status but 0, `.interrupted` where a signal ended us both.
    func runHook(
        _ hook: PoolHook, in tree: String, _ arguments: [String] = [], variables: @autoclosure () -> LeaseVariables,
        lock: Int32? = nil
    ) throws {
        guard mayHave(hook.rawValue, in: tree) else { return }
        let variables = variables()
        var git = repository.git.at(.directory(tree)).with(
            Dictionary(variables.values.map { ($0.name, $0.value) }) { _, last in last }
        )
        .without(variables.withdrawn)
        if let lock { git = git.inheriting(lock) }
        // Newer gits refuse names that are not their own unless they are told to take them.
        let usage = try git.attempt(["hook", "run", "-h"])
        let option = "--allow-unknown-hook-name"
        let isAsked = String(decoding: usage.output + usage.error, as: UTF8.self).contains(option)
        let words =
            ["hook", "run", "--ignore-missing"] + (isAsked ? [option] : []) + [hook.rawValue, "--"] + arguments
        var command = git.command(words, withHooks: true)
        command.output = .standardError
        command.error = .inherited
        let termination = try supervise(command)
        if termination != .exited(0) { throw PoolError.hookFailed(hook.rawValue, status: termination.shellStatus) }
    }

    /// Whether a hook of this name can be there: a file in the hooks folder, or one that is configured
    /// (`GitVersion.configuredHooks`), but for our own, which has nothing to do then.
    func mayHave(_ hook: String, in tree: String) -> Bool {
        let configuration = settings.configuration
        if configuration.hookNames.contains(where: { $0 != PostCheckoutHook.name }) { return true }
        // The last value is our own, which keeps hooks from running in every other git call.
        let own = configuration.strings("core.hookspath").last { $0 != "/dev/null" }
        let folder = own.map { Path.join(tree, $0) }
        let hooks = folder ?? Path.join(repository.commonDirectory, "hooks")
        return hooks.hasPrefix("~") || Files.exists(Path.join(hooks, hook))
    }

    /// Runs a program of the user's to its end. Signals reach it instead of us, so that what it was doing is judged.
    /// - Throws: `PoolError.interrupted`
    func supervise(_ command: Command) throws -> Termination {
        Child.holdSignals()
        let ended = Result {
            let child = try Child(starting: command)
            faults.reach(.programStarted)
            child.receiveSignals()
            return try child.wait()
        }
        let signal = Child.stopReceivingSignals()
        let termination = try ended.get()
        if let signal, termination != .exited(0) { throw PoolError.interrupted(signal: signal) }
        return termination
    }
}
