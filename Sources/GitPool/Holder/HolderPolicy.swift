internal import POSIX

/// Which programs never hold a lease, by name: those that end with their command, and those that outlive every session.
package struct HolderPolicy: Equatable, Sendable {
    /// `pool.transparent`.
    package var transparent: Set<String> = []
    /// `pool.sessionHost`.
    package var sessionHosts: Set<String> = []
    /// Process 1 is somebody's program.
    package var isContainer = false
    /// A job's steps are scripts under one Runner.Worker, which is the job.
    package var isGitHubActions = false
    package var user: UInt32 = 0

    package init() {}

    package init(
        transparent: [String], sessionHosts: [String], environment: [String: String], surroundings: Surroundings
    ) {
        self.transparent = Set(transparent)
        self.sessionHosts = Set(sessionHosts)
        isContainer = surroundings.isContainer
        isGitHubActions = environment["GITHUB_ACTIONS"] == "true"
        user = surroundings.user
    }

    func isWrapper(_ program: ProgramNames) -> Bool {
        if program.isAmong(transparent) { return true }
        if HolderPolicy.scriptWrappers.contains(program.command) { return true }
        return program.own.contains { HolderPolicy.wrappers.contains($0) }
    }

    func isSessionHost(_ program: ProgramNames) -> Bool {
        if program.isAmong(sessionHosts) { return true }
        return program.own.contains { name in
            HolderPolicy.hosts.contains(name) || name.hasPrefix("containerd-shim") || name.hasPrefix("tmux: ")
        }
    }

    private static let wrappers: Set<String> = [
        "arch", "bwrap", "caffeinate", "chroot", "chrt", "direnv", "doas", "env", "faketime", "find", "firejail",
        "flock", "gosu", "ionice", "linux32", "linux64", "ltrace", "mise", "nice", "nohup", "nsenter", "pkexec",
        "prlimit", "proot", "run0", "runuser", "sandbox-exec", "script", "setarch", "setpriv", "setsid", "stdbuf",
        "strace", "su", "su-exec", "sudo", "sudo-rs", "systemd-inhibi", "systemd-inhibit", "systemd-run", "taskset",
        "time", "timeout", "unshare", "xargs",
    ]

    /// These are scripts themselves.
    private static let scriptWrappers: Set<String> = ["fakeroot", "unbuffer", "xvfb-run"]

    private static let hosts: Set<String> = [
        "SCREEN", "abduco", "anacron", "atd", "catatonit", "conmon", "conmonrs", "cron", "crond", "docker-init",
        "dropbear", "dtach", "dumb-init", "init", "launchd", "login", "mosh-server", "screen", "sshd", "sshd-auth",
        "sshd-session", "systemd", "tini", "tini-static", "tmux", "zellij",
    ]
}
