internal import POSIX

/// The program file of this process, so that processes it starts understand the same records.
package enum OwnProgram {
    /// Nil where it was removed and no other is on PATH.
    package static func path(_ environment: [String: String]) -> String? {
        if let own = try? Files.target(ofLink: "/proc/self/exe"), Files.exists(own) { return own }
        return Command.find("git-pool", in: Command.searchPath(environment))
    }

    /// Starts this program again, to outlive this process: in a session of its own, without any descriptor of ours, and
    /// with the reduced environment of a keeper.
    /// - Returns: its pid; nil where none can be started.
    @discardableResult
    package static func startDetached(
        _ arguments: [String], _ environment: [String: String], adding variables: [String: String] = [:]
    ) -> Int32? {
        // One that was removed runs on, and can be started again (proc_pid_exe(5)).
        let program = path(environment) ?? "/proc/self/exe"
        let reduced = KeeperEnvironment.reduced(environment).merging(variables) { _, added in added }
        var command = Command(program, arguments, environment: reduced)
        (command.input, command.output, command.error) = (.null, .null, .null)
        command.session = .detached
        command.directory = "/"
        return (try? Child(starting: command))?.pid
    }

    /// Whether another file stands where this program was started from, or none (proc_pid_exe(5)).
    static var isReplaced: Bool {
        (try? Files.target(ofLink: "/proc/self/exe"))?.hasSuffix(" (deleted)") ?? false
    }
}
