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
}
