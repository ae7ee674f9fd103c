import Foundation
import Testing

@testable import GitPool
@testable import PoolCommands

/// What gc, list and doctor answer, word for word where scripts depend on it.
@Suite struct AnswerTests {
    @Test("H4 gc says that the pool is locked; a dry run needs no lock")
    func lockedPool() throws {
        let repository = try Scratch().repository()
        _ = try repository.lease("a")
        let held = repository.scratch.at("held")
        let holder = try repository.scratch.start(
            ["flock", "\(repository.state)/lock", "sh", "-c", "echo >'\(held)'; exec sleep 900"])
        try repository.scratch.until("the lock is held") { Scratch.exists(held) }
        let soon: [String: String?] = ["GIT_POOL_LOCK_TIMEOUT": "300"]
        #expect(try repository.pool("gc", env: soon, seconds: 20).check(3, says: "the pool is locked").out.isEmpty)
        try repository.pool("gc", "-n", env: soon, seconds: 20).check(0)
        holder.kill()
        try repository.pool("gc", env: soon, seconds: 20).check(0)
    }

    @Test(
        "G1 an answer that could not be written is an error; a reader that left is none",
        arguments: ["list", "list --json", "add --unique b --pid $PPID", "path a", "version"])
    func fullDisk(_ words: String) throws {
        let repository = try Scratch().repository()
        _ = try repository.lease("a")
        let outcome = try repository.scratch.sh("git pool \(words) >/dev/full", in: repository.path)
        outcome.check(9, says: "fatal: cannot write 'standard output': No space left on device")
        try repository.scratch.sh("mkfifo end; (: <end)& git pool \(words) 2>&1 >end; wait", in: repository.path).check(
            0)
    }

    @Test("G1 gc --json is one JSON value, with a pool or without", arguments: [[], ["--auto"], ["-n"]])
    func emptyList(options: [String]) throws {
        let repository = try Scratch().repository()
        for _ in 0..<2 {
            let words = ["git", "pool", "gc", "--json"] + options
            let list = try repository.scratch.run(words, in: repository.path).json() as? [[String: Any]]
            #expect(list?.filter { $0["plan"] as? String != "none" }.isEmpty == true)
            _ = try repository.add("--unique", "a")
        }
    }

    @Test("G6 gc -n names the plan by a stable word, and the saves that --expire would drop")
    func plans() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.scratch.write("\(lease)/new.txt", "new\n")
        try repository.pool("done", "--save", "a").check(0)
        try repository.settle(lease)
        let holder = try repository.scratch.holder()
        _ = try repository.lease("dead", "--pid", String(holder.pid))
        holder.kill()
        let later: [String: String?] = ["GIT_POOL_FAKE_SECONDS": "1000"]
        let before = try repository.snapshot()
        let none = try repository.pool("gc", "-n", "--json", env: later).json() as? [[String: Any]]
        #expect(none?.compactMap { $0["plan"] as? String } == ["reap"])
        #expect((none?.first?["reason"] as? String)?.hasPrefix("release:") == true)
        let some = try repository.pool("gc", "-n", "--json", "--expire", "500", env: later).json() as? [[String: Any]]
        #expect(some?.compactMap { $0["plan"] as? String } == ["reap", "dropSave"])
        let ref = try #require(some?.last?["ref"] as? String)
        #expect(try repository.pool("gc", "-n", "--expire", "500", env: later).check(0).out.contains("drop \(ref)"))
        #expect(try !repository.pool("gc", "-n", env: later).check(0).out.contains("drop"))
        #expect(try repository.snapshot() == before)
        try repository.pool("gc", "--expire", "500", env: later).check(0, says: ref)
    }

    @Test("G1 -v says each git command as it would be typed")
    func verbose() throws {
        let repository = try Scratch().repository()
        let said = try repository.add("-v", "a").check(0).err
        #expect(said.contains("\ngit -C ") || said.hasPrefix("git -C "))
        #expect(!said.contains("git git"))
    }

    @Test(
        "G1 list refuses what cannot be meant",
        arguments: [
            (["--state", "lease"], "leased, expiring, orphaned"), (["--watch"], "terminal"),
            (["--watch", "--json"], "cannot be used together"), (["--watch", "--saved"], "cannot be used together"),
            (["--watch", "--porcelain"], "cannot be used together"),
            (["--saved", "--porcelain"], "cannot be used together"),
        ])
    func refusals(options: [String], word: String) throws {
        let repository = try Scratch().repository()
        let outcome = try repository.scratch.run(["git", "pool", "list"] + options, in: repository.path, seconds: 10)
        outcome.check(129, says: word)
        #expect(outcome.out.isEmpty)
        for state in ["missing", "releasing", "idle"] { try repository.pool("list", "--state", state).check(0) }
    }

    @Test("G1 expiresAt is when the lease ends, kept or not; null if it is kept for ever")
    func expiry() throws {
        let repository = try Scratch().repository()
        _ = try repository.lease("a")
        try repository.pool("done", "--keep=1h", "a").check(0)
        let own = try #require(try repository.slot(named: "a")?["expiresAt"] as? String)
        try repository.pool("keep", "a", "--for", "30d").check(0)
        let kept = try #require(try repository.slot(named: "a")?["expiresAt"] as? String)
        #expect(kept.prefix(10) > own.prefix(10))
        try repository.pool("keep", "a", "--for", "1m").check(0)
        #expect(try repository.slot(named: "a")?["expiresAt"] as? String == own)
        try repository.pool("keep", "a", "--forever").check(0)
        #expect(try repository.slot(named: "a")?["expiresAt"] is NSNull)
    }

    @Test("G1 --porcelain has git-worktree's own lines as git prints them")
    func porcelain() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        let detached = try repository.lease("b", "--detach")
        let idle = try repository.lease("c")
        try repository.pool("done", "c").check(0)
        try repository.settle(idle)
        try repository.git("worktree", "unlock", lease)
        try repository.git("worktree", "lock", lease)
        try repository.git("worktree", "unlock", detached)
        try repository.git("worktree", "lock", "--reason", "two\nlines", detached)
        let own = ["worktree", "HEAD", "branch", "detached", "locked"]
        func records(_ text: String) -> [[String]] {
            text.components(separatedBy: "\n\n").filter { !$0.isEmpty }.map { record in
                record.split(separator: "\n").map(String.init).filter { own.contains(String($0.prefix { $0 != " " })) }
            }
        }
        let git = records(try repository.git("worktree", "list", "--porcelain").out).dropFirst()
        let pool = records(try repository.pool("list", "--porcelain").check(0).out)
        #expect(pool == Array(git))
        #expect(pool.joined().contains("locked"))
        #expect(pool.joined().contains("detached"))
    }

    @Test("G8 GIT_ADVICE=0 takes hints out, wherever they are printed")
    func advice() throws {
        let scratch = try Scratch()
        let prefix = try scratch.directory("prefix")
        try scratch.write("prefix/bin/git-pool", "mine\n")
        try scratch.run(["git-pool", "install", "--prefix", prefix]).check(1, says: "hint: ")
        let quiet = try scratch.run(["git-pool", "install", "--prefix", prefix], env: ["GIT_ADVICE": "0"])
        #expect(!quiet.check(1, says: "error: ").err.contains("hint"))
    }

    @Test("G5 doctor sees leftovers where the last slot is gone")
    func emptyRoot() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.pool("done", "a").check(0)
        try repository.settle(lease)
        try repository.git("worktree", "remove", "--force", lease)
        try repository.pool("gc").check(0)
        #expect(try repository.slots().isEmpty)
        let left = try repository.scratch.directory("\(repository.root)/.fenced-repo-1")
        #expect(try repository.pool("doctor").out.contains(left))
    }

    @Test("G5 doctor looks where add puts slots: GIT_POOL_ROOT goes before pool.root")
    func rootOrder() throws {
        let repository = try Scratch().repository()
        let named = try repository.scratch.directory("named")
        let configured = try repository.scratch.directory("configured")
        try repository.git("config", "pool.root", configured)
        let env: [String: String?] = ["GIT_POOL_ROOT": named]
        #expect(try repository.add("a", env: env).check(0).line.hasPrefix(named + "/"))
        let report = try repository.pool("doctor", "--json", env: env).object()
        #expect((report["root"] as? [String: Any])?["path"] as? String == named)
    }

    @Test("B8 a ticket in the queue is never taken for a dead waiter's while it is made")
    func tickets() throws {
        let repository = try Scratch().repository()
        let pool = try Pool(lookingAt: repository.commonDirectory, environment: repository.scratch.environment)
        let stop = repository.scratch.at("stop")
        let cleaner = Thread {
            while !Scratch.exists(stop) { _ = WaitQueue(pool).admits(nil, free: 1) }
        }
        cleaner.start()
        defer { _ = try? repository.scratch.write(stop, "") }
        var lost = 0
        for _ in 0..<5000 {
            let ticket = try WaitQueue(pool).join()
            if !Scratch.exists("\(repository.state)/queue/\(ticket.serial)") { lost += 1 }
        }
        #expect(lost == 0)
    }

    @Test("G6 gc -n says of a kept lease what is so: nobody released it")
    func words() throws {
        let repository = try Scratch().repository()
        let holder = try repository.scratch.holder()
        _ = try repository.lease("a", "--pid", String(holder.pid))
        try repository.pool("keep", "a", "--for", "1d").check(0)
        holder.kill()
        let said = try repository.pool("gc", "-n").check(0).out
        #expect(said.contains("its holder is dead") && !said.contains("released"), "\(said)")
        try repository.pool("done", "a").check(0)
    }

    @Test(
        "G6 gc -n tells a holder that died early from a release and from 'keep'",
        arguments: [
            (SlotState.leased, nil, "died right after the lease"), (.leased, Int64.max, "'git pool keep' holds it"),
            (.expiring, nil, "released, its time is not over"), (.expiring, .max, "released, 'git pool keep' holds it"),
        ] as [(SlotState, Int64?, String)])
    func reasons(state: SlotState, keepUntil: Int64?, words: String) {
        var record = SlotRecord(slot: 1, path: "/nowhere")
        var lease = Lease(id: "1", name: "a", start: "")
        lease.keepUntil = keepUntil
        lease.expiresAt = .max - 1
        record.lease = lease
        let slot = Slot(number: 1, state: state, record: record)
        #expect(GCWords.plan(.keep(until: keepUntil ?? .max - 1), slot).contains(words))
    }
}
