import Foundation
import GitPool
import Glibc
import Testing

/// Files and commits that one look does not show.
@Suite struct HiddenWorkTests {
    @Test("C4 what an uncommitted change of a tracked .gitignore hid is saved too", arguments: ["--save", "--discard"])
    func uncommittedIgnore(_ option: String) throws {
        let repository = try Scratch().repository(files: [".gitignore": "*.o\n", "a.txt": "one\n"])
        let lease = try repository.lease("a")
        try repository.scratch.write("\(lease)/.gitignore", "*.o\nsecret*\n")
        try repository.scratch.write("\(lease)/secret.txt", "precious\n")
        try repository.scratch.write("\(lease)/cache.o", "expensive\n")
        try repository.pool("done", option, "a").check(0)
        try repository.settle(lease)
        #expect(!Scratch.exists("\(lease)/secret.txt"))
        #expect(try repository.holds("precious\n"))
        #expect(try repository.scratch.read("\(lease)/cache.o") == "expensive\n")
    }

    @Test("C4 what the worktree's own configuration hid is saved when that goes", arguments: ["--save", "--discard"])
    func ownConfiguration(_ option: String) throws {
        let repository = try Scratch().repository()
        try repository.git("config", "extensions.worktreeConfig", "true")
        let lease = try repository.lease("a")
        let excludes = repository.scratch.at("excludes")
        try repository.scratch.write(excludes, "secret*\n")
        try repository.git("config", "--worktree", "core.excludesFile", excludes, in: lease)
        try repository.scratch.write("\(lease)/secret.txt", "precious\n")
        try repository.pool("done", option, "a").check(0)
        try repository.settle(lease)
        #expect(!Scratch.exists("\(lease)/secret.txt"))
        #expect(try repository.holds("precious\n"))
    }

    @Test("C3 a file that git overlooks for another of nearly its name, on a disk that tells them apart")
    func ignoreCase() throws {
        let repository = try Scratch().repository(files: ["readme": "one\n"])
        try repository.scratch.write("\(repository.path)/case", "")
        if Scratch.exists("\(repository.path)/CASE") { return print("skipped: the disk knows no case") }
        Scratch.remove("\(repository.path)/case")
        try repository.git("config", "core.ignoreCase", "true")
        let lease = try repository.lease("a")
        try repository.scratch.write("\(lease)/README", "precious\n")
        try repository.pool("done", "a").check(7, says: "README")
        try repository.pool("done", "--save", "a").check(0)
        try repository.settle(lease)
        #expect(!Scratch.exists("\(lease)/README"))
        #expect(try repository.holds("precious\n"))
        let place = try repository.pool("restore", "a", "--no-holder").ok().line
        #expect(try repository.scratch.read("\(place)/README") == "precious\n")
        #expect(try repository.scratch.read("\(place)/readme") == "one\n")
    }

    @Test("C4 files and trees that a ref of the worktree alone names are saved, and survive git gc")
    func privateRefs() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        let blob = try repository.scratch.run(["git", "hash-object", "-w", "--stdin"], in: lease, input: "precious\n")
            .line
        let tree = try repository.scratch.run(["git", "mktree"], in: lease, input: "100644 blob \(blob)\tx\n").line
        try repository.git("update-ref", "refs/worktree/blob", blob, in: lease)
        try repository.git("update-ref", "refs/worktree/tree", tree, in: lease)
        try repository.pool("done", "--save", "a").check(0)
        try repository.settle(lease)
        try repository.git("gc", "-q", "--prune=now")
        let place = try repository.pool("restore", "a", "--no-holder").ok().line
        #expect(try repository.git("cat-file", "blob", "refs/worktree/blob", in: place).out == "precious\n")
        #expect(try repository.git("rev-parse", "refs/worktree/tree", in: place).line == tree)
    }

    @Test("C4 an ignored file that took the place of a tracked folder is saved before the reset")
    func ignoredInTheWay() throws {
        let repository = try Scratch().repository(files: [".gitignore": "/d\n", "a.txt": "one\n"])
        try repository.scratch.write("\(repository.path)/d/x.txt", "x\n")
        try repository.git("add", "-f", "d/x.txt")
        try repository.git("commit", "-q", "-m", "tracked although ignored")
        let lease = try repository.lease("a")
        Scratch.remove("\(lease)/d")
        try repository.scratch.write("\(lease)/d", "precious\n")
        try repository.pool("done", "--save", "a").check(0)
        try repository.settle(lease)
        #expect(try repository.scratch.read("\(lease)/d/x.txt") == "x\n")
        #expect(try repository.holds("precious\n"))
    }

    @Test("C3 a committed .gitignore that hid a file where the parking commit has one")
    func collision() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.commit("ignore", [".gitignore": "later.txt\n"], in: lease)
        try repository.scratch.write("\(lease)/later.txt", "precious\n")
        try repository.commit("meanwhile", ["later.txt": "theirs\n"])
        try repository.pool("done", "a").check(0)
        try repository.settle(lease)
        #expect(try repository.scratch.read("\(lease)/later.txt") == "theirs\n")
        #expect(try repository.holds("precious\n"))
        #expect(try repository.tip("refs/heads/a") != nil)
    }

    @Test("C3 a repository that a committed .gitignore hid keeps the slot, at its path")
    func hiddenRepository() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.commit("ignore", [".gitignore": "inner/\n"], in: lease)
        try repository.git("init", "-q", "inner", in: lease)
        try repository.commit("inner", ["x.txt": "precious\n"], in: "\(lease)/inner")
        let before = try tree(of: "\(lease)/inner")
        try repository.pool("done", "a").check(0)
        for _ in 0..<2 { try repository.pool("gc").check(0) }
        #expect(try tree(of: "\(lease)/inner") == before)
        #expect(try repository.state(at: lease) == "orphaned")
        try repository.checkSound()
    }

    @Test("C4 restore --here never writes over an ignored file, nor over hidden edits")
    func restoreHere() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.scratch.write("\(lease)/secret.txt", "saved\n")
        try repository.scratch.write("\(lease)/a.txt", "saved edit\n")
        try repository.pool("save", "a").check(0)
        try repository.scratch.write("\(repository.commonDirectory)/info/exclude", "secret.txt\n")
        try repository.scratch.write("\(repository.path)/secret.txt", "precious\n")
        try repository.pool("restore", "--here", "a").check(7, says: "secret.txt")
        #expect(try repository.scratch.read("\(repository.path)/secret.txt") == "precious\n")
        #expect(try repository.scratch.read("\(repository.path)/a.txt") == "one\n")
        Scratch.remove("\(repository.path)/secret.txt")
        try repository.git("update-index", "--assume-unchanged", "a.txt")
        try repository.scratch.write("\(repository.path)/a.txt", "precious\n")
        try repository.pool("restore", "--here", "a").check(7)
        #expect(try repository.scratch.read("\(repository.path)/a.txt") == "precious\n")
    }

    @Test("C4 more saves of one lease than digits sort, and each is kept")
    func manySaves() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        for number in 1...12 {
            try repository.scratch.write("\(lease)/new.txt", "\(number)\n")
            try repository.pool("save", "a").check(0)
            try repository.pool("save", "a").check(0)
        }
        #expect(try repository.snapshot().saves.count == 12)
        for number in 1...12 { #expect(try repository.holds("\(number)\n")) }
    }

    @Test("C4 a save in a sha256 repository holds the work")
    func sha256() throws {
        let scratch = try Scratch()
        let repository = Repository(scratch: scratch, path: try scratch.directory("repo"))
        try repository.git("init", "-q", "--object-format=sha256")
        try repository.commit("first", ["a.txt": "one\n"])
        let lease = try repository.lease("a")
        try scratch.write("\(lease)/a.txt", "precious\n")
        try repository.pool("done", "--save", "a").check(0)
        try repository.settle(lease)
        #expect(try repository.holds("precious\n"))
    }

    @Test("C5 --discard keeps the commit of an autostash")
    func autostash() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.commit("theirs", ["a.txt": "theirs\n"])
        try repository.commit("ours", ["a.txt": "ours\n", "b.txt": "b\n"], in: lease)
        try repository.scratch.write("\(lease)/b.txt", "precious\n")
        _ = try repository.scratch.run(["git", "rebase", "--autostash", "main"], in: lease)
        let git = try repository.git("rev-parse", "--absolute-git-dir", in: lease).line
        let stash = try repository.scratch.read("\(git)/rebase-merge/autostash").split(separator: "\n")[0]
        try repository.pool("done", "--discard", "a").check(0)
        try repository.settle(lease)
        #expect(try repository.reaches(String(stash)))
    }

    @Test("C3 a clean slot on a branch without a commit is recycled")
    func unborn() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.scratch.sh("git checkout -q --orphan new; git rm -rfq .", in: lease).ok()
        try repository.pool("done", "a").check(0)
        try repository.settle(lease)
        #expect(try repository.scratch.read("\(lease)/a.txt") == "one\n")
        #expect(try repository.snapshot().saves.isEmpty)
    }

    @Test(
        "C1 GIT_TRACE on standard error is no reason to keep a slot",
        arguments: ["GIT_TRACE", "GIT_TRACE2", "GIT_TRACE_SETUP"])
    func traced(_ variable: String) throws {
        let repository = try Scratch().repository()
        _ = try repository.lease("a")
        try repository.pool("done", "a", env: [variable: "1"]).check(0)
        #expect(try repository.leased.isEmpty)
    }

    @Test("B1 a killed add in a bare repository, which keeps no reflogs, leaves no branch")
    func bare() throws {
        let scratch = try Scratch()
        let repository = try scratch.bareClone(of: scratch.repository())
        try repository.add("a", env: ["GIT_POOL_FAULT": FaultPoint.branchCreated.rawValue]).check(137)
        try repository.pool("gc").check(0)
        #expect(try repository.tip("refs/heads/a") == nil)
    }

    @Test("H1 makeRoom killed behind the fence: the tree is back at its path at once")
    func makeRoomKilled() throws {
        let repository = try Scratch().repository()
        try repository.git("config", "pool.max", "1")
        let lease = try repository.lease("a")
        try repository.scratch.write("\(lease)/new.txt", "precious\n")
        try repository.pool("done", "--keep=1h", "a").check(0)
        try repository.kill(at: .fenced, "add", "--pid", repository.scratch.holderPid(), "b")
        try repository.pool("gc").check(0)
        #expect(try repository.scratch.read("\(lease)/new.txt") == "precious\n")
        try repository.checkSound()
    }
}
