import Foundation
import Glibc
import Testing

/// What the ends of real shells do to their leases. No keeper runs here: the hook alone is at work.
@Suite(.serialized) struct ShellExitTests {
    enum Ending: CaseIterable { case exit, endOfFile, hangUp, hangUpInCommand }

    private func withoutKeeper() throws -> Kept {
        let kept = try Kept()
        try kept.repository.git("config", "pool.keeper", "false")
        return kept
    }

    @Test("D5 a shell that ends gives its leases back", arguments: Shell.allCases, Ending.allCases)
    func ending(shell: Shell, ending: Ending) throws {
        let kept = try withoutKeeper()
        let typed = try TypedShell(shell, kept)
        try typed.run("git pool add --quiet a")
        #expect(kept.isRecorded("1.leased"))
        #expect(try typed.directory == kept.repository.slot(1))
        switch ending {
        case .exit: typed.terminal.type("exit 7\n")
        case .endOfFile:
            // Only a shell that reads its terminal by now takes it for what it is.
            _ = Scratch.poll(10) {
                usleep(300_000)
                if typed.terminal.process.isRunning { typed.terminal.endOfFile() }
                return !typed.terminal.process.isRunning || kept.isRecorded("1.idle")
            }
        case .hangUp: typed.terminal.hangUp()
        case .hangUpInCommand:
            typed.terminal.type("sleep 900\n")
            usleep(200_000)
            typed.terminal.hangUp()
        }
        try kept.scratch.until("the lease has ended") { kept.isRecorded("1.idle") }
        if ending == .exit { #expect(try typed.terminal.process.wait().status == 7) }
        #expect(kept.keepers.isEmpty)
        try kept.scratch.until("nothing is left of the shell") {
            kept.scratch.entries("run/git-pool-\(getuid())").isEmpty
        }
    }

    @Test("D5 exec keeps the leases, and the hook of the next shell of that pid knows them", arguments: Shell.allCases)
    func exec(shell: Shell) throws {
        let kept = try withoutKeeper()
        let typed = try TypedShell(shell, kept)
        let pid = try typed.pid()
        try typed.run("git pool add --quiet a")
        try typed.run("exec \(shell.words.joined(separator: " "))")
        #expect(try typed.pid() == pid)
        try typed.run(shell.integration)
        try kept.repository.pool("gc").ok()
        #expect(kept.isRecorded("1.leased"))
        typed.terminal.type("exit\n")
        try kept.scratch.until("the lease has ended") { kept.isRecorded("1.idle") }
    }

    @Test("D5 the end of an inner shell, of a subshell or of a substitution frees nothing", arguments: Shell.allCases)
    func inner(shell: Shell) throws {
        let kept = try withoutKeeper()
        let typed = try TypedShell(shell, kept)
        try typed.run("git pool add --quiet a")
        try typed.run(shell.words.joined(separator: " "))
        try typed.run(shell.integration)
        try typed.run("git pool add --quiet --unique inner")
        #expect(kept.isRecorded("2.leased"))
        try typed.run("exit")
        try kept.scratch.until("the inner lease has ended") { kept.isRecorded("2.idle") }
        if shell != .fish {
            for line in ["(exit 3)", "x=$(exit 3)", "(sleep 0; exit 3) &", "true | (exit 3)"] { try typed.run(line) }
        } else {
            try typed.run("fish --no-config -c 'exit 3'")
        }
        try kept.repository.pool("gc").ok()
        #expect(kept.isRecorded("1.leased"))
        #expect(!kept.scratch.entries("run/git-pool-\(getuid())").isEmpty)
    }

    @Test("D5 the user's own exit code runs as before, and sees the status", arguments: Shell.allCases)
    func traps(shell: Shell) throws {
        let kept = try withoutKeeper()
        let file = kept.scratch.at("tmp/trap")
        let own =
            switch shell {
            case .bash: "trap 'echo \"it'\\''s $?\" >\(file)' EXIT"
            case .zsh: "trap 'echo \"it'\\''s $?\" >\(file)' EXIT; zshexit() { echo z >>\(file).z }"
            case .fish: "function own --on-event fish_exit; echo \"it's 7\" >\(file); end"
            }
        let typed = try TypedShell(shell, kept, before: own)
        try typed.run(shell.integration)
        try typed.run("git pool add --quiet a")
        typed.terminal.type("exit 7\n")
        #expect(try typed.terminal.process.wait().status == 7)
        #expect(try kept.scratch.read(file) == "it's 7\n")
        if shell == .zsh { #expect(try kept.scratch.read("\(file).z") == "z\n") }
        try kept.scratch.until("the lease has ended") { kept.isRecorded("1.idle") }
    }

    @Test(
        "D5 a trap that ignores, one of many lines, one that exits, and one set after the hook",
        arguments: [
            ("trap '' EXIT", "", 7, true), ("trap $'echo \"one\\n$?\"\\n# two' EXIT", "", 7, true),
            ("trap 'exit 9' EXIT", "", 9, true), ("", "trap 'exit 9' EXIT", 9, false),
        ] as [(String, String, Int32, Bool)])
    func ownTraps(before: String, after: String, status: Int32, isHeard: Bool) throws {
        let kept = try withoutKeeper()
        let typed = try TypedShell(.bash, kept, before: before.isEmpty ? nil : before)
        try typed.run(Shell.bash.integration)
        if !after.isEmpty { try typed.run(after) }
        try typed.run("git pool add --quiet a")
        typed.terminal.type("exit 7\n")
        #expect(try typed.terminal.process.wait().status == status)
        // A trap set later takes the place of ours: then the next command does what the hook would have done.
        if !isHeard { try kept.repository.pool("gc", "--auto").ok() }
        try kept.scratch.until("the lease has ended") { kept.isRecorded("1.idle") }
    }

    @Test("D5 work at risk outlives the shell")
    func dirty() throws {
        let kept = try withoutKeeper()
        let typed = try TypedShell(.bash, kept)
        try typed.run("git pool add --quiet a")
        try typed.run("echo work >new.txt")
        typed.terminal.type("exit\n")
        try kept.scratch.until("the lease has ended") { kept.isRecorded("1.orphaned") }
        #expect(try kept.scratch.read("\(kept.repository.slot(1))/new.txt") == "work\n")
    }

    @Test("D5 a shell that is killed needs no hook while a keeper runs", arguments: Shell.allCases)
    func killed(shell: Shell) throws {
        let kept = try Kept()
        let typed = try TypedShell(shell, kept)
        try typed.run("git pool add --quiet a")
        _ = try kept.keeper()
        Glibc.kill(try typed.pid(), SIGKILL)
        try kept.scratch.until("the lease has ended", within: 5) { kept.isRecorded("1.idle") }
    }
}
