import Foundation
import GitPool
import Glibc
import Testing

/// What others do while git-pool is half way: it is stopped at a point, or killed with a child that lives on.
@Suite struct InterleavingTests {
    @Test("C1 a path retaken during the fence: both trees are kept")
    func retaken() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.scratch.write("\(lease)/new.txt", "precious\n")
        _ = try repository.interrupt(at: .fenced, "done", "--save", "a") {
            #expect(!Scratch.exists(lease))
            try repository.scratch.write("\(lease)/mine.txt", "somebody else's\n")
        }
        try repository.pool("gc").check(0)
        #expect(try repository.holds("precious\n"))
        #expect(try repository.holds("somebody else's\n"))
        #expect(Scratch.exists("\(lease)/.git"))
        try repository.fsck()
    }

    @Test(
        "C1 what took a path is kept, even if the release is killed then",
        arguments: [FaultPoint.unfenceAside, .recycleUnfenced])
    func retakenAndKilled(_ point: FaultPoint) throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.kill(at: .releaseSaved, "done", "a")
        try repository.scratch.write("\(lease)/mine.txt", "somebody else's\n")
        _ = try repository.pool("gc", env: ["GIT_POOL_FAULT": point.rawValue])
        try repository.pool("gc").check(0)
        #expect(try repository.holds("somebody else's\n"))
        #expect(try repository.state(at: lease) == "idle")
    }

    @Test(
        "C3 a user who writes between the judgement and the fence keeps it",
        arguments: [FaultPoint.releasing, .releaseJudged])
    func written(_ point: FaultPoint) throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        _ = try repository.interrupt(at: point, "done", "a") {
            try repository.scratch.write("\(lease)/new.txt", "precious\n")
            try repository.scratch.write("\(lease)/a.txt", "precious edit\n")
        }
        try repository.pool("gc").check(0)
        #expect(try repository.scratch.read("\(lease)/new.txt") == "precious\n")
        #expect(try repository.scratch.read("\(lease)/a.txt") == "precious edit\n")
        #expect(try repository.state(at: lease) == "leased")
    }

    @Test("C3 a user who discards and writes on: what was written after the word is judged as it is fenced")
    func branchTakenMeanwhile() throws {
        let repository = try Scratch().repository()
        _ = try repository.lease("a")
        let other = repository.scratch.at("other")
        _ = try repository.interrupt(at: .recycleScrubbed, "done", "a") {
            try repository.git("worktree", "add", "-q", other, "a")
        }
        // Its branch was about to go with the lease: it is somebody's now.
        #expect(try repository.tip("refs/heads/a") != nil)
        #expect(try repository.status(of: other).isEmpty)
    }

    @Test(
        "C10 plain git worktree prune during a release drops nothing",
        arguments: [FaultPoint.fenced, .recycleScrubbed, .recycleBranch, .recyclePinned])
    func pruned(_ point: FaultPoint) throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        _ = try repository.interrupt(at: point, "done", "a") {
            try repository.git("worktree", "prune", "--expire=now")
        }
        try repository.pool("gc").check(0)
        #expect(try repository.state(at: lease) == "idle")
        try repository.checkSound()
    }

    @Test("C2 gc in the slot that it releases finds the saves, though the slot is behind its fence")
    func collectedFromInside() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.scratch.write("\(lease)/new.txt", "precious\n")
        try repository.kill(at: .releasing, "done", "--save", "a")
        try repository.pool("gc", in: lease).check(0)
        try repository.settle(lease)
        #expect(try repository.pool("list", "--saved").out.contains("a@1"))
        #expect(try !repository.pool("list", "--saved").out.contains("a@2"))
    }

    @Test("H1 a killed add whose git child lives on still owns the slot")
    func survivingChild() throws {
        let repository = try Scratch().repository()
        let go = repository.scratch.at("go")
        try repository.git("config", "filter.slow.smudge", "while ! test -e '\(go)'; do sleep 0.05; done; cat")
        try repository.commit("slow", [".gitattributes": "slow.txt filter=slow\n", "slow.txt": "slow\n"])
        let add = try repository.scratch.start(
            ["git-pool", "add", "--pid", try repository.scratch.holderPid(), "a"], in: repository.path)
        try repository.scratch.until("the checkout waits") {
            try repository.scratch.sh("pgrep -f \"test -e '$1'\" || :", go).out.isEmpty == false
        }
        add.signal(SIGKILL)
        try repository.scratch.until("it is dead") { !add.isRunning }

        let before = repository.records
        #expect(before == ["1.leasing"])
        try repository.pool("gc").check(0)
        #expect(repository.records == before, "somebody cleaned a slot that git still writes to")
        let other = try repository.lease("b", "--from", "HEAD~1")
        #expect(other != repository.slot(1))
        try repository.scratch.write(go, "")
        try repository.settleDown { !repository.records.contains("1.leasing") }
        try repository.checkSound()
        #expect(try repository.tip("refs/heads/a") == nil)
        #expect(try repository.leased == ["b"])
    }
}

extension Repository {
    /// Runs `gc` until a condition holds.
    func settleDown(_ condition: () throws -> Bool) throws {
        try scratch.until("it has settled") {
            try pool("gc").ok()
            return try condition()
        }
    }
}
