import Foundation
import GitPool
import Testing

@Suite struct StatsTests {
    @Test("G4 stats counts leases, slots, waits, deaths and saves, folded or not")
    func life() throws {
        let repository = try Scratch().repository()
        let scratch = repository.scratch
        try repository.git("config", "pool.max", "1")
        let first = try repository.lease("a")
        #expect(try figures(repository, ["leased", "idle"]) == [1, 0])
        let waiting = try repository.startAdd("--wait=30s", "b")
        try scratch.until("it waits") { !scratch.entries("\(repository.state)/queue").isEmpty }
        try repository.pool("done", "a").ok()
        try waiting.wait().ok()
        try scratch.write("\(first)/new.txt", "precious\n")
        try repository.pool("done", "--save", "b").ok()
        try repository.settle(first)
        let holder = try scratch.holder()
        _ = try repository.lease("c", "--pid", String(holder.pid))
        holder.kill()
        try repository.settle(first)
        try repository.pool("restore", "--drop", "b").ok()
        try repository.git("worktree", "add", "-q", "-b", "mine", scratch.at("mine"))
        try repository.pool("adopt", scratch.at("mine"), "mine").ok()
        let expected = [
            "leases": 4, "new": 1, "reused": 2, "adopted": 1, "hitPercent": 66, "created": 1, "waits": 1, "reaped": 1,
            "saved": 1,
        ]
        for _ in 0..<2 {
            let stats = try repository.pool("stats", "--json").object()
            for (key, value) in expected { #expect(stats[key] as? Int == value, "\(key) in \(stats)") }
            #expect(try #require(stats["waitedMilliseconds"] as? Int) > 0)
            try repository.pool("gc").ok()
            #expect(!Scratch.exists("\(repository.state)/stats.log"))
        }
        let text = try repository.pool("stats").ok().out
        #expect(text.contains("now      1 leased, 1 idle of 1\n"))
        #expect(text.contains("leases   4: 2 in a slot that waited, 1 in a new one (hit rate 66%)\n"))
        #expect(text.contains("reaped   1 lease whose holder died\nsaved    1 time\n"))
        #expect(try scratch.sh("stat -c %a \"$1\"/stats", repository.state).line == "600")
    }

    @Test("G4 40 processes at once: the sums are what happened, while gc adds them up")
    func exact() throws {
        let repository = try Scratch().repository()
        let scratch = repository.scratch
        let stop = scratch.at("stop")
        let pid = try scratch.holderPid()
        let folds = try scratch.start(
            ["sh", "-c", "while [ ! -e '\(stop)' ]; do git pool gc -q || exit; done"], in: repository.path)
        let script = "git pool add -q --pid \(pid) $0 >/dev/null && git pool done -q $0"
        let processes = try (0..<40).map { try scratch.start(["sh", "-c", script, "n\($0)"], in: repository.path) }
        for process in processes { try process.wait(120).ok() }
        try scratch.write(stop, "")
        try folds.wait(60).ok()
        try repository.pool("gc").ok()
        let stats = try repository.pool("stats", "--json").object()
        let slots = try repository.slots().count
        #expect(stats["leases"] as? Int == 40 && stats["created"] as? Int == slots, "\(stats)")
        #expect(stats["new"] as? Int == slots && stats["reused"] as? Int == 40 - slots, "\(stats)")
        #expect(stats["waits"] as? Int == 0 && stats["reaped"] as? Int == 0)
        #expect(try figures(repository, ["leased", "idle"]) == [0, slots])
    }

    @Test(
        "G4 SIGKILL loses no count and makes none double",
        arguments: [
            (FaultPoint.leasedWritten, 0), (.leased, 1), (.releasingWritten, 1), (.cleaningWritten, 1),
            (.statsNoted, 1), (.cleaning, 1), (.idle, 1), (.statsFolded, 1),
        ])
    func killed(_ point: FaultPoint, _ leases: Int) throws {
        let repository = try Scratch().repository()
        let commands = [["add", "--pid", try repository.scratch.holderPid(), "a"], ["done", "a"], ["gc"]]
        #expect(try commands.contains { try repository.killed(at: point, $0) }, "not killed")
        for _ in 0..<2 {
            let stats = try repository.pool("stats", "--json").object()
            #expect(stats["leases"] as? Int == leases && stats["created"] as? Int == 1, "\(stats)")
            try repository.pool("gc").ok()
        }
        // And once more, with the slot that is there.
        _ = try repository.lease("b")
        try repository.pool("done", "b").ok()
        let stats = try repository.pool("stats", "--json").object()
        #expect(stats["leases"] as? Int == leases + 1, "\(stats)")
    }

    @Test("G4 a Prometheus parser accepts --openmetrics, whatever the repository is called")
    func metrics() throws {
        let name = "re\"po\\nx{},y"
        let repository = try Scratch().repository(named: name)
        _ = try repository.lease("a")
        let text = try repository.pool("stats", "--disk", "--openmetrics").ok().out
        #expect(text.hasSuffix("\n# EOF\n"))
        let script = """
            import json, sys
            from prometheus_client.openmetrics.parser import text_string_to_metric_families
            print(json.dumps({f.name: [f.type, f.unit, [[s.name, s.labels, s.value] for s in f.samples]]
                for f in text_string_to_metric_families(sys.stdin.read())}))
            """
        let parsed = try repository.scratch.run(["/usr/bin/python3", "-c", script], input: text).object()
        let leases = try #require(parsed["git_pool_leases"] as? [Any])
        #expect(leases[0] as? String == "counter")
        let samples = try #require(leases[2] as? [[Any]])
        #expect(samples.map { $0[0] as? String } == Array(repeating: "git_pool_leases_total", count: 3))
        #expect(samples.map { $0[2] as? Int } == [0, 1, 0])
        #expect(
            samples.first?[1] as? [String: String] == ["repository": "\(repository.path)/.git", "slot": "reused"])
        #expect((parsed["git_pool_wait_seconds"] as? [Any])?[1] as? String == "seconds")
        #expect(parsed["git_pool_disk_bytes"] != nil && parsed["git_pool_slots"] != nil)
    }

    @Test("G4 what is kept of the past is bounded, and what nobody wrote is no count")
    func bounded() throws {
        let repository = try Scratch().repository()
        let scratch = repository.scratch
        _ = try repository.lease("a")
        let journal = "\(repository.state)/stats.log"
        let old = "lease 0011223344556677 made 1000 2000 - -\n"
        let junk =
            "lease $(touch x) made 1 2 - -\nlease 1 made 9 2 - -\nlease 2 made 1 99999999999999999999 - -\nslot ../x\n"
        try scratch.write(journal, "0123456789abcdef\n" + junk + String(repeating: old, count: 2000))
        try repository.pool("done", "a").ok()
        #expect(!Scratch.exists(journal), "not added up")
        #expect(try scratch.read("\(repository.state)/stats").utf8.count < 16_384)
        #expect(try repository.pool("stats", "--json").object()["leases"] as? Int == 2)
        for text in [
            "git-pool-stats 1\nuse 60 -5 9\nend\n", "git-pool-stats 1\nmade 9999999999999999999\nend\n", "\u{0}\n",
        ] {
            try scratch.write("\(repository.state)/stats", text)
            #expect(try repository.pool("stats", "--json").object()["leases"] as? Int == 0, "\(text)")
        }
        // A journal whose beginning a power cut tore makes way for one that counts.
        try scratch.write("\(repository.state)/stats", "")
        try scratch.write(journal, "XX!\n")
        try repository.pool("gc").ok()
        #expect(try scratch.read("\(journal).torn") == "XX!\n")
        _ = try repository.lease("b")
        try repository.pool("done", "b").ok()
        #expect(try repository.pool("stats", "--json").object()["leases"] as? Int == 1)
        // A newer version's is left alone.
        try scratch.write("\(repository.state)/stats", "git-pool-stats 2\n")
        try repository.pool("gc").ok()
        #expect(try scratch.read("\(repository.state)/stats") == "git-pool-stats 2\n")
    }

    @Test("G4 the use over time is a line of blocks that fits the terminal, ASCII without UTF-8")
    func sparkline() throws {
        let repository = try Scratch().repository()
        _ = try repository.lease("a", env: ["GIT_POOL_FAKE_SECONDS": "-1200"])
        for (locale, mark) in [("C.UTF-8", "█"), ("C", "#")] {
            let terminal = try Terminal(
                repository.scratch, ["git", "pool", "stats"], in: repository.path, env: ["LC_ALL": locale])
            try terminal.process.wait().ok()
            let lines = terminal.screen.split(whereSeparator: \.isNewline)
            #expect(lines.allSatisfy { $0.count < 80 }, "\(terminal.screen)")
            // The last minute is not over, and its column lower for that.
            #expect(lines.first { $0.contains("last hour") }?.contains(mark + mark) == true, "\(terminal.screen)")
        }
        let plain = try repository.pool("stats", env: ["LC_ALL": "C.UTF-8"]).ok().out
        #expect(!plain.contains("█") && plain.contains("last hour     1.0 on average\n"))
    }

    private func figures(_ repository: Repository, _ states: [String]) throws -> [Int?] {
        let slots = try repository.pool("stats", "--json").object()["slots"] as? [String: Int]
        return states.map { slots?[$0] }
    }
}
