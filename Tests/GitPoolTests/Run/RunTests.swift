import Foundation
import Glibc
import POSIX
import Testing

/// `run` as the process above a command: what is typed, what is sent, and what is left behind.
@Suite struct RunTests {
    private let kept: Kept
    private var scratch: Scratch { kept.scratch }
    private var repository: Repository { kept.repository }

    init() throws { kept = try Kept() }

    private func shell() throws -> Terminal {
        try Terminal(scratch, ["bash", "--norc", "-i"], in: repository.path, env: ["LC_ALL": "C"])
    }

    /// What is typed while a shell takes its terminal back may be lost: it is typed once the prompt is there.
    private func prompted(_ shell: Terminal, after text: String) throws {
        try scratch.until("a prompt after '\(text)'") {
            guard let place = shell.screen.range(of: text, options: .backwards) else { return false }
            return shell.screen[place.upperBound...].contains("\nbash-")
                && (shell.screen.hasSuffix("# ") || shell.screen.hasSuffix("$ "))
        }
    }

    /// The shell waits for git alone: another process of the job that has not stopped yet may still read what is typed.
    private func suspended(_ shell: Terminal) throws {
        try prompted(shell, after: "Stopped")
        let pid = try #require(shell.pid)
        try scratch.until("the whole job is stopped") {
            ProcessTree.members(from: [pid]).allSatisfy { $0 == pid || ProcessTable.isStopped($0) }
        }
    }

    @Test("F1 Ctrl-Z stops run and its command as one job, and fg continues both")
    func suspended() throws {
        let shell = try shell()
        shell.type("git pool run a -- sh -c 'read word; echo got-$word; exit 5'\n")
        try shell.wait(for: "running in '")
        shell.type("\u{1A}")
        try suspended(shell)
        shell.type("fg\n")
        try shell.wait(for: "fg\r\ngit pool run a")
        shell.type("one\n")
        try shell.wait(for: "got-one")
        shell.type("echo status-$?\n")
        try shell.wait(for: "status-5")
    }

    @Test("F1 a shell inside run has the terminal and its own jobs, and may suspend itself")
    func nested() throws {
        let shell = try shell()
        shell.type("git pool run a -- bash --norc -i\n")
        try shell.wait(for: "running in '")
        shell.type("echo in-$GIT_POOL_NAME\n")
        try shell.wait(for: "in-a")
        shell.type("suspend\n")
        try suspended(shell)
        shell.type("echo out-$((40+2)).$GIT_POOL_NAME.\n")
        try prompted(shell, after: "out-42..")
        shell.type("fg\n")
        try shell.wait(for: "fg\r\ngit pool run a")
        shell.type("echo back-$((40+2)).$GIT_POOL_NAME.\n")
        try shell.wait(for: "back-42.a.")
        shell.type("exit 6\n")
        shell.type("echo status-$?\n")
        try shell.wait(for: "status-6")
    }

    @Test("F1 one Ctrl-C is one interrupt, although git passes its own on")
    func interrupted() throws {
        let program = try scratch.write(
            "count.py",
            """
            import signal, sys
            count = 0
            def note(*_):
                global count
                count += 1
                print("got-%d" % count, flush=True)
            signal.signal(signal.SIGINT, note)
            print("rea" + "dy", flush=True)
            for line in sys.stdin:
                print("total-%d" % count, flush=True)
            """)
        let shell = try shell()
        shell.type("git pool run a -- python3 \(program)\n")
        try shell.wait(for: "ready")
        shell.type("\u{3}")
        try shell.wait(for: "got-1")
        shell.type("now\n")
        try shell.wait(for: "total-1")
        // Sent by a process, it is passed on.
        let run = try #require(
            Kept.processes().first { pid in
                let words = Kept.words(pid)
                return words.first?.hasSuffix("git-pool") == true && words.contains(program)
            })
        Glibc.kill(run, SIGINT)
        try shell.wait(for: "got-2")
        shell.endOfFile()
        try repository.settle(repository.slot(1))
    }

    @Test("D8 a killed run's command keeps the worktree for as long as it stands there", arguments: [true, false])
    func orphanedCommand(withKeeper: Bool) throws {
        try repository.git("config", "pool.max", "1")
        let env = withKeeper ? kept.env : [:]
        let run = try scratch.start(
            ["git-pool", "run", "a", "--", "sh", "-c", "echo $$; exec sleep 900"], in: repository.path, env: env)
        try scratch.until("the command runs") { run.out.hasSuffix("\n") }
        let command = try #require(Int32(run.out.trimmingCharacters(in: .newlines)))
        defer { Glibc.kill(command, SIGKILL) }
        Glibc.kill(run.pid, SIGKILL)
        if withKeeper {
            try scratch.until("the keeper has looked") { kept.isRecorded("1.releasing") }
        }
        for _ in 0..<3 { try repository.pool("gc", env: env).ok() }
        #expect(kept.isRecorded("1.releasing"))
        try repository.add("b", env: env).check(4)
        #expect(!Kept.hasEnded(command))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(command)/cwd") == repository.slot(1))
        Glibc.kill(command, SIGKILL)
        if withKeeper {
            try scratch.until("the keeper has recycled it") { kept.isRecorded("1.idle") }
        } else {
            try repository.settle(repository.slot(1))
        }
    }

    @Test("D8 work of a killed run's command is kept as an orphan")
    func orphanedWork() throws {
        let run = try scratch.start(
            ["git-pool", "run", "a", "--", "sh", "-c", "echo precious >new.txt; echo $$; exec sleep 900"],
            in: repository.path)
        try scratch.until("the command runs") { run.out.hasSuffix("\n") }
        let command = try #require(Int32(run.out.trimmingCharacters(in: .newlines)))
        Glibc.kill(run.pid, SIGKILL)
        try repository.pool("gc").ok()
        Glibc.kill(command, SIGKILL)
        try repository.settle(repository.slot(1), "orphaned")
        #expect(try scratch.read("\(repository.slot(1))/new.txt") == "precious\n")
    }

    @Test("D8 what a command leaves running holds the worktree up, and makes no orphan of it")
    func leftRunning() throws {
        let outcome = try repository.pool("run", "a", "--", "sh", "-c", "sleep 900 >/dev/null 2>&1 & echo $!")
        outcome.check(0, says: "a process inside it")
        let left = try #require(Int32(outcome.line))
        defer { Glibc.kill(left, SIGKILL) }
        try repository.pool("gc").ok()
        #expect(kept.isRecorded("1.releasing"))
        #expect(!Kept.hasEnded(left))
        Glibc.kill(left, SIGKILL)
        try repository.settle(repository.slot(1))
    }

    @Test("C9 run keeps the worktree of a failed command when pool.keepFailed says so", arguments: [true, false])
    func failed(keeps: Bool) throws {
        try repository.git("config", "pool.keepFailed", String(keeps))
        let outcome = try repository.pool("run", "a", "--", "false").check(1)
        #expect(outcome.err.contains("'a' is kept") == keeps)
        try repository.pool("gc").ok()
        #expect(try repository.state(at: repository.slot(1)) == (keeps ? "expiring" : "idle"))
        try repository.pool("run", "b", "--fresh", "--", "true").ok()
        try repository.settle(repository.slot(2))
    }

    @Test("F1 run starts a program named by a path of the worktree")
    func relativeProgram() throws {
        try scratch.write("repo/tool.sh", "#!/bin/sh\npwd\n", mode: 0o755)
        try repository.commit("tool")
        #expect(try repository.pool("run", "--", "./tool.sh").ok().line == repository.slot(1))
        try repository.pool("run", "--", "./a.txt").check(126)
        try repository.pool("run", "--", "./missing").check(127)
    }
}
