import Foundation
import Testing

@Suite struct DoneTests {
    @Test("C1 by name, by path, from inside, several at once, and twice")
    func ways() throws {
        let repository = try Scratch().repository(files: ["deep/a.txt": "one\n"])
        var leases: [String: String] = [:]
        for name in ["a", "b", "c", "d", "e"] { leases[name] = try repository.lease(name) }
        func path(_ name: String) throws -> String { try #require(leases[name]) }
        try repository.pool("done", "a").check(0)
        try repository.pool("done", try path("b")).check(0)
        try repository.pool("done", in: "\(try path("c"))/deep").check(0)
        #expect(try repository.leased == ["d", "e"])
        try repository.pool("done", "d", "e").check(0)
        let before = try repository.snapshot()
        for name in ["a", "b", "d"] { try repository.pool("done", name).check(0) }
        #expect(try repository.snapshot().refs == before.refs)
        #expect(try repository.leased.isEmpty)
    }

    @Test("C1 --session and --all end what they name and nothing else")
    func sessions() throws {
        let repository = try Scratch().repository()
        for (name, session) in [("a", "one"), ("b", "two"), ("c", "one"), ("d", "two")] {
            _ = try repository.lease(name, "--session", session)
        }
        try repository.pool("done", "--session", "one").check(0)
        #expect(try repository.leased == ["b", "d"])
        try repository.pool("done", "--all").check(0)
        #expect(try repository.leased.isEmpty)
    }

    @Test("C1 one refusal among several names does not keep the others")
    func partly() throws {
        let repository = try Scratch().repository()
        let dirty = try repository.lease("dirty")
        _ = try repository.lease("clean")
        try repository.scratch.write("\(dirty)/new.txt", "unsaved\n")
        try repository.pool("done", "dirty", "clean").check(7, says: "dirty")
        #expect(try repository.leased == ["dirty"])
    }

    @Test("C2 a clean lease ends: its slot is ready again at the same path, its empty branch is gone")
    func clean() throws {
        let repository = try Scratch().repository(files: ["a.txt": "one\n", "d/b.txt": "two\n"])
        try repository.scratch.write("\(repository.commonDirectory)/info/exclude", "*.o\n")
        let lease = try repository.lease("a")
        try repository.scratch.write("\(lease)/cache.o", "expensive\n")
        try repository.pool("done", "a").check(0)
        try repository.settle(lease)
        #expect(try repository.tip("refs/heads/a") == nil)
        #expect(try repository.lease("b") == lease)
        #expect(try repository.git("symbolic-ref", "--short", "HEAD", in: lease).line == "b")
        #expect(try repository.scratch.read("\(lease)/cache.o") == "expensive\n")
        #expect(try repository.status(of: lease).isEmpty)
        #expect(try repository.slots().count == 1)
    }

    enum Landing: CaseIterable {
        case fastForward, merge, squash, rebase, cherryPick, none

        /// Brings the commits of branch `a` into `main`, which has moved on where that matters.
        func land(_ repository: Repository) throws {
            if self != .fastForward { try repository.commit("meanwhile", ["other.txt": "other\n"]) }
            switch self {
            case .fastForward: try repository.git("merge", "-q", "--ff-only", "a")
            case .merge: try repository.git("merge", "-q", "--no-ff", "--no-edit", "a")
            case .squash:
                try repository.git("merge", "-q", "--squash", "a")
                try repository.git("commit", "-qm", "squashed")
            case .rebase: try repository.git("cherry-pick", "main..a")
            case .cherryPick: try repository.git("cherry-pick", "a")
            case .none: break
            }
        }
    }

    @Test("C2 a branch goes when its base has all of it, however it got there", arguments: Landing.allCases)
    func branches(_ landing: Landing) throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.commit("one", ["x.txt": "x\n"], in: lease)
        let tip = try repository.commit("two", ["y.txt": "y\n"], in: lease)
        try landing.land(repository)
        try repository.pool("done", "a").check(0)
        try repository.settle(lease)
        let isKept = landing == .none || landing == .cherryPick
        #expect(try repository.tip("refs/heads/a") == (isKept ? tip : nil))
        #expect(try repository.git("fsck", "--unreachable", "--no-progress").out.isEmpty)
        #expect(try repository.status(of: lease).isEmpty)
    }

    @Test("C2 git has the branch back when done returns, where nothing is left to the background")
    func branchIsFree() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.commit("own", ["x.txt": "x\n"], in: lease)
        try repository.pool("done", "a", env: ["GIT_POOL_AUTO": "0"]).check(0)
        try repository.git("switch", "-q", "a")
        try repository.git("switch", "-q", "main")
        try repository.git("branch", "-D", "a")
    }

    @Test("C2 --keep-branch and --delete-branch; deleting never drops the only name of a commit")
    func branchOptions() throws {
        let repository = try Scratch().repository()
        _ = try repository.lease("kept")
        try repository.pool("done", "--keep-branch", "kept").check(0)
        #expect(try repository.tip("refs/heads/kept") != nil)
        let lease = try repository.lease("gone")
        let tip = try repository.commit("own", ["x.txt": "x\n"], in: lease)
        let outcome = try repository.pool("done", "--delete-branch", "gone")
        #expect(outcome.status == 0 || outcome.status == 7, "\(outcome)")
        #expect((try repository.tip("refs/heads/gone") == nil) == (outcome.status == 0))
        let names = try repository.git("for-each-ref", "--contains", tip, "--format=%(refname)").lines
        #expect(!names.isEmpty, "\(outcome)")
    }

    @Test("C2 done -n says what it would do and does nothing")
    func dryRun() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        let before = try repository.snapshot()
        let outcome = try repository.pool("done", "-n", "a").check(0)
        #expect((outcome.out + outcome.err).contains("repo-1") || (outcome.out + outcome.err).contains("'a'"))
        try repository.scratch.write("\(lease)/new.txt", "unsaved\n")
        let refused = try repository.pool("done", "-n", "a")
        #expect([0, 7].contains(refused.status), "\(refused)")
        #expect(try repository.snapshot() == before)
        #expect(try repository.leased == ["a"])
    }

    @Test("C2 a holder that is somebody else's live process does not stop an explicit done")
    func aliveHolder() throws {
        let repository = try Scratch().repository()
        let other = try repository.scratch.holder()
        _ = try repository.add("--pid", String(other.pid), "a").check(0)
        try repository.pool("done", "a").check(0)
        #expect(try repository.leased.isEmpty)
        #expect(other.isRunning)
    }
}
