import Foundation
import Testing

/// What is a file of the admin directory elsewhere must be asked of git where refs are in tables.
@Suite struct ReftableTests {
    /// Nil, with a message, where git has no tables.
    private func repository(_ test: String = #function) throws -> Repository? {
        let scratch = try Scratch()
        if let reason = try Shape.reftable.missing(in: scratch) {
            print("skipped: \(test): \(reason)")
            return nil
        }
        return try Shape.reftable.make(in: scratch)
    }

    @Test("B4 B14 reftable: a branch that is checked out elsewhere is not checked out twice")
    func branchElsewhere() throws {
        guard let repository = try repository() else { return }
        try repository.git("worktree", "add", "-q", "-b", "mine", repository.scratch.at("mine"))
        for (branch, place) in [("main", repository.path), ("mine", repository.scratch.at("mine"))] {
            try repository.add("-b", branch, "x").check(6, says: place)
        }
        #expect(repository.records.isEmpty)
    }

    @Test("C10 H5 B14 reftable: a lease whose branch is gone or was never born ends, and what it had is pinned")
    func unborn() throws {
        guard let repository = try repository() else { return }
        // Its worktree is removed by hand, and its branch goes with the lease.
        let gone = try repository.lease("a")
        Scratch.remove(gone)
        try repository.pool("done", "a").check(0)
        try repository.pool("gc").check(0)
        #expect(repository.records.isEmpty)
        #expect(!Scratch.exists("\(repository.commonDirectory)/worktrees/repo-1"))

        let lease = try repository.lease("b")
        let lost = try repository.commit("lost", ["a.txt": "lost\n"], in: lease)
        try repository.git("reset", "-q", "--hard", "HEAD~1", in: lease)
        try repository.git("checkout", "-q", "--orphan", "fresh", in: lease)
        try repository.pool("done", "--save", "b").check(0)
        try repository.pool("gc").check(0)
        try repository.settle(lease)
        #expect(try repository.git("rev-list", "--glob=refs/pool/saved/*").lines.contains(lost))
        try repository.fsck()
    }

    @Test(
        "C3 B14 reftable: a cherry-pick, a stash and private refs keep the slot", arguments: ["pick", "stash", "ref"])
    func risks(_ risk: String) throws {
        guard let repository = try repository() else { return }
        let scratch = repository.scratch
        let lease = try repository.lease("a")
        switch risk {
        case "pick":
            // All that is left of it is CHERRY_PICK_HEAD.
            try repository.commit("other", ["a.txt": "other\n"], in: lease)
            try repository.git("reset", "-q", "--hard", "HEAD~1", in: lease)
            try repository.commit("mine", ["a.txt": "mine\n"], in: lease)
            _ = try scratch.run(["git", "cherry-pick", "HEAD@{2}"], in: lease)
            try scratch.write("\(lease)/a.txt", "mine\n")
            try repository.git("add", "-A", in: lease)
            #expect(try repository.status(of: lease).isEmpty)
            try repository.pool("done", "a").check(7, says: "cherry-pick")
            let picked = try repository.tip("CHERRY_PICK_HEAD", in: lease)
            try repository.pool("done", "--save", "a").check(0)
            try repository.settle(lease)
            let next = try repository.lease("b")
            #expect(try repository.tip("CHERRY_PICK_HEAD", in: next) == nil)
            let restored = try repository.pool("restore", "--pid", try scratch.holderPid(), "a").ok().line
            #expect(try repository.tip("CHERRY_PICK_HEAD", in: restored) == picked)
        case "stash":
            try scratch.write("\(lease)/a.txt", "stashed\n")
            try repository.git("stash", "-q", in: lease)
            try repository.pool("done", "a").check(7, says: "stash")
        default:
            try repository.git("update-ref", "refs/worktree/x", "HEAD", in: lease)
            try repository.pool("done", "a").check(7, says: "refs/worktree")
        }
        try repository.fsck()
    }

    @Test("C6 B14 reftable: nothing of the last lease's refs is left")
    func traces() throws {
        guard let repository = try repository() else { return }
        let lease = try repository.lease("a")
        try repository.commit("work", ["a.txt": "work\n"], in: lease)
        try repository.git("reset", "-q", "--hard", "HEAD~1", in: lease)
        try repository.git("checkout", "-q", "--detach", in: lease)
        let lost = try #require(try repository.tip("ORIG_HEAD", in: lease))
        try repository.git("reflog", "expire", "--expire=all", "--all", in: lease)
        try repository.pool("done", "a").check(0)
        try repository.settle(lease)
        #expect(try repository.git("rev-list", "--glob=refs/pool/saved/*").lines.contains(lost))
        #expect(try repository.tip("ORIG_HEAD", in: lease) == nil)
        let log = try repository.git("log", "-g", "--format=%gs", "HEAD", "--", in: lease)
        #expect(log.out.isEmpty, "\(log)")
        #expect(try repository.lease("b") == lease)
        #expect(try repository.git("symbolic-ref", "HEAD", in: lease).line == "refs/heads/b")
        try repository.fsck()
    }

    @Test("B17 B14 reftable: an adopted worktree has its branch")
    func adopted() throws {
        guard let repository = try repository() else { return }
        let mine = repository.scratch.at("mine")
        try repository.git("worktree", "add", "-q", "-b", "topic", mine)
        let holder = ["GIT_POOL_HOLDER_PID": "\(ProcessInfo.processInfo.processIdentifier)"]
        try repository.pool("adopt", mine, env: holder).check(0)
        #expect(try repository.slot(named: "topic")?["branch"] as? String == "topic")
    }
}
