import Foundation
import GitPool
import Testing

/// A slot that goes: out of sight by a rename, its files behind anybody's back, and nothing but its own files.
@Suite struct RemovalTests {
    @Test(
        "E7 done returns when the tree is to go; the files go behind, and what a link names stays",
        arguments: [false, true])
    func behind(hasKeeper: Bool) throws {
        let kept = try Kept()
        let (scratch, repository) = (kept.scratch, kept.repository)
        try repository.git("config", "pool.strategy", "ondemand")
        try scratch.write("\(repository.commonDirectory)/info/exclude", "*.o\n")
        try scratch.write("outside/precious.txt", "precious\n")
        var env = kept.env
        // Where no keeper may start, a process that only removes files may.
        if !hasKeeper { env["GITHUB_ACTIONS"] = "true" }
        let lease = try repository.lease("a", "--no-holder", env: env)
        try scratch.sh(
            "ln -s \"$1\" folder.o; ln \"$1/precious.txt\" file.o; ln -s \"$1/precious.txt\" link.o; mkdir deep.o; chmod 0 deep.o",
            scratch.at("outside"), in: lease
        ).ok()
        try repository.pool("done", "a", env: env).check(0)
        try scratch.until("slot and files are gone") {
            repository.records.isEmpty && !Scratch.exists(lease) && scratch.entries("\(repository.root)/trash").isEmpty
        }
        #expect(try scratch.read("outside/precious.txt") == "precious\n")
        #expect(try repository.linkedWorktrees.isEmpty)
        try scratch.until("nobody is left") { kept.keepers.isEmpty }
        // Whoever removes the files writes this down last, and need not be the keeper.
        try scratch.until("the log tells of it") {
            kept.log.contains("cleaning -> gone") || kept.log.contains("leased -> gone")
        }
        try repository.checkSound()
    }

    @Test(
        "E7 C7 done deletes no file before it returns, nor does what it waits for, but where it is to leave nothing to do",
        arguments: ["keeper", "no keeper", "alone"])
    func notBefore(_ kind: String) throws {
        let kept = try Kept()
        let repository = kept.repository
        try repository.git("config", "pool.strategy", "ondemand")
        var env = kept.env
        if kind == "no keeper" { env["GITHUB_ACTIONS"] = "true" }
        if kind == "alone" { env["GIT_POOL_AUTO"] = "0" }
        let lease = try repository.lease("a", "--no-holder", env: env)
        let done = try repository.started(until: .trashDeleted, ["done", "a"], env: env)
        #expect((done != nil) == (kind == "alone"))
        done?.goOn()
        try kept.scratch.until("slot and files are gone") {
            repository.records.isEmpty && !Scratch.exists(lease)
                && kept.scratch.entries("\(repository.root)/trash").isEmpty
        }
    }

    @Test("E7 a slot whose .git file names another worktree is not removed, nor is that one")
    func forged() throws {
        let repository = try Scratch().repository()
        try repository.pool("warm", "1").ok()
        let mine = repository.scratch.at("mine")
        try repository.git("worktree", "add", "-q", "--detach", mine)
        try repository.scratch.write("\(mine)/new.txt", "precious\n")
        let link = try repository.scratch.read("\(mine)/.git")
        try repository.scratch.write("\(repository.slot(1))/.git", link)
        for _ in 0..<2 { _ = try repository.pool("gc", env: ["GIT_POOL_FAKE_SECONDS": "100000"]) }
        #expect(repository.records == ["1.broken"])
        #expect(Scratch.exists("\(repository.slot(1))/a.txt"))
        #expect(try repository.scratch.read("\(mine)/new.txt") == "precious\n")
        #expect(try repository.git("status", "--porcelain", in: mine).lines == ["?? new.txt"])
    }

    /// What was saved of a commit that nothing else leads to.
    private func expectSaved(_ lost: String, _ repository: Repository) throws {
        #expect(repository.records.isEmpty)
        let holding = try repository.git("for-each-ref", "--contains", lost, "--format=%(refname)").lines
        #expect(holding.count == 1 && holding.allSatisfy { $0.hasPrefix("refs/pool/saved/") }, "\(holding)")
        try repository.fsck()
    }

    @Test(
        "E7 C3 commits that only the reflog of an idle slot leads to are saved when it goes, once, killed or not",
        arguments: ["trim", "killed", "removed by hand"])
    func reflog(_ kind: String) throws {
        let repository = try Scratch().repository()
        try repository.pool("warm", "1").ok()
        let place = repository.slot(1)
        let lost = try repository.commit("work", ["w.txt": "precious\n"], in: place)
        try repository.git("checkout", "-q", "--detach", "main", in: place)
        var env: [String: String?] = ["GIT_POOL_FAKE_SECONDS": "100000"]
        switch kind {
        case "killed":
            env["GIT_POOL_FAULT"] = "save.published"
            try repository.pool("gc", env: env).check(137)
            #expect(repository.records == ["1.trash"])
            env["GIT_POOL_FAULT"] = nil as String?
        case "removed by hand": Scratch.remove(place)
        default: break
        }
        try repository.pool("gc", env: env).check(0)
        try expectSaved(lost, repository)
    }

    @Test(
        "E7 C3 an idle slot that was removed by hand: its commit and what was staged in it are saved",
        arguments: [true, false])
    func removedIdle(hasReflog: Bool) throws {
        let repository = try Scratch().repository()
        if !hasReflog { try repository.git("config", "core.logAllRefUpdates", "false") }
        try repository.pool("warm", "1").ok()
        let place = repository.slot(1)
        let lost = try repository.commit("work", ["w.txt": "precious\n"], in: place)
        try repository.scratch.write("\(place)/staged.txt", "staged\n")
        try repository.git("add", "staged.txt", in: place)
        Scratch.remove(place)
        try repository.pool("gc").check(0)
        #expect(repository.records.isEmpty)
        let saves = try repository.git("for-each-ref", "--contains", lost, "--format=%(refname)", "refs/pool/saved")
            .lines
        #expect(!saves.isEmpty)
        let texts = try saves.map {
            try repository.scratch.run(["git", "show", "\($0):staged.txt"], in: repository.path)
        }
        #expect(texts.contains { $0.status == 0 && $0.out == "staged\n" })
        try repository.fsck()
    }

    @Test("E1 an age that no slot can have makes none")
    func noAge() throws {
        let repository = try Scratch().repository()
        try repository.git("config", "pool.maxAge", "0")
        try repository.git("config", "pool.warm", "2")
        _ = try repository.lease("a")
        try repository.pool("gc").check(0)
        try repository.pool("warm", "3").check(0)
        #expect(repository.records == ["1.leased"])
    }
}
