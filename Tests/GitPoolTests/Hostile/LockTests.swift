import Foundation
import Glibc
import Testing

@Suite struct LockTests {
    private static let soon: [String: String?] = ["GIT_POOL_LOCK_TIMEOUT": "300"]

    /// A stopped process that holds a lock file.
    private func stoppedHolder(_ repository: Repository, of file: String) throws -> Background {
        let held = repository.scratch.at("held")
        let words = ["flock", file, "sh", "-c", "echo >'\(held)'; exec sleep 900"]
        let holder = try repository.scratch.start(words)
        try repository.scratch.until("the lock is held") { Scratch.exists(held) }
        // The lock belongs to the opening that flock(1) and its child share: stop both.
        kill(-holder.pid, SIGSTOP)
        return holder
    }

    @Test("H4 the pool lock held by a stopped process: every change gives up in time and names it")
    func poolLock() throws {
        let repository = try Scratch().repository()
        _ = try repository.lease("a")
        let holder = try stoppedHolder(repository, of: "\(repository.state)/lock")
        let before = try repository.snapshot()
        let records = repository.records
        let add = try repository.add("b", env: LockTests.soon, seconds: 20)
        add.check(3)
        #expect(add.out.isEmpty)
        let children = try repository.scratch.sh("pgrep -g \"$1\" || :", "\(holder.pid)").lines
        #expect(children.contains { add.err.contains($0) }, "no pid of \(children) in\n\(add)")
        try repository.pool("done", "a", env: LockTests.soon, seconds: 20).check(3)
        #expect(try repository.snapshot() == before)
        #expect(repository.records == records)
        // Looking needs no lock.
        try repository.pool("list", env: LockTests.soon, seconds: 20).check(0)
        try repository.pool("path", "a", env: LockTests.soon, seconds: 20).check(0)
        holder.kill()
        try repository.add("b").check(0)
        try repository.pool("done", "a").check(0)
    }

    @Test("H4 a wait for the pool lock ends with the lock, not with the timeout")
    func released() throws {
        let repository = try Scratch().repository()
        _ = try repository.lease("a")
        let holder = try stoppedHolder(repository, of: "\(repository.state)/lock")
        let add = try repository.startAdd("b", env: ["GIT_POOL_LOCK_TIMEOUT": "30000"])
        #expect(!Scratch.poll(0.3) { !add.isRunning }, "it did not wait")
        holder.kill()
        try add.wait(20).check(0)
    }

    @Test("H4 a slot whose operation hangs is passed over")
    func slotLock() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.pool("done", "a").check(0)
        try repository.settle(lease)
        let holder = try stoppedHolder(repository, of: "\(repository.state)/slots/1.lock")
        let other = try repository.add("b", env: LockTests.soon, seconds: 20).check(0).line
        #expect(other != lease)
        try repository.pool("gc", env: LockTests.soon, seconds: 20).check(0)
        holder.kill()
        #expect(try repository.lease("c") == lease)
    }

    @Test("H4 the lock of a doctor, a fetch or a slot, held by a stopped process: rc 3 in time, and who has it")
    func otherLocks() throws {
        let repository = try Scratch().repository()
        _ = try repository.lease("a")
        let waits = [
            ("doctor.lock", ["doctor", "--fix"]), ("fetch.lock", ["add", "--no-holder", "--fetch", "b"]),
            ("slots/1.lock", ["done", "a"]), ("slots/1.lock", ["save", "a"]),
        ]
        for (file, words) in waits {
            let holder = try stoppedHolder(repository, of: "\(repository.state)/\(file)")
            let outcome = try repository.scratch.run(
                ["git", "pool"] + words, in: repository.path, env: LockTests.soon, seconds: 20)
            outcome.check(3, says: "is locked by ", "(pid ")
            #expect(outcome.out.isEmpty)
            try repository.pool("gc", env: LockTests.soon, seconds: 20).check(0)
            holder.kill()
            Scratch.remove(repository.scratch.at("held"))
        }
        #expect(repository.records == ["1.leased"])
        try repository.pool("done", "a").check(0)
    }

    @Test("H4 a stopped waiter in front, for a slot or for a branch to land in, is passed over")
    func queues() throws {
        let repository = try Scratch().repository()
        try repository.git("config", "pool.max", "1")
        _ = try repository.lease("a")
        let first = try repository.startAdd("--wait", "b")
        let queue = "\(repository.state)/queue"
        try repository.scratch.until("the first one waits") { repository.scratch.entries(queue).contains("1") }
        // git and git-pool.
        kill(-first.pid, SIGSTOP)
        let second = try repository.startAdd("--wait", "c")
        try repository.scratch.until("the second one waits") { repository.scratch.entries(queue).contains("2") }
        try repository.pool("done", "a").check(0)
        try second.wait(20).check(0)
        first.kill()

        let lease = try #require(try repository.slot(named: "c")?["path"] as? String)
        try repository.commit("one", ["c.txt": "1\n"], in: lease)
        try repository.pool("land", "c").check(0)
        try repository.commit("two", ["c.txt": "2\n"], in: lease)
        let folder = try #require(repository.scratch.entries("\(repository.state)/land").first)
        let ticket = "\(repository.state)/land/\(folder)/1"
        let holder = try stoppedHolder(repository, of: ticket)
        let land = try repository.pool("land", "c", seconds: 20).check(0)
        #expect(try repository.scratch.read("\(repository.path)/c.txt") == "2\n", "\(land)")
        holder.kill()
    }

    @Test("H4 what a stopped keeper leaves is done by the next command")
    func keeper() throws {
        let kept = try Kept()
        _ = try kept.lease("a", holder: try kept.scratch.holder())
        let keeper = try kept.keeper()
        kill(keeper, SIGSTOP)
        try kept.scratch.until("it has stopped") { Kept.state(keeper) == "T" }
        try kept.repository.pool("done", "a", env: kept.env, seconds: 20).check(0)
        #expect(kept.isRecorded("1.releasing"))
        try kept.repository.pool("list", env: kept.env, seconds: 20).check(0)
        #expect(kept.isRecorded("1.idle"))
        kill(keeper, SIGCONT)
    }
}
