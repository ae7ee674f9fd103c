import Foundation
import GitPool
import Testing

/// Releases that are killed, taken over, waited for or said twice: each was once a fault.
@Suite struct UnusualReleaseTests {
    @Test("C1 a word that is no lease's name never means the slot one stands in")
    func strayWord() throws {
        let repository = try Scratch().repository()
        _ = try repository.lease("a")
        let b = try repository.lease("b")
        try repository.pool("done", "a").check(0)
        try repository.scratch.write("\(b)/new.txt", "unsaved\n")
        try repository.pool("done", "--discard", "a", in: b).check(0)
        #expect(try repository.scratch.read("\(b)/new.txt") == "unsaved\n")
        #expect(try repository.leased == ["b"])
        // Nor does one with a slash in it, where there is a folder of that name.
        let nested = try repository.lease("docs/api")
        try repository.pool("done", "docs/api").check(0)
        try repository.settle(nested)
        try repository.scratch.write("\(b)/docs/api/new.txt", "unsaved\n")
        try repository.pool("done", "--discard", "docs/api", in: b).check(0)
        #expect(try repository.leased == ["b"])
        try repository.pool("done", "--discard", "./", in: b).check(0)
        try repository.settle(b)
    }

    @Test("C1 a worktree whose .git is a link, as git-annex makes it, is released like any other")
    func linkedGitFile() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        Scratch.remove("\(lease)/.git")
        try FileManager.default.createSymbolicLink(
            atPath: "\(lease)/.git", withDestinationPath: "../../repo/.git/worktrees/repo-1")
        try repository.scratch.write("\(lease)/new.txt", "new\n")
        try repository.pool("done", "a").check(7, says: "new.txt")
        try repository.pool("done", "--save", "a").check(0)
        try repository.settle(lease)
        #expect(try repository.lease("b") == lease)
        #expect(try repository.git("status", "-sb", in: lease).line == "## b")
        // One that leads to the admin directory of another worktree is nobody's.
        let other = try repository.lease("c")
        Scratch.remove("\(lease)/.git")
        try FileManager.default.createSymbolicLink(
            atPath: "\(lease)/.git", withDestinationPath: "\(repository.path)/.git/worktrees/repo-2")
        try repository.pool("done", "b").check(7, says: "do not name each other")
        #expect(Scratch.exists(other))
    }

    @Test("C3 a lock that git left in a worktree is refused with the way to be rid of it")
    func staleLock() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        let lock = "\(repository.path)/.git/worktrees/repo-1/index.lock"
        try repository.scratch.write(lock, "half an index")
        try repository.pool("done", "a").check(7, says: "index.lock", "git pool doctor --fix")
        try repository.scratch.sh("touch -d '1 hour ago' '\(lock)'").ok()
        try repository.pool("doctor", "--fix").check(0)
        try repository.pool("done", "a").check(0)
        try repository.settle(lease)
    }

    @Test(
        "C1 a lease named by a number, said to be done twice, is never the slot of that number",
        arguments: ["done", "land"])
    func number(_ word: String) throws {
        let repository = try Scratch().repository()
        let other = try repository.lease("other")
        try repository.commit("unfinished", ["b.txt": "b\n"], in: other)
        try repository.scratch.write("\(other)/new.txt", "unsaved\n")
        let lease = try repository.lease("1")
        try repository.pool("done", "1").check(0)
        try repository.settle(lease)
        let before = try repository.tip("main")
        let again = try repository.pool(word, word == "done" ? "--discard" : "--strategy=ff", "1")
        #expect(again.status == (word == "done" ? 0 : 1), "\(again)")
        #expect(try repository.leased == ["other"])
        #expect(try repository.scratch.read("\(other)/new.txt") == "unsaved\n")
        #expect(try repository.tip("main") == before)
        #expect(try repository.pool("path", "1").line == other)
    }

    @Test("C3 a ref of the worktree alone whose name is no text keeps the slot")
    func refOfNoText() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        let script = """
            name=$(printf 'refs/worktree/deep/a\\377')
            git update-ref "$name" $(git commit-tree -m only -p HEAD HEAD^{tree})
            """
        try repository.scratch.sh(script, in: lease).ok()
        for word in ["--save", "--discard"] {
            try repository.pool("done", word, "a").check(7, says: "refs of this worktree alone")
        }
        try repository.scratch.sh("git update-ref -d \"$(printf 'refs/worktree/deep/a\\377')\"", in: lease).ok()
        try repository.pool("done", "a").check(0)
        try repository.settle(lease)
    }

    @Test("C4 gc does not count itself among those inside, but does its shell")
    func collectedFromInside() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        let stander = try repository.scratch.start(["sleep", "900"], in: lease)
        try repository.pool("done", "--save", "a").ok()
        stander.kill()
        try repository.scratch.sh("git pool gc; :", in: lease).ok()
        #expect(repository.records == ["1.releasing"])
        try repository.pool("gc", in: lease).ok()
        #expect(repository.records == ["1.idle"])
    }

    @Test("C1 done from inside, said twice, is no error")
    func twiceInside() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.pool("done", in: lease).check(0)
        try repository.pool("done", in: lease).check(0)
    }

    @Test(
        "C3 a done --discard that was killed orders nothing after the holder's death",
        arguments: ["--discard", "--delete-branch"])
    func killedOrder(_ order: String) throws {
        let repository = try Scratch().repository()
        let holder = try repository.scratch.holder()
        let lease = try repository.lease("a", "--pid=\(holder.pid)")
        let killed = try repository.pool("done", order, "a", env: ["GIT_POOL_FAULT": "releasing.written"])
        #expect(killed.status != 0)
        #expect(try repository.leased == ["a"])
        try repository.commit("own", ["own.txt": "own\n"], in: lease)
        try repository.scratch.write("\(lease)/new.txt", "unsaved\n")
        holder.kill()
        _ = try holder.wait()
        try repository.pool("gc").check(0)
        #expect(try repository.state(at: lease) == "orphaned")
        #expect(try repository.scratch.read("\(lease)/new.txt") == "unsaved\n")
        try repository.pool("done", "--save", "a").check(0)
        try repository.settle(lease)
        #expect(try repository.tip("refs/heads/a") != nil)
    }

    @Test(
        "F1 the end of run takes back no done that its command said", arguments: ["--save", "--discard", "--keep=1h"])
    func saidInside(_ word: String) throws {
        let repository = try Scratch().repository()
        // Said again, 'done' ends a lease that is kept.
        let again = word == "--keep=1h" ? "" : "; git pool done x"
        let script = "echo w >w; git pool done \(word) x" + again
        try repository.scratch.run(["git-pool", "run", "x", "--", "sh", "-euc", script], in: repository.path).check(0)
        let slot = repository.slot(1)
        if word == "--keep=1h" {
            #expect(try repository.state(at: slot) == "expiring")
        } else {
            try repository.settle(slot)
            #expect(try repository.snapshot().saves.count == (word == "--save" ? 1 : 0))
        }
    }

    @Test("D9 the end of run leaves a lease alone that another session has taken over")
    func takenOver() throws {
        let repository = try Scratch().repository()
        let running = try repository.scratch.start(
            ["git-pool", "run", "x", "--", "sh", "-c", "echo up; read line"], in: repository.path)
        try repository.scratch.until("the command runs") { running.out.contains("up") }
        let resumed = try repository.add("--resume", "x").check(0)
        running.endInput()
        _ = try running.wait(20)
        #expect(try repository.leased == ["x"])
        #expect(Scratch.exists("\(resumed.line)/.git"))
        #expect(try repository.git("symbolic-ref", "--short", "HEAD", in: resumed.line).line == "x")
    }

    @Test("D9 a release that was waited for does not end the slot's next lease")
    func nextLease() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        // `done` stops before the second half; its lock is held by the stopped process.
        let done = try repository.stop(at: .fenced, ["done", "a"])
        #expect(!Scratch.exists(lease))
        let waiting = try repository.startAdd("a")
        done.goOn()
        _ = try done.wait(20)
        let outcome = try waiting.wait(30)
        #expect(outcome.status == 0, "\(outcome)")
        let others = try (0..<3).map { try repository.lease("n\($0)") }
        #expect(Set(others + [outcome.line]).count == 4)
    }

    @Test("D9 the release of a lease without a worktree is waited for like any other")
    func nextLeaseOfMissing() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.scratch.write("\(lease)/new.txt", "precious\n")
        try repository.git("add", "new.txt", in: lease)
        Scratch.remove(lease)
        let done = try repository.stop(at: .savePublished, ["done", "a"])
        #expect(try !repository.git("for-each-ref", "refs/pool/saved").out.isEmpty)
        try repository.add("a", env: ["GIT_POOL_LOCK_TIMEOUT": "200"]).check(3, says: "'a' is locked by")
        done.goOn()
        try done.wait(20).ok()
        _ = try repository.lease("a")
    }

    @Test(
        "B6 --resume and done on an add that was killed start from nothing",
        arguments: ["leasing", "branch.created", "add.populated"])
    func killedAdd(_ point: String) throws {
        let repository = try Scratch().repository()
        for words in [["add", "--no-holder", "--resume", "a"], ["done", "a"]] {
            _ = try repository.add("a", env: ["GIT_POOL_FAULT": point])
            // The tidying that every command does first is kept from happening, to meet the slot as it was left.
            let outcome = try repository.scratch.run(["git", "pool"] + words, in: repository.path)
            #expect(outcome.status == 0, "\(outcome)")
            if words[0] == "add" {
                #expect(try repository.git("symbolic-ref", "--short", "HEAD", in: outcome.line).line == "a")
                try repository.pool("done", "a").check(0)
            }
            try repository.pool("gc").check(0)
            #expect(try repository.leased.isEmpty)
            #expect(try repository.tip("refs/heads/a") == nil)
            #expect(!repository.records.contains { $0.hasSuffix(".broken") || $0.hasSuffix(".leasing") })
        }
    }

    @Test("C8 done ends a lease that is kept, when it is said again")
    func keptAgain() throws {
        let repository = try Scratch().repository()
        try repository.git("config", "pool.keepDone", "true")
        let lease = try repository.lease("a")
        try repository.pool("keep", "--forever", "a").check(0)
        try repository.pool("done", "a").check(0)
        #expect(try repository.state(at: lease) == "expiring")
        try repository.pool("done", "a").check(0)
        try repository.settle(lease)
    }

    @Test("F1 run tells nothing of an outer lease, and its own trouble does not hide the command's status")
    func nestedRun() throws {
        let repository = try Scratch().repository()
        let inner = "git pool run --detach -- sh -c 'echo \"[$GIT_POOL_BRANCH]\"; exit 5'"
        let outcome = try repository.pool("run", "outer", "--", "sh", "-c", inner).check(5)
        #expect(outcome.lines.last == "[]")
        try repository.pool("run", "again", "--", "true").check(0)
        try repository.pool("run", "again", "--", "true").check(0)
    }

    @Test("B7 a full group takes no other group's orphan")
    func foreignGroup() throws {
        let repository = try Scratch().repository()
        for group in ["ios", "android"] { try repository.git("config", "pool.group.\(group).max", "1") }
        let holder = try repository.scratch.holder()
        let lease = try repository.lease("droid", "--group=android", "--pid=\(holder.pid)")
        try repository.scratch.write("\(lease)/new.txt", "unsaved\n")
        holder.kill()
        _ = try holder.wait()
        try repository.pool("gc").check(0)
        _ = try repository.lease("apple", "--group=ios")
        try repository.add("--group=ios", "pear").check(4)
        #expect(try repository.state(at: lease) == "orphaned")
        #expect(try repository.scratch.read("\(lease)/new.txt") == "unsaved\n")
    }

    @Test("B1 the user's post-checkout runs once a lease, and may call git-pool itself")
    func hookThatCalls() throws {
        let repository = try Scratch().repository()
        try repository.scratch.write(
            "\(repository.commonDirectory)/hooks/post-checkout",
            "#!/bin/sh\necho \"$1 $3\" >>'\(repository.scratch.at("ran"))'\necho new >made\nenv -u GIT_POOL_HOOK git pool save\n",
            mode: 0o755)
        let outcome = try repository.add("a", env: ["GIT_POOL_LOCK_TIMEOUT": "2000"], seconds: 30).check(0)
        #expect(outcome.out.split(separator: "\n").count == 1)
        #expect(try repository.scratch.read("ran") == String(repeating: "0", count: 40) + " 1\n")
        #expect(try repository.snapshot().saves.count == 1)
    }

    @Test("B6 add waits for the recycling that is about to give up its branch")
    func branchOnItsWay() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        let lease = try repository.lease("a")
        var add: Background?
        let done = try repository.interrupt(at: .recyclePinned, "done", "a") {
            add = try scratch.start(["git-pool", "add", "--pid", scratch.holderPid(), "a"], in: repository.path)
            // Longer than a slot that is soon idle is waited for.
            #expect(!Scratch.poll(1.5) { add?.isRunning == false })
        }
        done.check(0)
        #expect(try add?.wait().check(0).line == lease)
        #expect(try repository.git("symbolic-ref", "--short", "HEAD", in: lease).line == "a")
    }
}
