import Foundation
import Testing

/// Slots that wait for a lease: made ahead, parked on the newest commit, removed when they waited too long.
@Suite struct UpkeepTests {
    private func later(_ seconds: Int) -> [String: String?] { ["GIT_POOL_FAKE_SECONDS": "\(seconds)"] }

    @Test("E1 warm makes slots now, and the next leases take them")
    func fill() throws {
        let repository = try Scratch().repository()
        let outcome = try repository.pool("warm", "2").check(0, says: "2 slots are ready, 2 of them new")
        #expect(outcome.out.isEmpty && !outcome.err.contains("\r"))
        #expect(repository.records.sorted() == ["1.idle", "2.idle"])
        for number in [1, 2] {
            #expect(try repository.status(of: repository.slot(number)).isEmpty)
            #expect(try repository.tip("HEAD", in: repository.slot(number)) == repository.tip("main"))
        }
        try repository.checkSound()
        try repository.pool("warm", "2").check(0, says: "0 of them new")
        let lease = try repository.add("--json", "a").object()
        #expect(lease["cold"] as? Bool == false)
        #expect(lease["useCount"] as? Int == 1)
        // `--fresh` wants a slot that nobody had: such a one will do.
        let fresh = try repository.add("--json", "--fresh", "b").object()
        #expect(fresh["cold"] as? Bool == false)
        #expect(try repository.add("--json", "c").object()["cold"] as? Bool == true)
    }

    @Test("E1 warm shows progress where it is asked for, and answers in JSON")
    func progress() throws {
        let repository = try Scratch().repository()
        let outcome = try repository.pool("warm", "--progress", "--json", "2").check(0)
        #expect(outcome.err.contains("100% (2/2), done."))
        let slots = try outcome.object()["slots"] as? [[String: Any]]
        #expect(slots?.compactMap { $0["state"] as? String } == ["idle", "idle"])
        try repository.pool("warm", "none").check(129, says: "'none'")
        let empty = Repository(scratch: repository.scratch, path: try repository.scratch.directory("empty"))
        try empty.git("init", "-q")
        try empty.pool("warm").check(128, says: "no commit")
        #expect(empty.records.isEmpty)
    }

    @Test("E1 gc keeps pool.warm slots ready, removes others after pool.idleTimeout, and any after pool.maxAge")
    func trim() throws {
        let repository = try Scratch().repository()
        try repository.git("config", "pool.warm", "1")
        for name in ["a", "b", "c"] { _ = try repository.lease(name) }
        try repository.pool("done", "--all").ok()
        try repository.pool("gc", env: later(500)).ok()
        #expect(repository.records.count == 3 && repository.records.allSatisfy { $0.hasSuffix(".idle") })
        #expect(try repository.pool("gc", "-n", env: later(700)).ok().out.contains("waited longer"))
        try repository.pool("gc", env: later(700)).ok()
        #expect(repository.records.count == 1)
        #expect(try repository.linkedWorktrees.count == 1)
        #expect(repository.scratch.entries("\(repository.root)/trash").isEmpty)
        try repository.checkSound()

        let old = try #require(try repository.slots().first?["createdAt"] as? String)
        try repository.git("config", "pool.maxAge", "1h")
        try repository.pool("gc", env: later(3000)).ok()
        #expect(try repository.slots().first?["createdAt"] as? String == old)
        try repository.pool("gc", env: later(4000)).ok()
        #expect(repository.records.count == 1)
        #expect(try repository.slots().first?["createdAt"] as? String != old)
    }

    enum Stay: CaseIterable { case work, process, userLock, never }

    @Test("E1 an idle slot is not removed while anything speaks for it", arguments: Stay.allCases)
    func kept(_ stay: Stay) throws {
        let repository = try Scratch().repository()
        try repository.pool("warm").ok()
        let slot = repository.slot(1)
        switch stay {
        case .work: try repository.scratch.write("\(slot)/new.txt", "precious\n")
        case .process: _ = try repository.scratch.start(["sleep", "900"], in: slot)
        case .userLock: try repository.git("worktree", "lock", slot)
        case .never: try repository.git("config", "pool.idleTimeout", "never")
        }
        try repository.pool("gc", env: later(100_000)).check(0)
        try repository.pool("gc", env: later(100_000)).check(0)
        #expect(Scratch.exists("\(slot)/a.txt"))
        #expect(try repository.state(at: slot) == (stay == .work ? "orphaned" : "idle"))
        if stay == .work { #expect(try repository.scratch.read("\(slot)/new.txt") == "precious\n") }
    }

    @Test("E1 a worktree that was adopted is not removed by time")
    func adopted() throws {
        let repository = try Scratch().repository()
        let mine = repository.scratch.at("mine")
        try repository.git("worktree", "add", "-q", "--detach", mine)
        try repository.pool("adopt", mine, "a").ok()
        try repository.pool("done", "a").ok()
        try repository.settle(mine)
        try repository.pool("gc", env: later(100_000)).check(0)
        #expect(try repository.state(at: mine) == "idle")
    }

    @Test("E1 the keeper makes slots ready, removes those that waited too long, and ends with its last duty")
    func keeper() throws {
        let kept = try Kept()
        try kept.repository.git("config", "pool.warm", "1")
        let holder = try kept.scratch.holder()
        _ = try kept.lease("a", holder: holder)
        let keeper = try kept.keeper()
        try kept.scratch.until("a slot was made ready") { kept.repository.records.sorted() == ["1.leased", "2.idle"] }
        #expect(try kept.repository.add("--json", "b", env: kept.env).object()["cold"] as? Bool == false)
        try kept.repository.git("config", "pool.warm", "0")
        try kept.repository.git("config", "pool.idleTimeout", "1s")
        try kept.repository.pool("done", "b", env: kept.env).ok()
        holder.kill()
        try kept.scratch.until("they are gone", within: 20) {
            kept.repository.records.isEmpty && !Scratch.exists(kept.repository.slot(1))
                && !Scratch.exists(kept.repository.slot(2))
        }
        try kept.scratch.until("the keeper has ended") { Kept.hasEnded(keeper) && kept.keepers.isEmpty }
        #expect(kept.scratch.entries("\(kept.repository.root)/trash").isEmpty)
    }

    @Test("E1 an idle slot follows the branch it waits on, and nothing in it is lost by that")
    func park() throws {
        let repository = try Scratch().repository(files: ["a.txt": "one\n", ".gitignore": "*.o\n"])
        try repository.pool("warm", "2").ok()
        try repository.scratch.write("\(repository.slot(1))/new.o", "cache\n")
        try repository.scratch.write("\(repository.slot(2))/kept.o", "cache\n")
        let old = try repository.tip("main")
        try repository.scratch.write("\(repository.path)/new.o", "tracked\n")
        try repository.git("add", "-f", "new.o")
        let tip = try repository.commit("second", ["a.txt": "two\n"])
        try repository.pool("gc").check(0)
        #expect(repository.records.sorted() == ["1.idle", "2.idle"])
        #expect(try repository.tip("HEAD", in: repository.slot(2)) == tip)
        #expect(try repository.scratch.read("\(repository.slot(2))/a.txt") == "two\n")
        #expect(try repository.scratch.read("\(repository.slot(2))/kept.o") == "cache\n")
        // An ignored file lies where the new commit has one: the slot stays where it is.
        #expect(try repository.tip("HEAD", in: repository.slot(1)) == old)
        #expect(try repository.scratch.read("\(repository.slot(1))/new.o") == "cache\n")
        #expect(try repository.lease("a") == repository.slot(2))
        try repository.checkSound()
    }
}
