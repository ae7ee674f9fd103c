import POSIX
import Testing

@testable import GitPool

/// A way of calling git-pool, and what must come of it.
struct Row: CustomTestStringConvertible {
    let testDescription: String
    let chain: [Link]
    let expected: String
    var container = false
    var actions = false
    var atInit = true

    init(
        _ name: String, _ chain: [Link], _ expected: String, container: Bool = false, actions: Bool = false,
        atInit: Bool = true
    ) {
        testDescription = name
        self.chain = chain
        self.expected = expected
        self.container = container
        self.actions = actions
        self.atInit = atInit
    }

    static let shared: UInt64 = 0x7ffd_1234_5678
    static let subshelled = Link("bash", ["-bash"], stack: shared)
    static let forkedScript = Link("s.sh", ["/bin/sh", "./s.sh"], executable: "/usr/bin/dash", stack: shared)
    static let agentShell = Link("zsh", ["/bin/zsh", "-c", "-l", "source x && eval 'git pool add'"])

    /// A chain of ancestors, and which of them holds.
    static let table: [Row] = [
        Row("typed in bash (tmux)", [.git, .bash, .tmux, .systemd], "shell bash"),
        Row("typed in zsh (tmux)", [.git, .zsh, .tmux, .systemd], "shell zsh"),
        Row("typed in fish (tmux)", [.git, .fish, .tmux, .systemd], "shell fish"),
        Row("x=$(git pool add)", [.git, .bash, .sshd, .systemd], "shell bash"),
        Row("(git pool add)", [.git, .bash, .tmux, .systemd], "shell bash"),
        Row("(git pool add; true)", [.git, subshelled, subshelled, .tmux, .systemd], "shell bash"),
        Row("a subshell in a subshell", [.git, subshelled, subshelled, subshelled, .tmux, .systemd], "shell bash"),
        Row("git pool add &", [.git, .bash, .tmux, .systemd], "shell bash"),
        Row("script #!/bin/sh", [.git, .script, .bash, .tmux, .systemd], "script s.sh"),
        Row("a subshell in a script", [.git, forkedScript, forkedScript, .bash, .tmux], "script s.sh"),
        Row("alias pool", [.git, .bash, .tmux, .systemd], "shell bash"),
        Row("alias !git pool", [.git, .dashCommand, .git, .bash, .tmux, .systemd], "shell bash"),
        Row("post-checkout hook, exec", [.git, .checkout, .bash, .tmux, .systemd], "shell bash"),
        Row("post-checkout hook, a child", [.git, .script, .checkout, .bash, .tmux, .systemd], "shell bash"),
        Row("post-checkout hook in Python", [.git, .python, .checkout, .bash, .tmux, .systemd], "shell bash"),
        Row("a shell in git pool run", [.git, Link("bash"), .poolRun, .git, .zsh, .tmux], "shell bash", atInit: false),
        Row("a script in git pool run", [.git, .script, .poolRun, .git, .zsh, .tmux], "script s.sh", atInit: false),
        Row("sh -c in git pool run", [.git, .dashCommand, .poolRun, .git, .zsh, .tmux], "shell zsh", atInit: false),
        Row("python in git pool map", [.git, .python, .poolMap, .zsh, .tmux], "program python3", atInit: false),
        Row("a git hook of git pool add", [.git, .script, .poolAdd, .git, .zsh, .tmux], "shell zsh", atInit: false),
        Row("python shell=True", [.git, .dashCommand, .python, .bash, .tmux, .systemd], "program python3"),
        Row("node execSync", [.git, .dashCommand, .node, .bash, .tmux, .systemd], "program node"),
        Row("node spawn bash -c, detached", [.git, .node, .zsh, .tmux, .systemd], "program node"),
        Row("agent: zsh -c -l", [.git, agentShell, .node, .bash, .tmux, .systemd], "program node"),
        Row("agent: zsh -c -l, subshell", [.git, agentShell, agentShell, .node, .bash, .tmux], "program node"),
        Row("argv-style subprocess", [.git, .python, .bash, .tmux, .systemd], "program python3"),
        Row("git-pool without git, shell", [.bash, .tmux, .systemd], "shell bash"),
        Row("git-pool without git, program", [.node, .bash, .tmux, .systemd], "program node"),
        Row("make recipe", [.git, Link("make"), .bash, .tmux, .systemd], "program make"),
        Row("ssh host 'git pool add'", [.git, .sshd, .sshd, .systemd], "host sshd"),
        Row("ssh interactive", [.git, .bash, .sshd, .sshd, .systemd], "shell bash"),
        Row("su -c", [.git, Link("su", ["su", "-c", "git pool add"]).hidden(), .bash, .sshd], "shell bash"),
        Row("tmux new 'git pool add'", [.git, .tmux, .systemd], "host tmux"),
        Row("screen git pool add", [.git, Link("screen", ["SCREEN", "git"]).hidden(), .systemd], "host screen"),
        Row("setsid git pool add", [.git, .systemd], "host systemd"),
        Row("orphaned subshell", [.git, .systemd], "host systemd"),
        Row("init of another name", [.git, Link("fc-agent")], "init"),
        Row("container, pid 1 = agent", [.git, .python], "program python3", container: true),
        Row("docker exec, bash -c", [.git, Link("bash", ["bash", "-c", "x"])], "nothing lasts", container: true),
        Row("docker exec, entered", [.git, Link("bash", ["bash"])], "shell bash", container: true, atInit: false),
        Row("container, pid 1 = tini", [.git, Link("tini", ["/tini", "--", "x"])], "host tini", container: true),
        Row("bwrap --unshare-pid", [.git, Link("bwrap")], "nothing lasts", container: true),
    ]

    static let more: [Row] = [
        Row("nohup script", [.git, .script, .systemd], "script s.sh"),
        Row("login shell called sh", [Link("sh", ["-sh"], executable: "/usr/bin/dash"), .systemd], "shell dash"),
        Row(
            "busybox", [.git, Link("sh", ["sh", "-c", "x"], executable: "/bin/busybox"), .node], "program node",
            atInit: false),
        Row("timeout 9 git pool add", [.git, Link("timeout", ["timeout", "9"]), .bash, .tmux], "shell bash"),
        Row("unbuffer", [.git, Link("unbuffer", ["tclsh", "/usr/bin/unbuffer"]), .bash], "shell bash", atInit: false),
        Row("sudo", [.git, Link("sudo", ["sudo", "git"]).hidden(), .bash, .tmux], "shell bash"),
        Row("pipe into bash", [.git, Link("bash", ["bash"]).withoutTerminal(), .node], "script bash", container: true),
        Row(
            "a script called login", [Link("login", ["/bin/sh", "./login"], executable: "/bin/dash"), .bash],
            "script login"),
        Row(
            "node's main thread", [.git, Link("MainThread", ["node", "a.js"], executable: "/usr/bin/node"), .bash],
            "program node"),
        Row(
            "a title of its own", [.git, Link("claude", ["claude"], executable: "/usr/bin/node"), .bash],
            "program claude"),
        Row("cron", [.git, Link("sh", ["/bin/sh", "-c", "x"]), Link("cron").hidden(), .systemd], "host cron"),
        Row(
            "sshd of 9.8", [.git, Link("sshd-session", ["sshd-session: u@notty"]).hidden(), .systemd],
            "host sshd-session"),
        Row(
            "containerd-shim", [.git, Link("containerd-shim", executable: "/bin/containerd-shim-runc-v2")],
            "host containerd-shim"),
        Row(
            "GitHub Actions", [.git, Link("bash", ["/bin/bash", "-e", "/tmp/x.sh"]), Link("Runner.Worker"), .systemd],
            "program Runner.Worker", actions: true),
        Row(
            "the same elsewhere", [.git, Link("bash", ["/bin/bash", "-e", "/tmp/x.sh"]), Link("dockerd")], "script bash"
        ),
        Row("nothing above", [], "nothing lasts"),
    ]
}

@Suite struct HolderChoiceTests {
    @Test("D1 every way of calling ties the lease to what outlives the command, or to nothing", arguments: Row.table)
    func table(_ row: Row) {
        let found = choose(
            ancestry(row.chain, atInit: row.atInit), policy(container: row.container, actions: row.actions))
        #expect(found.summary == row.expected)
    }

    @Test("D1 wrappers are passed over, hosts refused, and each is called by its name", arguments: Row.more)
    func more(_ row: Row) {
        let found = choose(
            ancestry(row.chain, atInit: row.atInit), policy(container: row.container, actions: row.actions))
        #expect(found.summary == row.expected)
    }

    @Test("D1 the chain is named as far as it was looked at")
    func chain() throws {
        guard case .refused(let refusal) = choose(ancestry([.git, .dashCommand, .sshd, .systemd])) else {
            Issue.record("no refusal")
            return
        }
        #expect(refusal.chain == ["git", "dash -c", "sshd"])
    }

    @Test("D1 the configuration adds transparent programs and session hosts")
    func configured() {
        var policy = policy()
        policy.transparent = ["mywrap", "a-name-of-more-than-15-bytes"]
        policy.sessionHosts = ["orchestrator"]
        let cut = Link("a-name-of-more-", ["/bin/sh", "x"], executable: "/bin/dash")
        #expect(choose(ancestry([.git, Link("mywrap"), cut, .node, .bash]), policy).summary == "program node")
        #expect(choose(ancestry([.git, Link("orchestrator"), .bash]), policy).summary == "host orchestrator")
    }

    @Test("D1 a clone needs the same executable, words and stack, and a stack we may see")
    func clones() {
        let outer = Link("bash", ["bash"], stack: 7)
        func inner(_ stack: UInt64, _ words: [String]) -> String {
            let chain = ancestry([.git, Link("bash", words, stack: stack), outer, .tmux, .systemd])
            guard case .holder(let selection) = choose(chain) else { return "refused" }
            return String(selection.process.pid)
        }
        #expect(inner(7, ["bash"]) == "8980")
        #expect(inner(8, ["bash"]) == "8990")
        #expect(inner(7, ["bash", "-l"]) == "8990")
    }

    @Test("D1 a parent younger than its child, and one that vanished, refuse")
    func astray() {
        var reused = ancestry([.git, .bash, .tmux, .systemd])
        reused.processes[1].startTicks = 6000
        #expect(choose(reused).summary == "reused")
        #expect(choose(ancestry([.git, .bash], atInit: false, end: .vanished(7))).summary == "vanished")
        #expect(choose(ancestry([.git, .bash], atInit: false, end: .reused(7))).summary == "reused")
    }

    @Test("D1 with hidepid the shell below a hidden sshd holds; nothing below it refuses")
    func hidden() {
        let end = Ancestry.End.hidden(7, SystemError(code: 1, call: "open"))
        #expect(choose(ancestry([.git, .bash], atInit: false, end: end)).summary == "shell bash")
        #expect(choose(ancestry([.git], atInit: false, end: end)).summary == "hidden")
    }

    @Test(
        "D1 GIT_POOL_HOLDER_PID binds an ancestor and no stranger",
        arguments: [
            ("8980", "environment tmux", nil), ("8970", "program node", "notAnAncestor"),
            ("x", "program node", "notAProcessID"), ("0", "program node", "notAProcessID"), ("", "program node", nil),
            ("8990", "environment node", nil),
        ] as [(String, String, String?)])
    func variable(_ value: String, _ expected: String, _ ignored: String?) {
        let found = choose(ancestry([.git, .node, .tmux], atInit: false), variable: value)
        #expect(found.summary == expected)
        guard case .holder(let selection) = found else { return }
        #expect(selection.ignored.map { "\($0.reason)" } == ignored)
    }

    @Test("D1 --pid must exist, run, be ours, and be no zombie; root may name anyone's")
    func flag() {
        let process = ancestry([.node], atInit: false).processes[0]
        func chosen(_ pid: Int32, _ reading: ProcessReading, user: UInt32 = 1000) -> String {
            var policy = policy()
            policy.user = user
            let above = ancestry([.git, .bash])
            return HolderChoice.choose(flag: (pid, reading), variable: "8990", ancestry: above, policy: policy).summary
        }
        var zombie = process
        zombie.state = "Z"
        var leaderless = zombie
        leaderless.threads = 2
        #expect(chosen(9000, .present(process)) == "explicit node")
        #expect(chosen(9000, .present(zombie)) == "ended")
        #expect(chosen(9000, .present(leaderless)) == "explicit node")
        #expect(chosen(9000, .absent) == "no such process")
        #expect(chosen(9000, .unknown(SystemError(code: 1, call: "open"))) == "hidden")
        #expect(chosen(9000, .present(process), user: 1001) == "other user")
        #expect(chosen(9000, .present(process), user: 0) == "explicit node")
        #expect(chosen(0, .absent) == "invalid")
    }

    @Test(
        "D1 a shell's words tell a command from a script from a session",
        arguments: [
            ("bash", "-lc x", .command), ("bash", "-l", .session), ("bash", "-eo pipefail -c x", .command),
            ("bash", "-eo pipefail x.sh", .script), ("bash", "--rcfile f -i", .session), ("bash", "-- x -c", .script),
            ("bash", "x.sh -c", .script), ("bash", "-s arg", .session),
            ("bash", "--login -x x.sh", .script), ("zsh", "-c -l x", .command), ("zsh", "-f", .session),
            ("fish", "--command=x", .command), ("fish", "--command x", .command), ("fish", "-Ccc", .session),
            ("fish", "-C cc", .session), ("fish", "-ic x", .command), ("dash", "", .session),
            ("tcsh", "-c x", .command),
            ("pwsh", "-NonInteractive", .session), ("pwsh", "-NoLogo -Com x", .command), ("pwsh", "-f x", .script),
            ("nu", "--commands x", .command),
        ] as [(String, String, ShellInvocation)])
    func shells(_ shell: String, _ words: String, _ expected: ShellInvocation) {
        let arguments = words.split(separator: " ").map(String.init)
        #expect(ShellInvocation(shell: shell, arguments: arguments[...]) == expected)
    }
}
