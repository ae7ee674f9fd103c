import Foundation
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
        #expect(kept.log.contains("cleaning -> gone") || kept.log.contains("leased -> gone"), "\(kept.log)")
        try repository.checkSound()
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
