internal import Git
internal import POSIX

/// `pool.setup`: each command runs with `sh -c` in the slot, the next only after the one before ended well.
extension Pool {
    /// Their standard output goes where errors go, and nothing is read from standard input. Each inherits the slot's
    /// lock, so that one that outlives us still owns the slot.
    func runSetup(_ record: SlotRecord, _ lease: Lease?, lock: Int32) throws {
        try checkTrust(.setup)
        let variables = LeaseVariables(record, lease, in: self)
        makeDirectories(for: variables)
        var environment = variables.applied(to: environment.filter { !Git.namesRepository($0.key) })
        environment["PWD"] = record.path
        let shell = Command.find("sh", in: Command.searchPath(environment)) ?? "/bin/sh"
        for line in settings.setup.commands {
            var command = Command(shell, ["-c", line], environment: environment)
            command.name = "sh"
            command.directory = record.path
            command.output = .standardError
            command.error = .inherited
            command.inherited = [lock]
            let termination = try supervise(command)
            if termination != .exited(0) { throw PoolError.setupFailed(line, status: termination.shellStatus) }
        }
    }
}
