import Foundation
import Testing

@Suite struct DoctorTests {
    private func kinds(
        _ repository: Repository, _ status: Int32, at location: SourceLocation = #_sourceLocation
    ) throws -> [String] {
        let outcome = try repository.pool("doctor", "--json").check(status, at: location)
        let report = try JSONSerialization.jsonObject(with: outcome.bytes) as? [String: Any]
        let findings = try #require(report?["findings"] as? [[String: Any]], "\(outcome)", sourceLocation: location)
        return findings.compactMap { $0["kind"] as? String }
    }

    @Test("G5 doctor finds nothing in a sound pool, and says what it stands on")
    func sound() throws {
        let repository = try Scratch().repository()
        #expect(try repository.pool("doctor").check(0).out.contains("slots: none yet"))
        _ = try repository.lease("a")
        let idle = try repository.lease("b")
        try repository.pool("done", "b").check(0)
        try repository.settle(idle)
        let outcome = try repository.pool("doctor").check(0)
        #expect(outcome.out.hasPrefix("git-pool 0."))
        #expect(outcome.out.contains("slots: 2 in '\(repository.root)'"))
        #expect(outcome.lines.last == "no problems found")
        let report = try repository.pool("doctor", "--json").object()
        #expect(report["schema"] as? Int == 1)
        #expect((report["root"] as? [String: Any])?["freeBytes"] is Int)
        // What the disk can do was found out when the first slots were made.
        let storage = try #require(report["storage"] as? String)
        #expect(["copy", "reflink"].contains(storage))
        #expect(outcome.out.contains(", made by \(storage))"))
    }

    @Test("G5 doctor says of a mirror that a fetch that prunes deletes saves, and how to keep them")
    func mirror() throws {
        let scratch = try Scratch()
        let source = try scratch.repository()
        let place = scratch.at("mirror.git")
        try scratch.git("clone", "-q", "--mirror", source.path, place)
        let repository = Repository(scratch: scratch, path: place)
        #expect(try kinds(repository, 0) == ["mirror"])
        let lease = try repository.lease("a")
        try scratch.write("\(lease)/new.txt", "precious\n")
        try repository.pool("save", "a").check(0)
        try repository.git("config", "--add", "remote.origin.fetch", "^refs/pool/*")
        #expect(try kinds(repository, 0).isEmpty)
        try repository.git("fetch", "-q", "--prune")
        #expect(try repository.git("for-each-ref", "refs/pool/saved").lines.count == 1)
    }

    @Test("G5 doctor changes nothing, and needs nothing but to read")
    func readOnly() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.scratch.write("\(lease)/new.txt", "unsaved\n")
        let before = [try tree(of: repository.commonDirectory), try tree(of: repository.root)]
        try repository.pool("doctor").check(0)
        #expect(try [tree(of: repository.commonDirectory), tree(of: repository.root)] == before)
    }

    @Test("G5 doctor works where an empty commondir kills other git commands")
    func emptyCommonDirectory() throws {
        let repository = try Scratch().repository()
        _ = try repository.lease("a")
        let admin = "\(repository.commonDirectory)/worktrees/half"
        try repository.scratch.write("\(admin)/commondir", "")
        try repository.scratch.write("\(admin)/locked", "initializing")
        try repository.scratch.write("\(admin)/HEAD", "ref: refs/heads/main\n")
        try repository.scratch.write("\(admin)/gitdir", "/nowhere/.git\n")
        // What makes this test one.
        #expect(try repository.scratch.run(["git", "worktree", "list"], in: repository.path).status == 128)
        let outcome = try repository.pool("doctor").check(1)
        #expect(outcome.out.contains(admin))
        #expect(outcome.out.contains("fail in the whole repository"))
        // The way on that it names is the right one.
        let remedy = try #require(outcome.lines.first { $0.contains("-> echo ../.. >") })
        try repository.scratch.sh(String(remedy.drop { $0 != "e" })).check(0)
        try repository.git("worktree", "list")
    }

    @Test("G5 doctor works from inside the very worktree that is broken")
    func inside() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.scratch.write("\(repository.commonDirectory)/worktrees/repo-1/commondir", "")
        // git itself dies there before it runs any command.
        let outcome = try repository.scratch.run(["git-pool", "doctor"], in: lease).check(1)
        #expect(outcome.out.contains("has an empty 'commondir'"))
    }

    @Test(
        "G5 doctor finds half-made admin directories, whoever made them",
        arguments: [
            (
                "null HEAD",
                ["HEAD": String(repeating: "0", count: 40) + "\n", "commondir": "../..\n", "gitdir": "/x/.git\n"]
            ),
            (
                "unknown HEAD",
                ["HEAD": String(repeating: "1", count: 40) + "\n", "commondir": "../..\n", "gitdir": "/x/.git\n"]
            ),
            ("no gitdir", ["HEAD": "ref: refs/heads/main\n", "commondir": "../..\n"]),
        ])
    func halfMade(_ name: String, _ files: [String: String]) throws {
        let repository = try Scratch().repository()
        for (file, text) in files {
            try repository.scratch.write("\(repository.commonDirectory)/worktrees/half/\(file)", text)
        }
        #expect(try kinds(repository, 1) == ["halfMade"])
    }

    @Test("G5 doctor leaves a worktree made by hand alone")
    func foreign() throws {
        let repository = try Scratch().repository()
        try repository.git("worktree", "add", "-q", "-b", "hand", repository.scratch.at("hand"))
        try repository.git("worktree", "add", "-q", "--detach", repository.scratch.at("detached"))
        #expect(try kinds(repository, 0) == [])
    }

    @Test("G5 doctor finds records that cannot be read, and that there are two of")
    func records() throws {
        let repository = try Scratch().repository()
        _ = try repository.lease("a")
        let slots = "\(repository.state)/slots"
        try repository.scratch.write("\(slots)/7.idle", "torn")
        #expect(try kinds(repository, 1) == ["unreadableRecord"])
        try repository.scratch.sh(#"rm 7.idle; cp 1.leased 1.idle"#, in: slots).check(0)
        #expect(try kinds(repository, 1) == ["severalRecords"])
    }

    @Test("C10 doctor finds what plain git or rm did to a slot")
    func interference() throws {
        let repository = try Scratch().repository()
        let gone = try repository.lease("a")
        let moved = try repository.lease("b")
        let cut = try repository.lease("c")
        let unlocked = try repository.lease("d")
        try repository.scratch.sh("rm -rf \"$1\" \"$2/.git\"", gone, cut).check(0)
        try repository.git("worktree", "unlock", moved)
        try repository.git("worktree", "move", moved, repository.scratch.at("elsewhere"))
        try repository.git("worktree", "unlock", unlocked)
        #expect(try kinds(repository, 1) == ["missingTree", "brokenLink", "brokenLink", "unlocked"])
    }

    @Test(
        "H1 doctor names an add that was killed, and gc settles it",
        arguments: ["add.tree", "add.populated", "leasing.new"])
    func killedAdd(_ point: String) throws {
        let repository = try Scratch().repository()
        _ = try repository.add("a", env: ["GIT_POOL_FAULT": point])
        #expect(try kinds(repository, 1) == ["unfinished"])
        try repository.pool("gc").check(0)
        #expect(try kinds(repository, 0) == [])
    }

    @Test("G5 doctor finds leftovers that no record owns")
    func leftovers() throws {
        let repository = try Scratch().repository()
        _ = try repository.lease("a")
        for name in ["new-1", "trash-1", "save-1"] { try repository.scratch.directory("\(repository.state)/\(name)") }
        for name in [".fenced-repo-9", "repo-1.kept-1", "trash/trash-0000000000000002"] {
            try repository.scratch.directory("\(repository.root)/\(name)")
        }
        #expect(try kinds(repository, 1) == Array(repeating: "leftover", count: 6))
    }

    @Test("G5 doctor finds a pool whose repository was moved, and an old git")
    func moved() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        _ = try repository.lease("a")
        try scratch.sh("mv repo moved").check(0)
        let other = Repository(scratch: scratch, path: scratch.at("moved"))
        #expect(try kinds(other, 1).contains("movedRoot"))
        let real = try scratch.sh("command -v git").line
        try scratch.write(
            "old/git",
            "#!/bin/sh\nfor w; do [ \"$w\" = version ] && echo git version 2.35.1 && exit; done\nexec \(real) \"$@\"\n",
            mode: 0o755)
        let path = scratch.at("old") + ":" + (scratch.environment["PATH"] ?? "")
        let outcome = try scratch.run(["git-pool", "doctor"], in: other.path, env: ["PATH": path])
        #expect(outcome.out.contains("git 2.35.1 is older than 2.36"))
    }

    @Test("D9 doctor says why nobody can tell whether a holder lives, and that alone is no problem")
    func unknownHolder() throws {
        let repository = try Scratch().repository()
        _ = try repository.lease("a")
        let script = "sed -i 's/^holder.boot .*/holder.boot x/; s/^holder.host .*/holder.host elsewhere/' 1.leased"
        try repository.scratch.sh(script, in: "\(repository.state)/slots").check(0)
        let outcome = try repository.pool("doctor").check(0)
        #expect(outcome.out.contains("remark: nobody can tell whether the holder of 'a' lives"), "\(outcome)")
    }
}
