internal import Git
internal import POSIX

/// What must pass before a target moves: the hook `pool-pre-land`, then the tests, both run in the slot on the tree
/// that is to land, with the lease's environment. Their output goes to standard error.
struct LandGate {
    let pool: Pool
    let lease: Lease
    let tree: String
    let target: LandTarget
    let request: LandRequest

    /// - Throws: `PoolError.cannotLand` where one says no.
    func pass(_ ready: Integration.Ready, onto: String, before: String?) throws {
        do { try run(.preLand, ready, onto) } catch PoolError.hookFailed {
            throw PoolError.cannotLand(name: lease.name, .hook(PoolHook.preLand.rawValue, path: tree))
        }
        guard let test = request.test else { return }
        request.telling(.testing(command: test, target: target.name))
        var command = Command("/bin/sh", ["-c", test], environment: environment)
        command.name = "sh"
        let status = try wait(for: &command)
        guard status != 0 else { return }
        throw PoolError.cannotLand(
            name: lease.name,
            .test(command: test, status: status, path: tree, before: before, target: target.name))
    }

    /// The work has landed, whatever the hook says.
    func tell(_ ready: Integration.Ready, onto: String) {
        try? run(.postLand, ready, onto)
    }

    private func run(_ hook: PoolHook, _ ready: Integration.Ready, _ onto: String) throws {
        let own = environment.filter { $0.key.hasPrefix("GIT_POOL_") }
        try pool.runHook(
            hook, in: tree, [lease.name, target.ref, onto, ready.lands],
            variables: LeaseVariables(values: own.map { .init(name: $0.key, value: $0.value) }, withdrawn: []))
    }

    private var environment: [String: String] {
        var variables = request.environment.filter { !Git.namesRepository($0.key) }
        variables["PWD"] = tree
        variables["GIT_POOL_TARGET"] = target.name
        return variables
    }

    /// The slot's lock is not inherited: what a test leaves running must not hold it. It stands in the slot, which keeps
    /// that from being recycled if we are killed.
    private func wait(for command: inout Command) throws -> Int32 {
        command.directory = tree
        (command.output, command.error) = (.standardError, .inherited)
        let child = try Child(starting: command)
        return try child.wait().shellStatus
    }
}
