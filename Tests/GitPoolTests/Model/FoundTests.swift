import Foundation
import GitPool
import Testing

/// What random operations against the model have found (Tests/Model), each as short as it could be made.
@Suite struct FoundTests {
    @Test(
        "H5 F4 a rebase that leaves nothing to land, or whose tests fail, saves what it replaced",
        arguments: ["true", "false"])
    func replayed(_ test: String) throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        if test == "true" {
            try repository.git("commit", "-q", "--amend", "-m", "in other words", in: lease)
        } else {
            try repository.commit("work", ["w.txt": "w\n"], in: lease)
            try repository.commit("other work", ["o.txt": "o\n"])
        }
        let own = try #require(try repository.tip("a"))
        let landed = try repository.pool("land", "--strategy=rebase", "--test=\(test)", "a")
        #expect(landed.status == (test == "true" ? 0 : 7), "\(landed)")
        #expect(try repository.tip("a") != own)
        #expect(try repository.git("rev-list", "--glob=refs/pool/saved/*").lines.contains(own))
    }

    @Test("H5 a copy of the repository leaves the first one's idle slots where they stand")
    func copied() throws {
        let repository = try Scratch().repository()
        try repository.pool("warm", "1").check(0)
        // What the slot waits for has moved: it would be parked anew.
        try repository.commit("second", ["b.txt": "two\n"])
        let copy = repository.scratch.at("copied")
        try repository.scratch.run(["cp", "-a", repository.path, copy]).ok()
        _ = try repository.pool("gc", in: copy)
        #expect(Scratch.exists("\(repository.slot(1))/.git"))
        #expect(repository.scratch.entries("\(copy)/.git/pool/slots") == ["1.lock"])
        try repository.pool("gc").check(0)
        let lease = try repository.lease("a")
        #expect(lease == repository.slot(1) && Scratch.exists("\(lease)/b.txt"))
        try repository.fsck()
    }

    @Test("H5 C10 a commit made in an idle slot while it is being leased stays where it is")
    func committedMeanwhile() throws {
        let repository = try Scratch().repository()
        let idle = try repository.lease("a")
        try repository.pool("done", "a").check(0)
        try repository.settle(idle)
        var commit: String?
        let lease = try repository.interrupt(at: .addMoved, "add", "--pid", repository.scratch.holderPid(), "b") {
            commit = try repository.commit("meanwhile", ["m.txt": "m\n"], in: idle)
        }.ok().line
        #expect(lease != idle)
        #expect(try repository.tip("HEAD", in: idle) == commit)
        #expect(try repository.git("symbolic-ref", "--short", "HEAD", in: lease).line == "b")
    }
}
