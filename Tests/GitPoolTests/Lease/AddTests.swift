import Foundation
import Testing

@Suite struct AddTests {
    @Test("B1 the path of a worktree on its own branch is all of standard output")
    func path() throws {
        let repository = try Scratch().repository()
        let outcome = try repository.add("fix-login").check(0)
        let lease = repository.slot(1)
        #expect(outcome.out == lease + "\n")
        #expect(try repository.git("symbolic-ref", "HEAD", in: lease).line == "refs/heads/fix-login")
        #expect(try repository.tip("HEAD", in: lease) == repository.tip("main"))
        #expect(try repository.status(of: lease).isEmpty)
        #expect(try tree(of: lease) == tree(of: repository.path))
        #expect(try repository.linkedWorktrees == [lease])
        #expect(outcome.err.contains(try repository.scratch.holderPid()))
        try repository.fsck()
    }

    @Test("B1 --branch and --detach choose what HEAD is")
    func heads() throws {
        let repository = try Scratch().repository()
        let branched = try repository.lease("a", "-b", "topic/one")
        #expect(try repository.git("symbolic-ref", "HEAD", in: branched).line == "refs/heads/topic/one")
        #expect(try repository.tip("refs/heads/a") == nil)
        let detached = try repository.lease("b", "--detach")
        #expect(try repository.git("rev-parse", "--abbrev-ref", "HEAD", in: detached).line == "HEAD")
        #expect(try repository.tip("refs/heads/b") == nil)
        #expect(try repository.slot(named: "b")?["branch"] is NSNull)
    }

    @Test("B1 a start point that does not exist leaves nothing")
    func badStartPoint() throws {
        let repository = try Scratch().repository()
        _ = try repository.lease("first")
        let before = try repository.snapshot()
        let count = try repository.slots().count
        for start in ["nosuch", "refs/heads/", "main:a.txt", "--", ""] {
            let outcome = try repository.add("--from=\(start)", "a")
            #expect(outcome.status != 0 && outcome.out.isEmpty, "\(outcome)")
        }
        #expect(try repository.snapshot() == before)
        #expect(try repository.slots().count == count)
    }

    @Test("B1 a root where nothing can be made leaves nothing")
    func badRoot() throws {
        let repository = try Scratch().repository()
        let before = try repository.snapshot()
        try repository.scratch.write(repository.root, "a file is in the way")
        let outcome = try repository.add("a")
        #expect(outcome.status != 0 && outcome.out.isEmpty, "\(outcome)")
        #expect(outcome.err.contains(repository.root))
        #expect(try repository.snapshot() == before)
        #expect(try repository.leased.isEmpty)
        #expect(try repository.scratch.read(repository.root) == "a file is in the way")
    }

    @Test("B2 a name is made up when none is given; --unique makes a given one free")
    func names() throws {
        let repository = try Scratch().repository()
        try repository.add().ok()
        let made = try #require(try repository.slots().first?["name"] as? String)
        #expect(made.wholeMatch(of: /[a-z]+-[a-z]+(-[0-9]+)?/) != nil, "\(made)")
        #expect(try repository.tip("refs/heads/\(made)") != nil)
        _ = try repository.lease("a")
        try repository.git("branch", "a-2")
        let unique = try repository.lease("a", "--unique")
        #expect(try repository.git("symbolic-ref", "--short", "HEAD", in: unique).line == "a-3")
        #expect(try repository.slot(named: "a-3") != nil)
        // No branch can have the name of another one's folder.
        try repository.git("branch", "b/c")
        let other = try repository.lease("b", "--unique")
        #expect(try repository.git("symbolic-ref", "--short", "HEAD", in: other).line == "b-2")
    }

    @Test(
        "B2 who names a branch of a remote is told how to start from it, and that a new one was made",
        arguments: [false, true])
    func namesakes(isPacked: Bool) throws {
        let repository = try Scratch().repository()
        try repository.git("commit", "-q", "--allow-empty", "-m", "theirs")
        for name in ["origin/fix", "other/more/of-it"] {
            try repository.git("update-ref", "refs/remotes/\(name)", "HEAD")
        }
        try repository.git("update-ref", "refs/remotes/origin/same", "HEAD~1")
        try repository.git("reset", "-q", "--hard", "HEAD~1")
        if isPacked { try repository.git("pack-refs", "--all") }
        try repository.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/fix")
        try repository.git("update-ref", "refs/remotes/other/x", "HEAD")
        let words = "does not start from the remote-tracking branch 'origin/fix'"
        try repository.add("fix").check(
            0, says: words, "'git pool done fix', then 'git pool add --from origin/fix fix'")
        try repository.add("origin/fix").check(
            0, says: words, "'git pool done origin/fix', then 'git pool add --from origin/fix fix'")
        try repository.add("more/of-it").check(0, says: "'git pool add --from other/more/of-it more/of-it'")
        let silent = [
            try repository.add("same"), try repository.add("new"), try repository.add("--from", "origin/fix", "mine"),
            try repository.add("--resume", "fix"), try repository.add("-q", "other/x"),
        ]
        for outcome in silent { #expect(!outcome.err.contains("hint:") && outcome.status == 0, "\(outcome)") }
    }

    @Test("B2 who stands in a lease is told that the next one starts from its branch")
    func stacked() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.add("b", in: lease).check(0, says: "hint: 'b' starts from 'a', the branch of this worktree")
        let silent = [
            try repository.add("c", "--from", "main", in: lease), try repository.add("d", "-q", in: lease),
            try repository.add("--resume", "b", in: lease),
        ]
        for outcome in silent { #expect(outcome.status == 0 && !outcome.err.contains("hint:"), "\(outcome)") }
        try repository.git("config", "pool.base", "main")
        #expect(try !repository.add("e", in: lease).ok().err.contains("hint:"))
    }

    @Test("B2 E5 who takes a name again whose work was saved is told so, on a terminal")
    func savedBefore() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        try scratch.write("\(repository.lease("a"))/new.txt", "new\n")
        try repository.pool("done", "--save", "a").ok()
        #expect(try !repository.add("a").ok().err.contains("hint:"))
        try repository.pool("done", "a").ok()
        let add = ["git-pool", "add", "--pid", try scratch.holderPid()]
        let again = try Terminal(scratch, add + ["a"], in: repository.path)
        try again.process.wait().ok()
        #expect(again.screen.contains("hint: there is saved work of 'a' ("), "\(again.screen)")
        #expect(again.screen.contains("'git pool restore a' brings it back"), "\(again.screen)")
        let other = try Terminal(scratch, add + ["b"], in: repository.path)
        try other.process.wait().ok()
        #expect(!other.screen.contains("hint:"), "\(other.screen)")
    }

    @Test("C7 on a terminal, too, no git is asked for saves where there are none")
    func nothingSaved() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        let trace = scratch.at("trace")
        let add = ["git-pool", "add", "--pid", try scratch.holderPid(), "a"]
        let typed = try Terminal(scratch, add, in: repository.path, env: ["GIT_TRACE2_EVENT": trace])
        try typed.process.wait().ok()
        let events = try scratch.read("trace")
        #expect(events.contains("update-ref") && !events.contains("for-each-ref"), "\(events)")
    }

    @Test("B4 a branch with work of its own is not taken")
    func existingBranch() throws {
        let repository = try Scratch().repository()
        try repository.git("switch", "-q", "-c", "x")
        let tip = try repository.commit("own work", ["x.txt": "x\n"])
        try repository.git("switch", "-q", "main")
        let before = try repository.snapshot()
        let outcome = try repository.add("x").check(6, says: "'x'")
        #expect(outcome.out.isEmpty)
        #expect(try repository.tip("x") == tip)
        #expect(try repository.snapshot() == before)
    }

    @Test("B4 the hint beside a branch that is there is a command that works", arguments: ["x", "agent/x"])
    func existingBranchHint(_ name: String) throws {
        let repository = try Scratch().repository()
        try repository.git("branch", name)
        try repository.commit("later")
        let outcome = try repository.add(name).check(6, says: "git pool add -b \(name) \(name)'")
        #expect(!outcome.err.contains("<"), "\(outcome)")
        let lease = try repository.add("-b", name, name).check(0).line
        #expect(try repository.git("symbolic-ref", "--short", "HEAD", in: lease).line == name)
    }

    @Test("B4 a branch that is checked out is not checked out twice")
    func checkedOutBranch() throws {
        let repository = try Scratch().repository()
        let before = try repository.snapshot()
        try repository.add("--branch", "main", "a").check(6, says: "main", repository.path)
        #expect(try repository.snapshot() == before)
        let lease = try repository.lease("b")
        try repository.add("--branch", "b", "c").check(6, says: lease)
    }

    @Test("B5 the start point: --from, pool.base, the worktree one stands in")
    func startPoints() throws {
        let repository = try Scratch().repository()
        let first = try #require(try repository.tip("main"))
        let second = try repository.commit("second", ["a.txt": "two\n"])
        let from = try repository.add("--json", "--from", "main~1", "a").object()
        #expect(from["head"] as? String == first)
        let here = try #require(from["path"] as? String)
        let own = try repository.commit("in the lease", ["b.txt": "b\n"], in: here)
        let nested = try repository.add("--json", "b", in: here).object()
        #expect(nested["head"] as? String == own)
        #expect((nested["base"] as? [String: Any])?["branch"] as? String == "a")
        let plain = try repository.add("--json", "c").object()
        #expect((plain["base"] as? [String: Any])?["commit"] as? String == second)
        #expect((plain["base"] as? [String: Any])?["branch"] as? String == "main")
        try repository.git("config", "pool.base", "main~1")
        #expect(try repository.tip("HEAD", in: try repository.lease("d")) == first)
    }

    @Test("B5 20 adds at once with --fetch: one fetch, the remote's commit, no tracking configuration")
    func fetch() throws {
        let scratch = try Scratch()
        let source = try scratch.repository(named: "source")
        try scratch.git("clone", "-q", source.path, "repo")
        let repository = Repository(scratch: scratch, path: scratch.at("repo"))
        let tip = try source.commit("newer", ["a.txt": "newer\n"])
        let before = try repository.snapshot()
        let trace = scratch.at("trace")
        let adds = try (0..<20).map {
            try repository.startAdd("--fetch", "--from", "origin/main", "n\($0)", env: ["GIT_TRACE": trace])
        }
        for add in adds { #expect(try repository.tip("HEAD", in: try add.wait().ok().line) == tip) }
        let fetches = try scratch.read(trace).split(separator: "\n").filter { $0.contains("built-in: git fetch") }
        #expect(fetches.count == 1, "\(fetches)")
        #expect(try repository.snapshot().config == before.config)
    }

    @Test("B6 a name that is held is refused naming its holder; --resume gives the same worktree to the new one")
    func heldName() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.add("a").check(6, says: "'a'", try repository.scratch.holderPid())
        try repository.scratch.write("\(lease)/work.txt", "unsaved\n")
        let other = try repository.scratch.holder()
        let resumed = try repository.add("--resume", "--pid", String(other.pid), "a").check(0)
        #expect(resumed.line == lease)
        #expect(try repository.scratch.read("\(lease)/work.txt") == "unsaved\n")
        let holder = try repository.slot(named: "a")?["holder"] as? [String: Any]
        #expect(holder?["pid"] as? Int == Int(other.pid))
        #expect(holder?["alive"] as? Bool == true)
        #expect(try repository.slots().count == 1)
    }

    @Test(
        "B6 a branch that would be a folder of another is explained",
        arguments: [
            ("agent/x", "agent/x/y"), ("agent/x/y", "agent/x"),
        ])
    func directoryClash(_ held: String, _ asked: String) throws {
        let repository = try Scratch().repository()
        try repository.git("branch", held)
        let before = try repository.snapshot()
        let outcome = try repository.add(asked)
        #expect(outcome.status != 0 && outcome.err.contains("'\(held)'"), "\(outcome)")
        #expect(try repository.snapshot() == before)
    }

    @Test("B7 a full pool is refused with its holders and what would free one; --wait gives up in time")
    func full() throws {
        let repository = try Scratch().repository()
        try repository.git("config", "pool.max", "1")
        _ = try repository.lease("first")
        let before = try repository.snapshot()
        try repository.add("a").check(4, says: "first", try repository.scratch.holderPid(), "git pool done")
        try repository.add("--wait=1s", "a", seconds: 20).check(3)
        #expect(try repository.snapshot() == before)
        #expect(repository.scratch.entries("\(repository.state)/queue").isEmpty)
    }
}
