import Foundation
import Testing

@Suite struct ShapeTests {
    @Test(
        "B14 a slot is as git's own worktree, new and recycled, in a repository of any shape", arguments: Shape.allCases
    )
    func life(_ shape: Shape) throws {
        let scratch = try Scratch()
        if let reason = try shape.missing(in: scratch) { return print("skipped: \(shape): \(reason)") }
        let repository = try shape.make(in: scratch)
        let environment = shape.environment(repository)

        let slot = try repository.lease("a", env: environment)
        try expectLikePlain(slot, repository, branch: "a")
        try scratch.write("\(slot)/a.txt", "more\n")
        try scratch.write("\(slot)/in/new.txt", "new\n")
        try scratch.write("\(slot)/ignored.o", "warm\n")
        try repository.git("add", "-A", in: slot)
        try repository.git("commit", "-qm", "work", in: slot)
        let tip = try repository.tip("HEAD", in: slot)
        try repository.pool("done", "a", env: environment).check(0)
        try settle(slot, repository, shape)
        #expect(try repository.tip("a") == tip)

        #expect(try repository.lease("b", env: environment) == slot)
        if shape.isRecycled { #expect(try scratch.read("\(slot)/ignored.o") == "warm\n") }
        try expectLikePlain(slot, repository, branch: "b")
        try repository.pool("done", "b", env: environment).check(0)
        try settle(slot, repository, shape)
        #expect(try repository.lease("c", "--from", "a", env: environment) == slot)
        try expectLikePlain(slot, repository, branch: "c")

        try repository.pool("doctor", env: environment).check(0)
        #expect(Set(scratch.entries(Scratch.parent(of: slot))).subtracting([".git-pool", "trash"]).count == 1)
        #expect(scratch.entries("\(Scratch.parent(of: slot))/trash").isEmpty)
        let common = try repository.git("rev-parse", "--path-format=absolute", "--git-common-dir").line
        #expect(scratch.entries("\(common)/pool").filter { $0.contains("-") }.isEmpty)
        #expect(try scratch.sh("find \"$1\" -name '*.lock' -size +0 ! -path '*/pool/*'", common).out.isEmpty)
        if shape == .hooksPath { #expect(try scratch.read("ran") == "1\n1\n1\n") }
    }

    private func settle(_ slot: String, _ repository: Repository, _ shape: Shape) throws {
        if shape.isRecycled { return try repository.settle(slot) }
        try repository.scratch.until("\(slot) is gone") {
            try repository.pool("gc").ok()
            return try repository.slots().isEmpty
        }
    }

    /// Compares with what `git worktree add` makes of the same commit, from the same place.
    private func expectLikePlain(
        _ slot: String, _ repository: Repository, branch: String, at location: SourceLocation = #_sourceLocation
    ) throws {
        let scratch = repository.scratch
        func answer(_ place: String, _ words: String...) throws -> String {
            try scratch.run(["git"] + words, in: place).out
        }
        #expect(try repository.status(of: slot).isEmpty, sourceLocation: location)
        #expect(
            try repository.git("symbolic-ref", "--short", "HEAD", in: slot).line == branch, sourceLocation: location)
        let plain = scratch.at("plain")
        // It would run the user's post-checkout as well.
        try repository.git(
            "-c", "core.hooksPath=/dev/null", "worktree", "add", "-q", "--detach", plain, "refs/heads/\(branch)")
        var files = try tree(of: slot)
        files["ignored.o"] = nil
        #expect(try files == tree(of: plain), sourceLocation: location)
        for words in [["ls-files", "-v", "-z"], ["config", "--worktree", "--list"], ["sparse-checkout", "list"]] {
            let (ours, gits) = try (
                scratch.run(["git"] + words, in: slot).out, scratch.run(["git"] + words, in: plain).out
            )
            #expect(ours == gits, "\(words)", sourceLocation: location)
        }
        try repository.git("worktree", "remove", "--force", plain)
        let report = try repository.git("fsck", "--no-progress", "--no-dangling")
        #expect(report.out.isEmpty, "\(report)", sourceLocation: location)
    }

    @Test("C6 B14 a sparse set, flags and configuration of a lease are not those of the next")
    func sparseSetOfTheLease() throws {
        let scratch = try Scratch()
        let repository = try Shape.coneSparse.make(in: scratch)
        let slot = try repository.lease("a")
        try repository.git("update-index", "--assume-unchanged", "a.txt", in: slot)
        try repository.pool("done", "a").check(0)
        try repository.settle(slot)
        #expect(try repository.lease("b") == slot)
        try expectLikePlain(slot, repository, branch: "b")
        try repository.git("sparse-checkout", "set", "--cone", "out", in: slot)
        try repository.git("config", "--worktree", "user.nickname", "left", in: slot)
        try repository.pool("done", "b").check(0)
        try settle(slot, repository, .worktreeConfig)
        #expect(try repository.lease("c") == slot)
        try expectLikePlain(slot, repository, branch: "c")
    }

    @Test("B14 the sparse set is that of the linked worktree one stands in, each time")
    func sparseLinked() throws {
        let scratch = try Scratch()
        let main = try scratch.repository(files: ["a.txt": "a\n", "in/i.txt": "i\n", "out/o.txt": "o\n"])
        let linked = scratch.at("linked")
        try main.git("worktree", "add", "-q", "-b", "wt", linked)
        try main.git("sparse-checkout", "set", "--cone", "in", in: linked)
        let repository = Repository(scratch: scratch, path: linked)
        let slot = try main.lease("a", in: linked)
        try expectLikePlain(slot, repository, branch: "a")
        try main.pool("done", "a").check(0)
        try main.settle(slot)
        try expectLikePlain(try main.lease("b", in: linked), repository, branch: "b")
        try expectLikePlain(try main.lease("c"), main, branch: "c")
    }

    @Test("B14 a slot that waits with another sparse set than the worktree one stands in is passed over")
    func sparseSetOfTheCaller() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository(files: ["a.txt": "a\n", "in/i.txt": "i\n", "out/o.txt": "o\n"])
        let slot = try repository.lease("a")
        try repository.pool("done", "a").check(0)
        try repository.settle(slot)
        try repository.git("sparse-checkout", "set", "--cone", "in")
        let sparse = try repository.lease("b")
        #expect(!Scratch.exists("\(sparse)/out"))
        try expectLikePlain(sparse, repository, branch: "b")
    }

    @Test("B14 an empty repository is refused with the way on")
    func empty() throws {
        let scratch = try Scratch()
        let repository = Repository(scratch: scratch, path: try scratch.directory("repo"))
        try repository.git("init", "-q")
        try repository.add("a").check(128, says: "no commit yet", "--from")
        #expect(repository.records.isEmpty && scratch.entries("repo.pool").filter { $0.hasPrefix("repo-") }.isEmpty)
    }

    @Test("B1 B14 a partial clone without its remote: an add that wants more leaves the slot as it was")
    func offline() throws {
        let scratch = try Scratch()
        let remote = try scratch.repository(named: "remote", files: ["a.txt": "one\n"])
        try remote.git("config", "uploadpack.allowFilter", "true")
        try remote.commit("second", ["a.txt": "two\n", "b.txt": "two\n"])
        try scratch.git("clone", "-q", "--filter=blob:none", "file://\(remote.path)", "repo")
        let repository = Repository(scratch: scratch, path: scratch.at("repo"))
        let slot = try repository.lease("a")
        try repository.pool("done", "a").check(0)
        try repository.settle(slot)
        Scratch.remove(remote.path)
        #expect(try repository.add("--from", "HEAD~1", "b").status != 0)
        #expect(try repository.state(at: slot) == "idle")
        #expect(try repository.lease("c") == slot)
        #expect(try repository.status(of: slot).isEmpty)
    }

    @Test("B14 a filter that fails leases nothing and leaves nothing")
    func failingFilter() throws {
        let scratch = try Scratch()
        let repository = try Shape.requiredFilter.make(in: scratch)
        try repository.git("config", "filter.turn.smudge", "false")
        let before = try repository.snapshot()
        try repository.add("a").check(128, says: "x.turned")
        #expect(try repository.snapshot() == before)
        #expect(repository.records.isEmpty && !Scratch.exists(repository.slot(1)))
    }
}
