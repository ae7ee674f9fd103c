import Foundation
import Testing

@Suite struct NothingElseTests {
    @Test("C11 a full cycle changes no ref, reflog, configuration, stash or file of the user's")
    func cycle() throws {
        let scratch = try Scratch()
        let source = try scratch.repository(named: "source")
        try scratch.git("clone", "-q", source.path, "repo")
        let repository = Repository(scratch: scratch, path: scratch.at("repo"))
        try scratch.write("\(repository.path)/a.txt", "stashed\n")
        try repository.git("stash", "-q")
        try repository.git("branch", "--no-track", "other", "main")
        try repository.git("tag", "v1")
        try scratch.write("\(repository.path)/a.txt", "unsaved\n")
        try scratch.write("\(repository.path)/new.txt", "untracked\n")
        try scratch.write("\(repository.path)/staged.txt", "staged\n")
        try repository.git("add", "staged.txt")
        try source.commit("the remote moves on", ["a.txt": "newer\n"])
        let hooks = try ["post-checkout", "post-commit", "pre-push", "reference-transaction", "post-index-change"].map {
            try scratch.write(
                "\(repository.commonDirectory)/hooks/\($0)", "#!/bin/sh\necho \($0) >>'\(scratch.at("ran"))'\n",
                mode: 0o755)
        }
        let before = (try repository.snapshot(), try source.snapshot())

        let lease = try repository.lease("a")
        _ = try repository.lease("b", "--detach", "--from", "origin/main")
        try repository.pool("list", "--status").check(0)
        try repository.pool("show", "a").check(0)
        _ = try repository.pool("doctor")
        try scratch.write("\(lease)/new.txt", "unsaved\n")
        try repository.pool("done", "--save", "a").check(0)
        try repository.pool("done", "b").check(0)
        try repository.settle(lease)
        try repository.pool("restore", "--drop", "a").check(0)
        try repository.pool("run", "--", "true").check(0)
        try repository.pool("gc").check(0)

        let after = try repository.snapshot()
        #expect(after.refs == before.0.refs)
        #expect(after.saves.isEmpty)
        #expect(after.reflogs == before.0.reflogs)
        #expect(after.config == before.0.config && after.globalConfig == before.0.globalConfig)
        #expect(after.stash == before.0.stash)
        #expect(after.files == before.0.files)
        #expect(after.status == before.0.status)
        #expect(try source.snapshot() == before.1)
        // Of the user's hooks only post-checkout is for us to run, once a lease.
        let ran = (try? scratch.read("ran"))?.split(separator: "\n").map(String.init) ?? []
        #expect(Set(ran).isSubset(of: ["post-checkout"]), "\(ran)")
        #expect(ran.count <= 3 && hooks.count == 5, "\(ran)")
        // Outside its own places, nothing was made.
        #expect(
            scratch.entries(".").filter { $0 != "ran" && !$0.hasPrefix(".") }
                == ["gitconfig", "home", "repo", "repo.pool", "run", "source", "tmp"])
        #expect(scratch.entries("tmp").isEmpty)
    }

    @Test(
        "C11 looking changes nothing at all",
        arguments: [
            ["list"], ["list", "--json"], ["list", "--status"], ["path"], ["whoami"], ["show", "a"], ["doctor"],
            ["gc", "-n"],
            ["version"], ["list", "--saved"], ["done", "-n", "a"],
        ])
    func looking(_ words: [String]) throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.scratch.write("\(lease)/new.txt", "unsaved\n")
        let before = (try repository.snapshot(), try tree(of: lease), repository.records)
        let outcome = try repository.scratch.run(["git", "pool"] + words, in: repository.path)
        #expect([0, 1].contains(outcome.status) || words.first == "done" && outcome.status == 7, "\(outcome)")
        #expect(try repository.snapshot() == before.0)
        #expect(try tree(of: lease) == before.1)
        #expect(repository.records == before.2)
    }

    @Test(
        "C11 looking at a repository without a pool makes none",
        arguments: [
            ["list"], ["list", "--json"], ["path", "a"], ["whoami"], ["doctor"], ["gc"], ["gc", "-n"],
            ["done", "--all"],
        ])
    func noPool(_ words: [String]) throws {
        let repository = try Scratch().repository()
        let before = try repository.snapshot()
        let outcome = try repository.scratch.run(["git", "pool"] + words, in: repository.path)
        #expect([0, 1].contains(outcome.status) || words.first == "done" && outcome.status == 7, "\(outcome)")
        #expect(try repository.snapshot() == before)
        #expect(!Scratch.exists(repository.root))
        #expect(repository.records.isEmpty)
    }
}
