import Foundation
import Glibc
import Testing

/// `list` on a terminal: what fits, what is drawn again, and what is not.
@Suite struct ListScreenTests {
    /// Lines of a screen on which nothing moves the cursor, without colours.
    private func lines(_ screen: String) -> [String] {
        screen.replacing(/\u{1B}\[[0-9;]*m/, with: "").split(whereSeparator: \.isNewline).map(String.init)
    }

    private func terminal(_ repository: Repository, _ options: String..., columns: Int = 80) throws -> Terminal {
        try Terminal(
            repository.scratch,
            ["sh", "-c", "stty cols \(columns) rows 12; exec git-pool list \"$@\"", "sh"] + options,
            in: repository.path, env: ["TERM": "xterm", "LC_ALL": "C.UTF-8"])
    }

    @Test(
        "G1 a table of any width from 40 columns on breaks no line, and keeps name and state",
        arguments: [40, 57, 80, 120])
    func narrow(_ columns: Int) throws {
        let repository = try Scratch().repository()
        _ = try repository.lease("日本語の枝と長い名前")
        _ = try repository.lease("combining-e\u{301}e\u{301}-and-a-rather-long-name-of-a-branch")
        for options in [[], ["--status"]] {
            let terminal = try Terminal(
                repository.scratch,
                ["sh", "-c", "stty cols \(columns); exec git-pool list \"$@\"", "sh"] + options, in: repository.path,
                env: ["LC_ALL": "C.UTF-8"])
            try terminal.process.wait().ok()
            let lines = lines(terminal.screen)
            try #require(lines.count == 3, "\(terminal.screen)")
            for line in lines { #expect(Self.width(line) <= columns, "\(line)") }
            #expect(lines[0].contains("NAME") && lines[0].contains("STATE") && lines[1].contains("日本語"))
            #expect(lines[0].contains("CHANGES") == !options.isEmpty)
            if columns == 120 { #expect(lines[0].contains("DISK") == !options.isEmpty) }
            if columns < 60 { #expect(!lines[0].contains("PATH"), "\(lines[0])") }
        }
    }

    @Test("G1 D4 what was left behind, and whose holder has ended, is told with the way back to it")
    func waysBack() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        try repository.git("config", "pool.keeper", "false")
        let holder = try scratch.holder()
        let place = try repository.lease("left", "--pid", String(holder.pid))
        try scratch.write("\(place)/new.txt", "new\n")
        // A script that is over at once: its clean worktree waits for whoever it may have called for.
        // The test is called `git-poolPackage…`, and what a git runs is a hook: one script more is between the two.
        let wrapper = try scratch.write("wrapper.sh", "git pool add early; true")
        try scratch.run(["sh", try scratch.write("outer.sh", "sh '\(wrapper)'; true")], in: repository.path).ok()
        holder.kill()
        try repository.pool("gc").ok()
        let terminal = try terminal(repository, columns: 200)
        try terminal.process.wait().ok()
        let screen = terminal.screen
        #expect(screen.contains("hint: 'git pool add --resume left' goes on with what is orphaned"), "\(screen)")
        #expect(lines(screen).contains { $0.contains("early") && $0.contains("(ended)") }, "\(screen)")
        // Only where somebody looks.
        #expect(try repository.pool("list").ok().err.isEmpty)
        let back = "hint: go on with it:      git pool add --resume left"
        try repository.pool("show", "left").check(0, says: back, "git pool done --save left")
        #expect(try repository.pool("show", "--quiet", "left").ok().err.isEmpty)
        try repository.pool("restore", "left").check(1, says: "nothing is saved of 'left': its holder is gone", back)
        #expect(try repository.lease("left", "--resume") == place)
        #expect(try repository.pool("show", "left").ok().err.isEmpty)
        try scratch.sh("rm -rf \"$1\"", place).ok()
        try repository.pool("show", "left").check(0, says: "hint: 'git pool doctor' says what can be done")
    }

    /// As a terminal counts.
    private static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { sum, scalar in
            switch scalar.value {
            case 0x300...0x36F: sum
            case 0x3000...0x9FFF: sum + 2
            default: sum + 1
            }
        }
    }

    @Test("G1 --watch draws over itself when something changed, and leaves by the signal that ends it")
    func watch() throws {
        let repository = try Scratch().repository()
        _ = try repository.lease("first", env: ["GIT_POOL_FAKE_SECONDS": "-7200"])
        let terminal = try terminal(repository, "--watch")
        try terminal.wait(for: "first")
        // An age of hours changes nothing for a long time: what comes now comes because of the lease.
        _ = try repository.lease("second", env: ["GIT_POOL_FAKE_SECONDS": "-7200"])
        try terminal.wait(for: "second")
        #expect(!terminal.screen.contains("\u{1B}[2J") && !terminal.screen.contains("\u{1B}[H"))
        #expect(!terminal.screen.contains("\u{1B}[?25l"))
        let before = terminal.screen.utf8.count
        let pid = try #require(terminal.pid)
        kill(pid, SIGWINCH)
        try repository.scratch.until("it draws anew") { terminal.screen.utf8.count > before }
        terminal.type("\u{3}")
        #expect(try terminal.process.wait().status == 130)
        #expect(terminal.screen.hasSuffix("\u{1B}[J") || terminal.screen.hasSuffix("^C"), "\(terminal.screen)")
    }

    @Test("G1 --watch costs nothing while nothing changes")
    func watchIsIdle() throws {
        let repository = try Scratch().repository()
        _ = try repository.lease("first", env: ["GIT_POOL_FAKE_SECONDS": "-7200"])
        let terminal = try terminal(repository, "--watch")
        try terminal.wait(for: "first")
        let pid = try #require(terminal.pid)
        try repository.scratch.until("it waits in poll") {
            try String(contentsOfFile: "/proc/\(pid)/wchan", encoding: .utf8).contains("poll")
                || String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8).contains(") S ")
        }
        let screen = terminal.screen
        // A file that is no record's: the watch is told, looks, and draws nothing.
        try repository.scratch.write("\(repository.state)/slots/note", "")
        _ = try repository.pool("list").ok()
        #expect(terminal.screen == screen)
    }

    @Test("G1 --status on a terminal shows the table at once and fills it in; a pipe gets it whole")
    func progressive() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("first")
        try repository.scratch.write("\(lease)/new.txt", "new\n")
        let terminal = try terminal(repository, "--status", columns: 140)
        try terminal.process.wait().ok()
        let parts = terminal.screen.components(separatedBy: "…")
        try #require(parts.count >= 2, "\(terminal.screen)")
        #expect(parts[0].contains("first") && !parts[0].contains("+1"))
        #expect(parts.last?.contains("+1") == true)
        let piped = try repository.pool("list", "--status").ok().out
        #expect(!piped.contains("…") && !piped.contains("\u{1B}") && piped.contains("+1"))
    }

    @Test("G1 --porcelain and --json tell the changes with --status, of many slots at once")
    func machines() throws {
        let repository = try Scratch().repository()
        for name in ["a", "b", "c", "d", "e"] {
            let lease = try repository.lease(name)
            try repository.scratch.write("\(lease)/\(name).txt", "new\n")
            try repository.commit(name, ["work.txt": name], in: lease)
            try repository.scratch.write("\(lease)/a.txt", "changed\n")
        }
        let records = try repository.pool("list", "--porcelain", "-z", "--status").ok().out
            .components(separatedBy: "\0\0").filter { !$0.isEmpty }
        #expect(records.count == 5)
        for record in records {
            let lines = record.components(separatedBy: "\0")
            for line in ["modified 1", "untracked 0", "ahead 1", "behind 0"] {
                #expect(lines.contains(line), "\(lines)")
            }
            let disk = lines.compactMap { $0.hasPrefix("disk ") ? Int($0.dropFirst(5)) : nil }
            #expect(disk.count == 1 && disk[0] >= 3 * 4096 && disk[0] < 100_000, "\(lines)")
        }
        for slot in try repository.slots("--status") {
            let status = try #require(slot["status"] as? [String: Any])
            #expect(status["modified"] as? Int == 1 && status["ahead"] as? Int == 1 && status["operation"] is NSNull)
            #expect((slot["diskBytes"] as? Int).map { $0 >= 3 * 4096 } == true)
        }
        #expect(try repository.pool("list", "--porcelain").ok().out.contains("modified") == false)
    }
}
