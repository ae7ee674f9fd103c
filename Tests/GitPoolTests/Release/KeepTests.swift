import Foundation
import Testing

/// Time is moved by `GIT_POOL_FAKE_SECONDS`, which is added to the wall clock.
@Suite struct KeepTests {
    private func later(_ seconds: Int) -> [String: String?] { ["GIT_POOL_FAKE_SECONDS": "\(seconds)"] }

    @Test("C8 done --keep leaves unsaved work for inspection until the ttl, then saves and recycles it")
    func ttl() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.scratch.write("\(lease)/new.txt", "unsaved\n")
        try repository.pool("done", "--keep=100s", "a").check(0)
        #expect(try repository.state(at: lease) == "expiring")
        try repository.pool("gc", env: later(95)).check(0)
        #expect(try repository.state(at: lease) == "expiring")
        #expect(try repository.scratch.read("\(lease)/new.txt") == "unsaved\n")
        #expect(try repository.snapshot().saves.isEmpty)

        try repository.pool("gc", env: later(105)).check(0)
        #expect(try repository.state(at: lease) == "idle")
        #expect(!Scratch.exists("\(lease)/new.txt"))
        let restored = try repository.pool("restore", "--no-holder", "a").check(0).line
        #expect(try repository.scratch.read("\(restored)/new.txt") == "unsaved\n")
    }

    @Test("C8 --ttl is the lease's own time, pool.ttl everybody's, and it starts at the release")
    func ownTtl() throws {
        let repository = try Scratch().repository()
        try repository.git("config", "pool.ttl", "1h")
        let short = try repository.lease("short", "--ttl=10s")
        let long = try repository.lease("long")
        for lease in [short, long] { try repository.scratch.write("\(lease)/new.txt", "new\n") }
        try repository.pool("gc", env: later(50)).check(0)
        #expect(try repository.leased == ["long", "short"])
        try repository.pool("done", "--keep", "short", "long").check(0)
        try repository.pool("gc", env: later(60)).check(0)
        #expect(try repository.state(at: short) == "idle")
        #expect(try repository.state(at: long) == "expiring")
    }

    @Test("C8 pool.keepDone keeps clean ones too; keep --for and --forever outlast the ttl")
    func keeping() throws {
        let repository = try Scratch().repository()
        try repository.git("config", "pool.keepDone", "true")
        let plain = try repository.lease("plain")
        let kept = try repository.lease("kept")
        try repository.pool("keep", "--forever", "kept").check(0)
        try repository.pool("done", "plain", "kept").check(0)
        #expect(try repository.state(at: plain) == "expiring")
        try repository.pool("gc", env: later(300)).check(0)
        #expect(try repository.state(at: plain) == "idle")
        #expect(try repository.state(at: kept) == "expiring")
        try repository.pool("gc", env: later(400_000_000)).check(0)
        #expect(try repository.state(at: kept) == "expiring")
        try repository.pool("keep", "--no-keep", "kept").check(0)
        try repository.pool("gc", env: later(400_000_000)).check(0)
        #expect(try repository.state(at: kept) == "idle")
    }

    @Test("C8 keep holds a worktree whose holder died")
    func keepAfterDeath() throws {
        let repository = try Scratch().repository()
        let holder = try repository.scratch.holder()
        let lease = try repository.lease("a", "--pid=\(holder.pid)")
        try repository.pool("keep", "--for=2h", "a").check(0)
        holder.kill()
        _ = try holder.wait()
        try repository.pool("gc", env: later(7000)).check(0)
        #expect(try repository.slot(named: "a") != nil)
        try repository.pool("gc", env: later(7300)).check(0)
        #expect(try repository.state(at: lease) == "idle")
    }

    @Test(
        "C9 failed work is kept for the ttl when pool.keepFailed says so, and not otherwise", arguments: [true, false])
    func failed(_ keeps: Bool) throws {
        let repository = try Scratch().repository()
        try repository.git("config", "pool.keepFailed", "\(keeps)")
        let lease = try repository.lease("a")
        try repository.pool("done", "--failed", "a").check(0)
        try repository.pool("gc").check(0)
        #expect(try repository.state(at: lease) == (keeps ? "expiring" : "idle"))
    }

    @Test("C9 run keeps what a failing command left, and D8 gives back what a good one left clean")
    func run() throws {
        let repository = try Scratch().repository()
        let clean = try repository.pool("run", "fine", "--", "sh", "-c", "pwd; exit 0").check(0)
        try repository.settle(clean.line)
        #expect(try repository.tip("refs/heads/fine") == nil)
        let dirty = try repository.pool("run", "bad", "--", "sh", "-c", "pwd; echo half >half; exit 7").check(
            7, says: "half")
        #expect(try repository.state(at: dirty.line) == "orphaned")
        #expect(try repository.scratch.read("\(dirty.line)/half") == "half\n")
    }

    @Test("F1 run passes status, signals, streams and the lease's variables through")
    func passThrough() throws {
        let repository = try Scratch().repository()
        try repository.pool("run", "--", "sh", "-c", "exit 7").check(7)
        try repository.pool("run", "--", "no-such-command").check(127)
        let echoed = try repository.pool("run", "--", "cat", input: "through\n").check(0)
        #expect(echoed.out == "through\n")
        let told = try repository.pool(
            "run", "told", "--", "sh", "-c",
            "echo $GIT_POOL_NAME $GIT_POOL_BRANCH $GIT_POOL_SLOT; pwd; echo $GIT_POOL_PATH")
        let lines = told.check(0).lines
        #expect(lines[0] == "told told 1")
        #expect(lines[1] == lines[2])
        // From `git pool`, a shell sees 128 and the signal's number.
        try repository.pool("run", "--", "sh", "-c", "kill -TERM $$").check(143)
    }

    @Test("F1 a signal sent to run reaches the command, and the lease ends with it")
    func signals() throws {
        let repository = try Scratch().repository()
        let running = try repository.scratch.start(
            [
                "git-pool", "run", "a", "--", "sh", "-c",
                "trap 'exit 9' TERM; touch ready; rm ready; echo up; while :; do sleep 0.05; done",
            ],
            in: repository.path)
        try repository.scratch.until("the command runs") { running.out.contains("up") }
        running.signal(SIGTERM)
        #expect(try running.wait(20).status == 9)
        try repository.settle(repository.slot(1))
    }

    @Test("B9 --exclusive refuses a second lease from the same commit, also after its holder committed")
    func exclusive() throws {
        let repository = try Scratch().repository()
        let adds = try (0..<2).map { try repository.startAdd("--exclusive", "e\($0)") }
        let outcomes = try adds.map { try $0.wait(60) }
        #expect(outcomes.map(\.status).sorted() == [0, 5])
        let winner = try #require(outcomes.firstIndex { $0.status == 0 })
        let refused = try #require(outcomes.first { $0.status == 5 })
        let pid = try repository.scratch.holderPid()
        #expect(refused.err.contains("e\(winner)") && refused.err.contains(pid))
        try repository.commit("more", ["b.txt": "b\n"], in: outcomes[winner].line)
        try repository.add("--exclusive", "again").check(5)
        #expect(try repository.tip("refs/heads/again") == nil)
        _ = try repository.lease("free")
        try repository.git("config", "pool.exclusive", "true")
        try repository.add("configured").check(5)
        try repository.add("--no-exclusive", "waived").check(0)
    }

    @Test("D4 a dead holder's clean slot is recycled, its dirty one kept for orphanTtl, shown, then saved and recycled")
    func orphan() throws {
        let repository = try Scratch().repository()
        let holder = try repository.scratch.holder()
        let clean = try repository.lease("clean", "--pid=\(holder.pid)")
        let dirty = try repository.lease("dirty", "--pid=\(holder.pid)")
        try repository.scratch.write("\(dirty)/new.txt", "unsaved\n")
        holder.kill()
        _ = try holder.wait()
        try repository.pool("gc").check(0)
        #expect(try repository.state(at: clean) == "idle")
        #expect(try repository.state(at: dirty) == "orphaned")
        let reasons = try repository.slot(named: "dirty")?["keptBecause"] as? [String]
        #expect(reasons?.contains { $0.contains("new.txt") } == true)
        try repository.pool("gc", env: later(86_000)).check(0)
        #expect(try repository.scratch.read("\(dirty)/new.txt") == "unsaved\n")
        try repository.pool("gc", env: later(86_500)).check(0)
        #expect(try repository.state(at: dirty) == "idle")
        let restored = try repository.pool("restore", "--no-holder", "dirty").check(0).line
        #expect(try repository.scratch.read("\(restored)/new.txt") == "unsaved\n")
    }

    @Test("B7 a full pool saves and recycles its oldest orphan before it refuses anyone")
    func room() throws {
        let repository = try Scratch().repository()
        try repository.git("config", "pool.max", "1")
        let holder = try repository.scratch.holder()
        let lease = try repository.lease("old", "--pid=\(holder.pid)")
        try repository.scratch.write("\(lease)/new.txt", "unsaved\n")
        holder.kill()
        _ = try holder.wait()
        try repository.pool("gc").check(0)
        #expect(try repository.state(at: lease) == "orphaned")
        #expect(try repository.lease("new") == lease)
        #expect(!Scratch.exists("\(lease)/new.txt"))
        try repository.add("third").check(4)
        #expect(try repository.snapshot().saves.count == 1)
    }
}
