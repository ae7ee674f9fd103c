import Foundation
import GitPool
import POSIX
import Testing

/// Saves beside a git that deletes objects, and of work that is large, in the middle of something, or elsewhere.
@Suite struct HardSaveTests {
    @Test("C4 a git prune that began to look before a save deletes nothing of it")
    func pruned() throws {
        let repository = try Scratch().repository()
        let scratch = repository.scratch
        let lease = try repository.lease("x")
        try scratch.sh("for i in $(seq 30); do echo precious $i >new$i; done", in: lease).ok()
        try scratch.sh(
            """
            mkdir garbage; cd garbage
            awk 'BEGIN { for (i = 0; i < 2500; i++) { name = "g" i; print i >name; close(name); print name } }' >../names
            git --git-dir=../repo/.git hash-object -w --stdin-paths <../names >ids
            """
        ).ok()
        func loose() -> Int {
            scratch.entries("\(repository.path)/.git/objects").filter { $0.utf8.count == 2 }
                .reduce(0) { $0 + scratch.entries("\(repository.path)/.git/objects/\($1)").count }
        }
        let before = loose()
        // What it has to say is more than a pipe holds.
        let script = """
            sh -c 'echo $$ >../pid; exec git prune -v --expire=now' |
                { while ! [ -e ../go ]; do sleep 0.02; done; cat >../told; }
            """
        let prune = try scratch.start(["sh", "-c", script], in: repository.path)
        try scratch.until("it has deleted some, and waits for a reader", within: 30) {
            guard loose() < before,
                case .present(let facts) = ProcessTable.read(Int32(try scratch.read("pid").dropLast()) ?? 0)
            else { return false }
            return facts.state == "S"
        }
        try repository.pool("done", "--save", "x").check(0)
        try repository.settle(lease)
        try scratch.write("go", "")
        #expect(try prune.wait().status == 0)
        #expect(try scratch.read("told").split(separator: "\n").count > 2500, "nothing of the save was at risk")
        try repository.fsck()
        let restored = try repository.pool("restore", "--no-holder", "x").ok().line
        for number in 1...30 { #expect(try scratch.read("\(restored)/new\(number)") == "precious \(number)\n") }
    }

    @Test("C4 what a git prune takes while it is being saved is written again")
    func prunedMeanwhile() throws {
        let repository = try Scratch().repository()
        let scratch = repository.scratch
        let lease = try repository.lease("x")
        try scratch.write("\(lease)/new.txt", "precious\n")
        let save = try repository.stop(at: .saveHashed, ["save", "x"])
        try repository.git("prune", "--expire=now")
        save.goOn()
        try scratch.until("it begins again") { !save.stopped.isEmpty }
        save.goOn()
        try save.wait().check(0)
        try repository.fsck()
        #expect(try repository.holds("precious\n"))
    }

    @Test(
        "C4 the patch that a rebase or an am stopped at may be larger than git-pool reads", arguments: ["am", "rebase"])
    func largePatch(_ way: String) throws {
        let repository = try Scratch().repository(files: ["a.txt": "one\n"])
        let scratch = repository.scratch
        let lease = try repository.lease("x")
        try scratch.sh("head -c 17000000 /dev/zero | tr '\\0' a | fold >large.txt", in: lease).ok()
        try repository.commit("large", ["a.txt": "mine\n"], in: lease)
        let script =
            way == "am"
            ? "git format-patch -q -1 --stdout >../mail; git reset -q --hard HEAD~1; echo b >a.txt; git commit -qam b; git am ../mail"
            : "git switch -qc other HEAD~1; echo b >a.txt; git commit -qam b; git switch -q x; git rebase -q other"
        #expect(try scratch.sh(script, in: lease).status != 0)
        let status = try repository.git("status", in: lease).out
        try repository.pool("done", "--save", "x").check(0)
        try repository.settle(lease)
        let restored = try repository.pool("restore", "--no-holder", "x").ok().line
        #expect(try repository.git("status", in: restored).out == status)
        #expect(try scratch.sh("git \(way) --abort", in: restored).status == 0)
    }

    @Test("C4 a save knows the branch that the work was done on, whichever the lease was made for")
    func otherBranch() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("x")
        try repository.git("branch", "-m", "renamed", in: lease)
        try repository.scratch.write("\(lease)/new.txt", "new\n")
        let status = try repository.git("status", "-sb", in: lease).out
        try repository.pool("done", "--save", "x").check(0)
        try repository.settle(lease)
        let restored = try repository.pool("restore", "--no-holder", "x").ok().line
        #expect(try repository.git("status", "-sb", in: restored).out == status)
    }

    @Test("C4 work on a branch without a commit is saved once")
    func unborn() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("x")
        try repository.git("switch", "-q", "--orphan", "new", in: lease)
        try repository.scratch.write("\(lease)/new.txt", "new\n")
        try repository.pool("done", "--save", "x").check(0)
        try repository.settle(lease)
        #expect(try repository.snapshot().saves.count == 1)
    }

    @Test("C4 a bisect that comes back ends on the branch it began on")
    func bisect() throws {
        let repository = try Scratch().repository()
        try repository.commit("second", ["b.txt": "two\n"])
        let lease = try repository.lease("x")
        try repository.git("bisect", "start", "HEAD", "HEAD~1", in: lease)
        try repository.pool("done", "--save", "x").check(0)
        try repository.settle(lease)
        let restored = try repository.pool("restore", "--no-holder", "x").ok().line
        try repository.git("bisect", "reset", in: restored)
        #expect(try repository.git("symbolic-ref", "--short", "HEAD", in: restored).line == "x")
    }

    @Test("C4 resolutions of a saved conflict are still learnt by rerere")
    func rerere() throws {
        let repository = try Scratch().repository(files: ["a.txt": "one\n"])
        let scratch = repository.scratch
        try repository.git("config", "rerere.enabled", "true")
        let lease = try repository.lease("x")
        try repository.commit("mine", ["a.txt": "mine\n"], in: lease)
        try repository.commit("theirs", ["a.txt": "theirs\n"])
        #expect(try scratch.sh("git merge main", in: lease).status != 0)
        try repository.pool("done", "--save", "x").check(0)
        try repository.settle(lease)
        let restored = try repository.pool("restore", "--no-holder", "x").ok().line
        try repository.commit("resolved", ["a.txt": "both\n"], in: restored)
        let learnt = try scratch.sh("ls .git/rr-cache/*/postimage", in: repository.path)
        #expect(learnt.status == 0)
    }

    @Test(
        "C4 what one of two worktrees leaves out as sparse is neither deleted nor hidden in the other",
        arguments: [true, false])
    func sparse(_ savesWhole: Bool) throws {
        let repository = try Scratch().repository(files: ["in/a.txt": "one\n", "out/b.txt": "b\n", "out/c.txt": "c\n"])
        func narrow(_ tree: String) throws { try repository.git("sparse-checkout", "set", "--cone", "in", in: tree) }
        if savesWhole { try narrow(repository.path) }
        let lease = try repository.lease("x")
        if savesWhole {
            try repository.git("sparse-checkout", "disable", in: lease)
        } else {
            try narrow(lease)
        }
        try repository.scratch.write("\(lease)/\(savesWhole ? "out/b.txt" : "in/a.txt")", "mine\n")
        try repository.pool("done", "--save", "x").check(0)
        try repository.pool("gc").ok()
        let restored = try repository.pool("restore", "--no-holder", "x").ok().line
        #expect(try repository.git("status", "--porcelain", in: restored).lines.count == 1)
        #expect(try repository.scratch.read("\(restored)/out/c.txt") == "c\n")
        try repository.scratch.write("\(restored)/out/c.txt", "more\n")
        #expect(try repository.git("status", "--porcelain", in: restored).lines.count == 2)
    }

    @Test("C4 H2 a file larger than memory comes back")
    func largeFile() throws {
        let repository = try Scratch().repository()
        try repository.git("config", "core.bigFileThreshold", "1m")
        let lease = try repository.lease("x")
        try repository.scratch.sh("head -c 64000000 /dev/zero >large", in: lease).ok()
        try repository.pool("done", "--save", "x").check(0)
        try repository.settle(lease)
        let code = """
            import resource, subprocess
            subprocess.run(["git-pool", "restore", "--no-holder", "x"], check=True)
            print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
            """
        let answer = try repository.scratch.run(["python3", "-c", code], in: repository.path).ok().lines
        let peak = try #require(answer.last.flatMap { Int($0) })
        #expect(peak < 60_000, "\(peak) KiB for a file of 62,500")
        try repository.scratch.sh("head -c 64000000 /dev/zero | cmp - \"$1/large\"", answer[0]).ok()
    }
}
