import Foundation
import Testing

/// `--land`: what a command has committed goes into the branch it came from, while its lease is still held.
@Suite struct MapLandTests {
    private let scratch: Scratch
    private let repository: Repository

    init() throws {
        scratch = try Scratch()
        repository = try scratch.repository()
    }

    private static let work = "echo \"$1\" >\"$1.txt\"; git add .; git commit -qm \"$1\""

    private func expectIdle(at location: SourceLocation = #_sourceLocation) throws {
        try scratch.until("all slots are idle", at: location) {
            try repository.pool("gc").ok()
            return repository.records.allSatisfy { $0.hasSuffix(".idle") }
        }
    }

    @Test("F6 map --land: leases, work, tests, merges and clean-up in one line")
    func orchestrated() throws {
        try repository.git("config", "pool.land.test", "test -e \"$GIT_POOL_NAME.txt\"")
        let outcome = try repository.pool(
            "map", "-j", "3", "--land", "--", "sh", "-c", MapLandTests.work, "sh", ":::", "a", "b", "c", "d", "e")
        outcome.check(0, says: "5 of 5 done")
        #expect(outcome.out == "")
        for name in ["a", "b", "c", "d", "e"] { #expect(try scratch.read("repo/\(name).txt") == "\(name)\n") }
        #expect(try repository.git("status", "--porcelain").out == "")
        try expectIdle()
        #expect(try repository.git("for-each-ref", "refs/heads").lines.count == 1)
        try repository.fsck()
    }

    @Test("F6 an item whose branch does not land has failed, keeps its branch, and the others land")
    func refused() throws {
        try repository.git("config", "pool.land.test", "test ! -e bad.txt")
        let outcome = try repository.pool(
            "map", "-j1", "--land", "--", "sh", "-c", MapLandTests.work, "sh", ":::", "a", "bad", "c")
        outcome.check(7, says: "2 'bad': status 7", "1 of 3 failed")
        #expect(try repository.git("ls-tree", "--name-only", "HEAD").lines == ["a.txt", "c.txt"])
        #expect(try repository.tip("bad") != nil)
        #expect(try repository.tip("c") == nil)
        // A command that fails has nothing that should land.
        try repository.pool("map", "--land", "--", "sh", "-c", MapLandTests.work + "; exit 4", "sh", ":::", "d").check(
            4)
        #expect(try repository.git("ls-tree", "--name-only", "HEAD").lines == ["a.txt", "c.txt"])
    }

    @Test("F1 run --land lands what a good command committed, and says why where it cannot")
    func run() throws {
        try repository.pool("run", "--land", "x", "--", "sh", "-c", MapLandTests.work, "sh", "x").check(
            0, says: "landed 'x' in 'main'")
        #expect(try scratch.read("repo/x.txt") == "x\n")
        #expect(try repository.tip("x") == nil)
        let dirty = try repository.pool("run", "--land", "y", "--", "sh", "-c", "echo half >half").check(7)
        #expect(dirty.err.contains("half"))
        #expect(try repository.state(at: repository.slot(1)) == "orphaned")
        try repository.pool("run", "--land", "z", "--", "sh", "-c", MapLandTests.work + "; exit 3", "sh", "z").check(3)
        #expect(try repository.tip("z") != nil)
        #expect(!Scratch.exists("\(repository.path)/z.txt"))
    }
}
