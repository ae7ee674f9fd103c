internal import POSIX

/// The program that runs now, so that what it starts speaks the same records.
package enum OwnProgram {
    /// Nil where it was removed and no other is on PATH.
    package static func path(_ environment: [String: String]) -> String? {
        if let own = try? Files.target(ofLink: "/proc/self/exe"), Files.exists(own) { return own }
        return Command.find("git-pool", in: Command.searchPath(environment))
    }

    /// Whether another file stands where this program was started from, or none (proc_pid_exe(5)).
    static var isReplaced: Bool {
        (try? Files.target(ofLink: "/proc/self/exe"))?.hasSuffix(" (deleted)") ?? false
    }
}
