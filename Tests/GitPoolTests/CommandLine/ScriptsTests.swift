import Foundation
import Testing

@Suite struct ScriptsTests {
    @Test("G3 path: the place of a name, a slot or the lease one stands in; empty and 1 without")
    func path() throws {
        let repository = try Scratch().repository(files: ["deep/a.txt": "one\n"])
        let lease = try repository.lease("a")
        #expect(try repository.pool("path", "a").check(0).out == lease + "\n")
        #expect(try repository.pool("path", "1").check(0).out == lease + "\n")
        #expect(try repository.pool("path", in: "\(lease)/deep").check(0).out == lease + "\n")
        #expect(try repository.pool("path", "nosuch").check(1).out.isEmpty)
        #expect(try repository.pool("path").check(1).out.isEmpty)
        try repository.pool("done", "a").check(0)
        #expect(try repository.pool("path", "a").check(1).out.isEmpty)
    }

    @Test("G3 whoami: the lease one stands in, 1 and nothing outside")
    func whoami() throws {
        let repository = try Scratch().repository(files: ["deep/a.txt": "one\n"])
        let lease = try repository.lease("a")
        #expect(try repository.pool("whoami", in: "\(lease)/deep").check(0).out.contains("a"))
        let object = try repository.pool("whoami", "--json", in: lease).object()
        #expect(object["name"] as? String == "a")
        #expect(object["path"] as? String == lease)
        #expect(try repository.pool("whoami").check(1).out.isEmpty)
    }

    private static let fields = [
        "schema", "slot", "name", "state", "path", "branch", "head", "base", "group", "holder", "createdAt", "leasedAt",
        "releasedAt", "expiresAt", "lastUsedAt", "useCount", "status", "diskBytes", "keptBecause", "env", "note",
    ]

    @Test("G1 add, show and list --json have every field of schema 1")
    func json() throws {
        let repository = try Scratch().repository()
        let pid = try repository.scratch.holderPid()
        let added = try repository.add("--json", "--note", "a \"note\"\n", "--session", "s", "a").object()
        let lease = repository.slot(1)
        let shown = try repository.pool("show", "--json", "a").object()
        let listed = try #require(try repository.slots().first)
        for object in [added, shown, listed] {
            for field in ScriptsTests.fields { #expect(object[field] != nil, "no \(field)") }
            #expect(object["schema"] as? Int == 1)
            #expect(object["slot"] as? Int == 1)
            #expect(object["name"] as? String == "a")
            #expect(object["state"] as? String == "leased")
            #expect(object["path"] as? String == lease)
            #expect(object["branch"] as? String == "a")
            #expect(try object["head"] as? String == repository.tip("main"))
            #expect(object["note"] as? String == "a \"note\"\n")
            let holder = try #require(object["holder"] as? [String: Any])
            for field in ["session", "pid", "program", "host", "alive"] { #expect(holder[field] != nil, "no \(field)") }
            #expect(holder["pid"] as? Int == Int(pid))
            #expect(holder["program"] as? String == "sleep")
            #expect(holder["session"] as? String == "s")
            let base = try #require(object["base"] as? [String: Any])
            #expect(base["branch"] as? String == "main")
            #expect(object["keptBecause"] is [String])
            #expect(object["env"] is [String: Any])
            #expect(object["releasedAt"] is NSNull)
            let time = try #require(object["leasedAt"] as? String)
            #expect(time.wholeMatch(of: /2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/) != nil, "\(time)")
        }
        #expect(added["cold"] as? Bool == true)
        #expect(listed["status"] is NSNull)
    }

    @Test("G1 list --status counts; --state and --branch choose")
    func filters() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("topic/a")
        _ = try repository.lease("b")
        try repository.scratch.write("\(lease)/a.txt", "changed\n")
        try repository.scratch.write("\(lease)/new.txt", "new\n")
        try repository.scratch.write("\(lease)/newer.txt", "new\n")
        let slot = try #require(try repository.slots("--status").first { $0["name"] as? String == "topic/a" })
        let status = try #require(slot["status"] as? [String: Any])
        #expect(status["modified"] as? Int == 1)
        #expect(status["untracked"] as? Int == 2)
        #expect(status["ahead"] as? Int == 0)
        #expect(status["operation"] is NSNull)
        #expect(try repository.slots("--branch", "topic/*").compactMap { $0["name"] as? String } == ["topic/a"])
        #expect(try repository.slots("--state", "idle").isEmpty)
        #expect(try repository.slots("--state", "leased").count == 2)
    }

    @Test("G1 the table shows name, state and branch; aliases are the same")
    func table() throws {
        let repository = try Scratch().repository()
        _ = try repository.lease("fix-login")
        let table = try repository.pool("list").check(0).out
        for word in ["fix-login", "leased", "sleep"] { #expect(table.contains(word), "\(table)") }
        #expect(!table.contains("\u{1B}"))
        // A second may pass between two looks.
        func ageless(_ text: String) -> String { text.replacing(/\d+[smhd]\b/, with: "") }
        for alias in ["ls", "status"] {
            #expect(ageless(try repository.pool(alias).check(0).out) == ageless(table))
        }
        let story = try repository.pool("show", "fix-login").out
        #expect(ageless(try repository.pool("why", "fix-login").check(0).out) == ageless(story))
    }

    @Test("G2 show names the write roots, and what keeps the slot, but never whoever asks from inside")
    func story() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        let ask = "git pool show; true"
        let own = try repository.scratch.sh(ask, in: lease).ok().out
        #expect(!own.contains("a process inside it"), "\(own)")
        let roots = try #require(own.split(separator: "\n").first { $0.hasPrefix("writes ") })
        for root in [lease, repository.commonDirectory] {
            #expect(roots.contains(root) && Scratch.exists(root))
        }
        let other = try repository.scratch.start(["sleep", "60"], in: lease)
        #expect(
            try repository.scratch.sh(ask, in: lease).ok().out.contains("a process inside it, sleep (pid \(other.pid))")
        )
    }

    @Test("G1 --porcelain: attribute lines, a blank line after each record; -z ends lines with NUL")
    func porcelain() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        _ = try repository.lease("b")
        let lines = try repository.pool("list", "--porcelain").check(0).out.components(separatedBy: "\n")
        let records = lines.split(separator: "").map(Array.init)
        #expect(records.count == 2)
        let first = try #require(records.first { $0.contains { $0.hasSuffix(" \(lease)") } })
        #expect(first.contains { $0.hasSuffix(" a") })
        #expect(first.contains { $0.hasSuffix(" leased") || $0 == "leased" })
        let zeroes = try repository.pool("list", "--porcelain", "-z").check(0).out
        #expect(!zeroes.contains("\n"))
        #expect(zeroes.replacingOccurrences(of: "\0", with: "\n") == lines.joined(separator: "\n"))
    }

    @Test("G6 gc -n says what it would do for each slot and does nothing")
    func dryRun() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        let holder = try repository.scratch.holder()
        let dead = try repository.add("--pid", String(holder.pid), "dead").check(0).line
        holder.kill()
        let before = (try repository.snapshot(), repository.records)
        let outcome = try repository.pool("gc", "-n").check(0)
        #expect((outcome.out + outcome.err).contains("dead") || (outcome.out + outcome.err).contains(dead))
        #expect(try repository.snapshot() == before.0)
        #expect(repository.records == before.1)
        try repository.settle(dead)
        #expect(try repository.leased == ["a"])
        #expect(Scratch.exists(lease))
    }
}
