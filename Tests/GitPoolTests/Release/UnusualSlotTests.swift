import Foundation
import GitPool
import Glibc
import Testing

/// Slots with submodules, foreign repositories and other people's folders in their way: each was once a fault.
@Suite struct UnusualSlotTests {
    @Test("C3 a killed add whose admin id a user's worktree has leaves nothing, and the user's worktree alone")
    func takenID() throws {
        let repository = try Scratch().repository()
        let mine = repository.scratch.at("elsewhere/repo-1")
        try repository.git("worktree", "add", "-q", "-b", "mine", mine)
        try repository.add("a", env: ["GIT_POOL_FAULT": FaultPoint.addTree.rawValue]).check(137)
        // It is built behind its fence.
        #expect(try repository.scratch.read("\(repository.root)/.fenced-repo-1/.git").hasSuffix("/repo-1-1\n"))
        try repository.pool("gc").check(0)
        #expect(try repository.slots().isEmpty)
        #expect(try repository.status(of: mine).isEmpty)
        let lease = try repository.lease("a")
        #expect(try repository.status(of: lease).isEmpty)
        try repository.fsck()
    }

    private func withSubmodule() throws -> (Repository, String) {
        let repository = try Scratch().repository()
        try repository.addSubmodule()
        let lease = try repository.lease("a")
        try repository.git("-c", "protocol.file.allow=always", "submodule", "-q", "update", "--init", in: lease)
        return (repository, lease)
    }

    @Test("C2 a slot with an initialised submodule is released")
    func submodule() throws {
        let (repository, lease) = try withSubmodule()
        try repository.pool("done", "a").check(0)
        try repository.scratch.until("the slot is gone or idle") {
            try repository.pool("gc").ok()
            return [nil, "idle"].contains(try repository.state(at: lease))
        }
        #expect(!repository.scratch.entries(repository.root).contains { $0.hasPrefix(".fenced-") })
        let next = try repository.lease("b")
        #expect(try repository.status(of: next).isEmpty)
        try repository.fsck()
    }

    @Test("C3 a dirty submodule keeps its slot, at the slot's path and behind the fence", arguments: [false, true])
    func dirtySubmodule(_ late: Bool) throws {
        let (repository, lease) = try withSubmodule()
        let file = "\(lease)/library/a.txt"
        if !late {
            try repository.scratch.write(file, "precious\n")
            try repository.pool("done", "a").check(7, says: "library")
            #expect(try repository.leased == ["a"])
            return
        }
        try repository.pool("done", "a", env: ["GIT_POOL_FAULT": FaultPoint.releasing.rawValue]).check(137)
        _ = try repository.interrupt(at: .fenced, "gc") {
            try repository.scratch.write("\(repository.root)/.fenced-repo-1/library/a.txt", "precious\n")
        }
        #expect(repository.records == ["1.leased"])
        #expect(try repository.scratch.read("\(repository.state)/slots/1.leased").contains("library"))
        #expect(try repository.scratch.read(file) == "precious\n")
    }

    @Test("C3 a slot that goes is out of sight from its last look on; work that came in after a crash is kept")
    func grave() throws {
        let (repository, lease) = try withSubmodule()
        try repository.pool("done", "a", env: ["GIT_POOL_FAULT": FaultPoint.releasing.rawValue]).check(137)
        _ = try repository.pool("gc", env: ["GIT_POOL_FAULT": FaultPoint.trash.rawValue])
        try repository.scratch.until("it is trash") { repository.records == ["1.trash"] }
        #expect(!Scratch.exists(lease))
        try repository.scratch.write("\(repository.root)/.fenced-repo-1/new.txt", "precious\n")
        try repository.pool("gc").check(0)
        #expect(try repository.scratch.read("\(lease)/new.txt") == "precious\n")
        #expect(repository.records == ["1.orphaned"])
    }

    @Test("B2 a checkout that could not write a file leases nothing and leaves no slot with a part of it")
    func fullDisk() throws {
        let repository = try Scratch().repository()
        let scratch = repository.scratch
        let lease = try repository.lease("a")
        try repository.pool("done", "a").check(0)
        try repository.settle(lease)
        let text = String(repeating: "0123456789abcdef\n", count: 20000)
        try repository.commit("big", ["a.txt": text])
        // A limit on the size of a file stands for the end of the disk; git goes on after either.
        let real = try scratch.sh("command -v git").line
        try scratch.write(
            "bin2/git",
            "#!/bin/sh\ncase \" $* \" in *' checkout '*) trap '' XFSZ; ulimit -f 64;; esac\nexec \(real) \"$@\"\n")
        try scratch.sh("chmod +x bin2/git")
        let path = try scratch.sh("echo \"$PATH\"").line
        // Not through git, which would put its own folder first.
        let outcome = try scratch.run(
            ["git-pool", "add", "--pid", try scratch.holderPid(), "b"], in: repository.path,
            env: ["PATH": "\(scratch.at("bin2")):\(path)"])
        #expect(outcome.status != 0, "\(outcome)")
        try repository.settle(lease)
        // It follows its branch, with a disk that is not full.
        #expect(try scratch.read("\(lease)/a.txt") == text)
        #expect(try scratch.read("\(try repository.lease("c"))/a.txt") == text)
    }

    @Test("A7 two repositories of one name in one configured root keep apart")
    func sharedRoot() throws {
        let scratch = try Scratch()
        let root = scratch.at("pools")
        let one = try scratch.repository(named: "one/repo")
        let two = try scratch.repository(named: "two/repo")
        for repository in [one, two] { try repository.git("config", "pool.root", root) }
        #expect(try one.lease("a") == "\(root)/repo-1")
        let other = try two.lease("a")
        #expect(other.hasPrefix("\(root)/repo-") && other.hasSuffix("-1") && other.count == "\(root)/repo-1".count + 9)
        try scratch.directory("\(root)/.fenced-repo-2")
        #expect(try one.lease("b") == "\(root)/repo-3")
    }

    @Test("A7 a bare repository is bare from its slots too")
    func bare() throws {
        let scratch = try Scratch()
        let repository = try scratch.bareClone(of: scratch.repository(named: "source"))
        let lease = try repository.lease("a")
        let second = try repository.add("-b", "main", "b", in: lease).check(0)
        #expect(try repository.git("symbolic-ref", "--short", "HEAD", in: second.line).line == "main")
    }

    @Test("C3 an ignored repository where the next commit has a file makes the slot an orphan")
    func nestedInTheWay() throws {
        let repository = try Scratch().repository(files: ["a.txt": "one\n", ".gitignore": "nested\n"])
        let lease = try repository.lease("a")
        try repository.git("init", "-q", "\(lease)/nested")
        try repository.commit("inner", ["n.txt": "precious\n"], in: "\(lease)/nested")
        try repository.scratch.write("\(repository.path)/nested", "a file\n")
        try repository.git("add", "-f", "nested")
        try repository.commit("in the way")
        _ = try repository.pool("done", "a")
        try repository.pool("gc").check(0)
        #expect(repository.records == ["1.orphaned"])
        #expect(try repository.scratch.read("\(lease)/nested/n.txt") == "precious\n")
    }
}
