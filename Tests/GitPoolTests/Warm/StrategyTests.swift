import Foundation
import Testing

/// `pool.strategy`: what each one does that the others do not.
@Suite struct StrategyTests {
    private func repository(_ strategy: String) throws -> Repository {
        let repository = try Scratch().repository(files: ["a.txt": "one\n", ".gitignore": "*.o\n"])
        try repository.git("config", "pool.strategy", strategy)
        return repository
    }

    /// A lease with a cache in it, done; gives its path.
    private func use(_ repository: Repository, _ name: String) throws -> String {
        let lease = try repository.lease(name)
        try repository.scratch.write("\(lease)/\(name).o", "cache\n")
        try repository.pool("done", name).ok()
        try repository.pool("gc").ok()
        return lease
    }

    @Test("B10 reuse: the next name gets the slot of the last, with its caches, and nothing is made ahead")
    func reuse() throws {
        let repository = try repository("reuse")
        let first = try use(repository, "a")
        #expect(repository.records == ["1.idle"])
        #expect(try repository.lease("b") == first)
        #expect(Scratch.exists("\(first)/a.o"))
    }

    @Test("B10 pooled: slots are ready before anybody asks, and are made good again")
    func pooled() throws {
        let repository = try repository("pooled")
        _ = try repository.lease("first")
        try repository.pool("gc").ok()
        #expect(repository.records.sorted() == ["1.leased", "2.idle", "3.idle"])
        #expect(try repository.add("--json", "a").object()["cold"] as? Bool == false)
        try repository.pool("gc").ok()
        #expect(repository.records.filter { $0.hasSuffix(".idle") }.count == 2)
        try repository.git("config", "pool.max", "3")
        _ = try repository.lease("b")
        try repository.pool("gc").ok()
        #expect(repository.records.count == 4, "more slots than there may be leases")
    }

    @Test("B10 ondemand: every lease is fresh, and goes when it is done, unless there is work in it")
    func ondemand() throws {
        let repository = try repository("ondemand")
        let first = try use(repository, "a")
        #expect(repository.records.isEmpty)
        #expect(!Scratch.exists(first))
        #expect(try repository.linkedWorktrees.isEmpty)
        #expect(try repository.add("--json", "b").object()["cold"] as? Bool == true)
        #expect(!Scratch.exists("\(repository.slot(1))/a.o"))
        try repository.scratch.write("\(repository.slot(1))/work.txt", "precious\n")
        try repository.pool("done", "b").check(7)
        try repository.pool("done", "--save", "b").check(0)
        try repository.pool("gc").ok()
        #expect(repository.records.isEmpty)
        #expect(try repository.holds("precious\n"))
        try repository.checkSound()
        // What was made ahead is as fresh.
        try repository.pool("warm", "1").ok()
        #expect(try repository.add("--json", "c").object()["cold"] as? Bool == false)
    }

    @Test("B10 dedicated: a name gets its own slot again, and nobody else does")
    func dedicated() throws {
        let repository = try repository("dedicated")
        let first = try use(repository, "a")
        #expect(try repository.lease("b") != first)
        let nameless = try repository.add().ok().line
        #expect(nameless != first)
        #expect(try repository.lease("a") == first)
        #expect(Scratch.exists("\(first)/a.o"))
        try repository.pool("done", "--all").ok()
        try repository.pool("gc", env: ["GIT_POOL_FAKE_SECONDS": "100000"]).ok()
        // Only the one that belongs to no name waited too long.
        #expect(Scratch.exists(first) && Scratch.exists(repository.slot(2)) && !Scratch.exists(nameless))
        #expect(try repository.lease("a") == first)
    }

    @Test("B10 an unknown strategy is refused by name")
    func unknown() throws {
        let repository = try repository("fancy")
        try repository.add("a").check(128, says: "'fancy'", "reuse", "pooled", "ondemand", "dedicated")
        #expect(!Scratch.exists(repository.root))
    }
}
