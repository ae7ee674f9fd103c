import Foundation
import Glibc
import Testing

/// `map` from the outside: every item once, never too many, nothing left behind.
@Suite struct MapTests {
    private let scratch: Scratch
    private let repository: Repository

    init() throws {
        scratch = try Scratch()
        repository = try scratch.repository()
    }

    private func map(_ words: String..., input: String? = nil, env: [String: String?] = [:]) throws -> Outcome {
        try scratch.run(["git", "pool", "map"] + words, in: repository.path, env: env, input: input)
    }

    private func start(_ words: String...) throws -> Background {
        try scratch.start(["git-pool", "map"] + words, in: repository.path)
    }

    /// Nothing is leased, and nothing of a release is left undone.
    private func expectNothingHeld(at location: SourceLocation = #_sourceLocation) throws {
        try scratch.until("all slots are idle", at: location) {
            try repository.pool("gc").ok()
            return repository.records.allSatisfy { $0.hasSuffix(".idle") }
        }
    }

    @Test("F2 25 items, 10 at once, a pool of 4: never more than 4 leases, 25 results, none left")
    func cap() throws {
        try repository.git("config", "pool.max", "4")
        let items = (1...25).map { "item \($0)" }.joined(separator: "\n")
        let count =
            "ls '\(repository.state)/slots' | grep -cE '[.](leased|leasing|releasing)$'; echo \"$1 in $GIT_POOL_NAME\""
        let outcome = try map("-j", "10", "--from-file", "-", "--", "sh", "-c", count, "sh", input: items).ok()
        let counts = outcome.lines.compactMap { Int($0) }
        #expect(counts.count == 25 && counts.allSatisfy { (1...4).contains($0) }, "\(counts)")
        let results = outcome.lines.filter { $0.hasPrefix("item") }
        #expect(Set(results) == Set((1...25).map { "item \($0) in item-\($0)" }))
        #expect(try repository.linkedWorktrees.count <= 4)
        try expectNothingHeld()
        #expect(try repository.git("for-each-ref", "refs/heads/item*").out == "")
    }

    @Test("F2 {} {#} {name} are replaced in words alone, once, and an item without a place goes last")
    func replacement() throws {
        let words = try map("--", "printf", "<%s>", "a{}b", "{#}", "{name}", ":::", "{name} $(id)").ok()
        #expect(words.out == "<a{name} $(id)b><1><name-id>")
        #expect(try map("-j1", "--", "printf", "%s,", "x{#}", ":::", "p q", "r").ok().out == "x1,p q,x2,r,")
    }

    @Test("F2 items come from the command line, from lines, or from records that end in NUL")
    func items() throws {
        let file = try scratch.write("items", "one\n\n two \n")
        #expect(try map("-j1", "--from-file", file, "--", "printf", "[%s]").ok().out == "[one][ two ]")
        let records = "a\nb\0\0c\0"
        let outcome = try map("-j1", "--from-file=-", "-z", "--", "printf", "[%s]", input: records).ok()
        #expect(outcome.out == "[a\nb][][c]")
        try map("--from-file", "/dev/null", "--", "false").check(0, says: "nothing to do")
        try map("--", "true").check(129, says: "no items")
        try map("--from-file", file, "--", "true", ":::", "x").check(129, says: "not from both")
        try map("-z", "--", "true", ":::", "x").check(129, says: "--from-file")
        try map("-b", "x", "--", "true", ":::", "x").check(129, says: "unknown switch")
        try map("--from-file", "missing", "--", "true").check(128, says: "missing")
        #expect(repository.records.allSatisfy { $0.hasSuffix(".idle") })
    }

    @Test("F2 an item's output comes whole, when it ends or in the order of the items", arguments: [true, false])
    func order(keeps: Bool) throws {
        // The first one goes on when map has waited for the second one's end.
        let script = """
            i=0; while [ $i -lt 300 ]; do echo $1; i=$((i+1)); done
            if [ $1 = second ]; then echo $$ >"$2.new"; mv "$2.new" "$2"; exit; fi
            while [ ! -e "$2" ] || kill -0 "$(cat "$2")" 2>/dev/null; do sleep 0.02; done
            """
        let words = ["-j", "2"] + (keeps ? ["--keep-order"] : [])
        let outcome = try scratch.run(
            ["git", "pool", "map"] + words
                + ["--", "sh", "-c", script, "sh", "{}", scratch.at("mark"), ":::", "first", "second"],
            in: repository.path
        ).ok()
        #expect(outcome.lines.count == 600)
        let changes = outcome.lines.reduce(into: [String]()) { if $0.last != $1 { $0.append($1) } }
        #expect(changes == (keeps ? ["first", "second"] : ["second", "first"]))
    }

    @Test("F2 failures are told at the end, with what they said last; the status is the worst one; C9 keeps their work")
    func failures() throws {
        let script = "echo out-$1; echo oops-$1 >&2; [ $1 != 3 ] || echo half >half; exit $1"
        let outcome = try map("-j1", "--", "sh", "-c", script, "sh", ":::", "0", "3", "2").check(
            3, says: "error: 2 of 3 failed:", "2 '3': status 3", "oops-3", "oops-2", "'3': 1 file untracked ('half')",
            "[1/3] '0' done in ")
        #expect(!outcome.err.contains("oops-0"))
        #expect(outcome.lines == ["out-0", "out-3", "out-2"])
        let logs = scratch.entries("\(repository.state)/logs")
        let folder = "\(repository.state)/logs/\(try #require(logs.first))"
        #expect(outcome.err.contains(folder))
        #expect(try scratch.read("\(folder)/2-3.log") == "oops-3\n")
        #expect(try scratch.read("\(folder)/2-3.out") == "out-3\n")
        try scratch.until("the others are idle") {
            try repository.pool("gc").ok()
            return repository.records.count { $0.hasSuffix(".orphaned") } == 1
                && repository.records.count { $0.hasSuffix(".idle") } == repository.records.count - 1
        }
        let quiet = try map("-q", "-j1", "--", "true", ":::", "a").ok()
        #expect(quiet.err == "")
        try map("--", "no-such-program", ":::", "a", "b").check(127, says: "not found", "1 not started")
    }

    private static let held =
        "echo $$ >\"$2/$1\"; while [ -d \"$2\" ] && [ ! -e \"$2/go\" ]; do sleep 0.02; done; echo over-$1"

    @Test("F2 an interrupt starts nothing new and lets go on what runs")
    func drained() throws {
        let place = try scratch.directory("place")
        let running = try start(
            "-j", "2", "--", "sh", "-c", MapTests.held, "sh", "{}", place, ":::", "a", "b", "c", "d")
        try scratch.until("two run") { scratch.entries(place).count == 2 }
        running.signal(SIGINT)
        try scratch.until("it says so") { running.err.contains("interrupted: 2 still run") }
        #expect(running.isRunning)
        try scratch.write("place/go", "")
        let outcome = try running.wait().check(130, says: "2 of 4 done, 2 not started")
        #expect(outcome.lines.sorted() == ["over-a", "over-b"])
        try expectNothingHeld()
    }

    @Test("F2 a second interrupt, or SIGTERM, ends what runs with all it started", arguments: [SIGINT, SIGTERM])
    func ended(signal: Int32) throws {
        let place = try scratch.directory("place")
        // The child is in a session of its own; it must end too.
        let script = "setsid sh -c 'echo $$ >\"$1/$2-child\"; exec sleep 900' sh \"$2\" \"$1\" & " + MapTests.held
        let running = try start("-j", "2", "--", "sh", "-c", script, "sh", "{}", place, ":::", "a", "b", "c")
        try scratch.until("two run") { scratch.entries(place).count == 4 }
        let pids = try scratch.entries(place).compactMap {
            Int32(try scratch.read("\(place)/\($0)").trimmingCharacters(in: .newlines))
        }
        #expect(pids.count == 4)
        running.signal(signal)
        if signal == SIGINT {
            try scratch.until("it drains") { running.err.contains("still run") }
            running.signal(SIGINT)
        }
        let outcome = try running.wait(20)
        outcome.check(128 + (signal == SIGINT ? max(SIGINT, SIGTERM) : SIGTERM), says: "1 not started")
        for pid in pids { #expect(Kept.hasEnded(pid)) }
        try expectNothingHeld()
    }

    @Test("F2 D8 a map that is killed holds nothing, and its items keep their worktrees while they stand there")
    func killed() throws {
        let place = try scratch.directory("place")
        let running = try start("-j", "2", "--", "sh", "-c", MapTests.held, "sh", "{}", place, ":::", "a", "b", "c")
        try scratch.until("two run") { scratch.entries(place).count == 2 }
        Glibc.kill(running.pid, SIGKILL)
        _ = try running.wait()
        try repository.pool("gc").ok()
        #expect(repository.records.allSatisfy { $0.hasSuffix(".releasing") })
        try scratch.write("place/go", "")
        try expectNothingHeld()
    }

    @Test("F2 a map lets others in: whoever waits for a slot gets one before the map is over")
    func fair() throws {
        try repository.git("config", "pool.max", "1")
        let place = try scratch.directory("place")
        let items = (1...40).map { "i\($0)" }
        let running = try scratch.start(
            ["git-pool", "map", "-j4", "--", "sh", "-c", "echo >\"$2/$1\"", "sh", "{}", place, ":::"] + items,
            in: repository.path)
        try scratch.until("it runs") { !scratch.entries(place).isEmpty }
        let path = try repository.add("--wait=50s", "other").ok().line
        #expect(running.isRunning)
        #expect(scratch.entries(place).count < 40)
        try repository.pool("done", "other").ok()
        try running.wait().ok()
        #expect(scratch.entries(place).count == 40)
        #expect(path == repository.slot(1))
        try expectNothingHeld()
    }

    @Test("F2 a pool that nobody will leave is said to be full; --wait says how long to wait")
    func full() throws {
        try repository.git("config", "pool.max", "1")
        _ = try repository.lease("mine")
        try map("--wait=0", "--", "true", ":::", "a").check(3, says: "the wait is over", "1 not started")
        try repository.git("config", "pool.max", "0")
        try map("--", "true", ":::", "a").check(4, says: "full")
    }

    @Test("F2 many items over few slots leak none")
    func many() throws {
        let isLong = ProcessInfo.processInfo.environment["GIT_POOL_LONG_TESTS"] != nil
        let (count, slots) = isLong ? (1000, 16) : (60, 8)
        try repository.git("config", "pool.max", String(slots))
        let items = (1...count).map { "n\($0)" }.joined(separator: "\n")
        let outcome = try scratch.run(
            ["git", "pool", "map", "-j0", "--from-file", "-", "--", "echo"], in: repository.path, input: items,
            seconds: 600
        ).check(0, says: "\(count) of \(count) done")
        #expect(Set(outcome.lines) == Set((1...count).map { "n\($0)" }))
        #expect(outcome.lines.count == count)
        try expectNothingHeld()
        #expect(try repository.linkedWorktrees.count <= slots)
        #expect(try repository.git("for-each-ref", "refs/heads").lines.count == 1)
        try repository.fsck()
    }

    @Test("F2 logs of old runs go, the newest twenty stay")
    func retention() throws {
        for index in 10..<35 { try scratch.write("\(repository.state)/logs/201\(index)T000000Z-aaaa/1-a.log", "x") }
        try map("--", "echo", ":::", "a").ok()
        let runs = scratch.entries("\(repository.state)/logs")
        #expect(runs.count == 20)
        #expect(runs.contains("20134T000000Z-aaaa") && !runs.contains("20115T000000Z-aaaa"))
        try repository.pool("doctor").check(0)
    }

    @Test("F2 on a terminal the view is drawn in place and goes at the end")
    func live() throws {
        let place = try scratch.directory("place")
        let terminal = try Terminal(
            scratch,
            ["git-pool", "map", "-j2", "--", "sh", "-c", MapTests.held, "sh", "{}", place, ":::", "a", "b", "c"],
            in: repository.path, env: ["TERM": "xterm", "LC_ALL": "C.UTF-8"])
        try terminal.wait(for: "0 of 3 done, 2 running, 1 waiting")
        try terminal.wait(for: "\u{1B}[J")
        try scratch.write("place/go", "")
        try terminal.wait(for: "3 of 3 done in ")
        for item in ["a", "b", "c"] { #expect(terminal.screen.contains("over-\(item)\r\n")) }
        #expect(!terminal.screen.contains("[1/3]"))
    }
}
