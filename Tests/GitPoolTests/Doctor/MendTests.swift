import Foundation
import GitPool
import Testing

@Suite struct MendTests {
    @Test(
        "G5 doctor --fix mends it, loses nothing, and does nothing a second time", arguments: Damage.allCases)
    func mends(_ damage: Damage) throws {
        let scene = try damage.scene()
        let repository = scene.repository
        let found = try repository.pool("doctor", "--json").check(1)
        let outcome = try repository.scratch.run(
            ["git", "pool", "doctor", "--fix"] + damage.words, in: repository.path
        ).check(0)
        #expect(outcome.lines.contains { $0.hasPrefix("fixed: ") }, "\(found)\n\(outcome)")
        #expect(outcome.lines.last == "no problems left", "\(outcome)")
        try scene.check(collects: true)
        let standing = try repository.standing()
        let again = try repository.pool("doctor", "--fix").check(0)
        #expect(again.lines.last == "no problems found, nothing to fix", "\(again)")
        #expect(try repository.standing() == standing)
        try scene.check()
    }

    @Test("G5 doctor --fix: what a slot was leased for can be gone on with")
    func goesOn() throws {
        for damage in [Damage.nullHead, .noAdmin, .movedWorkspace] {
            let scene = try damage.scene()
            try scene.repository.pool("doctor", "--fix").check(0)
            #expect(try scene.repository.git("symbolic-ref", "--short", "HEAD", in: scene.lease).line == "a")
            try scene.repository.git("add", "-A", in: scene.lease)
            try scene.repository.git("commit", "-qm", "more", in: scene.lease)
            try scene.repository.pool("done", "a").check(0)
            try scene.repository.settle(scene.lease)
        }
    }

    @Test("G5 doctor --fix prints what was found, what was fixed and what is left as JSON")
    func json() throws {
        let scene = try Damage.emptyCommonDir.scene()
        let before = try scene.repository.pool("doctor", "--json").check(1)
        let plain = try #require(try JSONSerialization.jsonObject(with: before.bytes) as? [String: Any])
        #expect(plain["fixed"] is NSNull && plain["found"] is NSNull)
        let report = try scene.repository.pool("doctor", "--fix", "--json").object()
        func kinds(_ key: String) -> [String] {
            (report[key] as? [[String: Any]] ?? []).compactMap { $0["kind"] as? String }
        }
        #expect(kinds("found") == ["halfMade"])
        #expect(kinds("fixed") == ["wroteCommonDir"])
        #expect(report["findings"] as? [String] == [])
    }

    // MARK: - What stays as it is

    @Test("G5 doctor --fix in a copy moves nothing of the first repository's, which may be at work there")
    func copied() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        let copy = repository.scratch.at("copy")
        try repository.scratch.run(["cp", "-a", repository.path, copy]).ok()
        try repository.kill(at: .fenced, "done", "a")
        let fence = "\(repository.root)/.fenced-repo-1"
        for words in [["doctor", "--fix"], ["gc"], ["doctor", "--fix"]] {
            _ = try repository.scratch.run(["git", "pool"] + words, in: copy)
            #expect(Scratch.exists(fence) && !Scratch.exists(lease), "\(words)")
        }
        try repository.pool("gc").ok()
        #expect(repository.records == ["1.idle"])
        try repository.pool("doctor").ok()
    }

    private func untouched(_ scene: Damage.Scene, at location: SourceLocation = #_sourceLocation) throws -> Outcome {
        let repository = scene.repository
        let before = [try tree(of: repository.commonDirectory), try tree(of: repository.root)]
        let outcome = try repository.pool("doctor", "--fix")
        let after = [try tree(of: repository.commonDirectory), try tree(of: repository.root)]
        let changed = zip(before, after).flatMap { old, new in
            Set(old.keys).union(new.keys).filter {
                // Which git was found to be new enough is noted, and a lock file is never removed.
                old[$0] != new[$0] && !$0.hasSuffix(".lock") && $0 != "pool/git"
            }
        }
        #expect(changed.isEmpty, "\(outcome)", sourceLocation: location)
        return outcome
    }

    @Test("G5 doctor --fix leaves a half-made worktree of somebody else alone, and names the command")
    func foreign() throws {
        let scene = try healthy()
        let admin = "\(scene.repository.commonDirectory)/worktrees/half"
        try scene.repository.scratch.write("\(admin)/commondir", "")
        try scene.repository.scratch.write("\(admin)/locked", "initializing")
        try scene.repository.scratch.write("\(admin)/gitdir", "/nowhere/.git\n")
        let outcome = try untouched(scene).check(1)
        #expect(outcome.out.contains("-> echo ../.. >\(admin)/commondir"), "\(outcome)")
        #expect(outcome.lines.last == "nothing that can be fixed, 1 problem left")
    }

    @Test("G5 doctor --fix takes an index that cannot be read away only for one that is there already")
    func indexDraft() throws {
        let scene = try healthy()
        let scratch = scene.repository.scratch
        let index = "\(scene.repository.commonDirectory)/worktrees/repo-1/index"
        try scratch.write(index, "what is left of it\n")
        let real = try scratch.sh("command -v git").line
        try scratch.write(
            "bin/git", "#!/bin/sh\ncase \"$*\" in *read-tree*) exit 128;; esac\nexec \(real) \"$@\"\n", mode: 0o755)
        let path = scratch.at("bin") + ":" + (scratch.environment["PATH"] ?? "")
        let outcome = try scratch.run(
            ["git-pool", "doctor", "--fix"], in: scene.repository.path, env: ["PATH": path])
        #expect(outcome.status == 1, "\(outcome)")
        #expect(try scratch.read(index) == "what is left of it\n")
        #expect(scratch.entries("\(scene.repository.state)/aside").isEmpty)
        #expect(scratch.entries(scene.repository.state).allSatisfy { !$0.hasPrefix("new-") })
        try scene.repository.pool("doctor", "--fix").check(0)
        #expect(try scene.repository.status(of: scene.lease).isEmpty)
    }

    @Test("G5 doctor --fix deletes nothing in a trash that several repositories have")
    func sharedTrash() throws {
        let scratch = try Scratch()
        let root = scratch.at("pools")
        let repositories = try ["one/repo", "two/repo"].map { try scratch.repository(named: $0) }
        for repository in repositories {
            try repository.git("config", "pool.root", root)
            _ = try repository.lease("a")
        }
        try scratch.write("\(root)/trash/trash-0000000000000001/a.txt", "another's, on its way\n")
        for repository in repositories {
            _ = try repository.pool("doctor", "--fix")
            try repository.pool("gc").check(0)
        }
        #expect(try scratch.read("\(root)/trash/trash-0000000000000001/a.txt") == "another's, on its way\n")
        // One that has it alone clears it away.
        let own = try scratch.repository(named: "own")
        _ = try own.lease("a")
        try scratch.write("\(own.root)/trash/trash-0000000000000001/a.txt", "gone\n")
        try own.pool("doctor", "--fix").check(0)
        #expect(!Scratch.exists("\(own.root)/trash/trash-0000000000000001"))
    }

    @Test("G5 doctor --fix leaves a record that may be a newer git-pool's alone")
    func newer() throws {
        let scene = try healthy()
        for text in ["git-pool-slot 2\nslot 7\n", "git-pool-slot 1\nslot 7\nnew thing\nend\n"] {
            try scene.repository.scratch.write("\(scene.repository.state)/slots/7.idle", text)
            try untouched(scene).check(1)
        }
    }

    @Test("G5 doctor --fix takes no slots from the repository that this one is a copy of")
    func copy() throws {
        var scene = try healthy()
        try scene.repository.scratch.sh("cp -a repo copy", in: scene.repository.scratch.at("ws")).check(0)
        scene.repository = Repository(scratch: scene.repository.scratch, path: scene.repository.scratch.at("ws/copy"))
        let original = Repository(scratch: scene.repository.scratch, path: scene.repository.scratch.at("ws/repo"))
        let before = try tree(of: original.root)
        try scene.repository.pool("doctor", "--fix").check(0)
        #expect(try tree(of: original.root) == before)
        try original.pool("doctor").check(0)
    }

    @Test("G5 doctor --fix leaves a worktree that its user moved where it is")
    func movedByUser() throws {
        let scene = try healthy()
        let place = scene.repository.scratch.at("mine")
        try scene.repository.git("worktree", "unlock", scene.lease)
        try scene.repository.git("worktree", "move", scene.lease, place)
        try untouched(scene).check(1)
        #expect(Scratch.exists("\(place)/.git"))
    }

    @Test("G5 doctor --fix makes no second tree for one that was moved by plain mv, near or where a process stands")
    func movedByHand() throws {
        for (place, isStoodIn) in [("ws/mine", false), ("far/away/mine", true)] {
            let scene = try healthy()
            let scratch = scene.repository.scratch
            try scratch.directory("far/away")
            let moved = scratch.at(place)
            try scratch.sh("mkdir '\(scene.lease)/in'; mv '\(scene.lease)' '\(moved)'").check(0)
            if isStoodIn { _ = try scratch.start(["sleep", "900"], in: moved + "/in") }
            let outcome = try untouched(scene).check(1)
            #expect(outcome.err.contains("git worktree repair \(moved) tells"), "\(outcome)")
            #expect(!Scratch.exists(scene.lease))
        }
    }

    @Test("G5 doctor --fix leaves a worktree alone that somebody made by hand among the slots")
    func byHand() throws {
        let scene = try healthy()
        let repository = scene.repository
        try repository.git("worktree", "add", "-q", "--detach", "\(repository.root)/repo-8")
        try untouched(scene).check(0)
    }

    @Test("G5 doctor --fix keeps a lock that a process has open, that is young, or that git may be at")
    func locks() throws {
        let scene = try healthy()
        let repository = scene.repository
        let lock = "\(repository.commonDirectory)/worktrees/repo-1/index.lock"
        try repository.scratch.write(lock, "")
        #expect(try untouched(scene).check(0).out.contains("it is less than a minute old"))
        let later: [String: String?] = ["GIT_POOL_FAKE_SECONDS": "100"]
        let open = try repository.scratch.start(["sh", "-c", "exec sleep 900 <\"$0\"", lock])
        try repository.scratch.until("it is open") {
            try repository.pool("doctor", env: later).out.contains("sleep (pid \(open.pid)) may be at it")
        }
        try repository.pool("doctor", "--fix", env: later).check(0)
        #expect(Scratch.exists(lock))
        open.kill()
        // Under git's name, in the worktree.
        try repository.scratch.sh("mkdir bin; cp \"$(command -v sleep)\" bin/git", in: repository.scratch.path).check(0)
        let git = try repository.scratch.start([repository.scratch.at("bin/git"), "900"], in: scene.lease)
        try repository.scratch.until("it runs") {
            try repository.pool("doctor", env: later).out.contains("git (pid \(git.pid)) may be at it")
        }
        try repository.pool("doctor", "--fix", env: later).check(0)
        #expect(Scratch.exists(lock))
        git.kill()
        // Elsewhere, by a path from where it was before it went to its work tree.
        let elsewhere = try repository.scratch.directory("elsewhere")
        func start(_ variables: [String: String?]) throws -> Background {
            try repository.scratch.start([repository.scratch.at("bin/git"), "900"], in: elsewhere, env: variables)
        }
        let moved = try start(["GIT_DIR": "../a.git", "GIT_WORK_TREE": elsewhere])
        try repository.scratch.until("it runs") {
            try repository.pool("doctor", env: later).out.contains("git (pid \(moved.pid)) may be at it")
        }
        moved.kill()
        // A hook's git, which stands where its repository is: not ours.
        let other = try start(["GIT_DIR": ".git"])
        try repository.scratch.until("it runs") { try repository.scratch.read("/proc/\(other.pid)/comm") == "git\n" }
        try repository.pool("doctor", "--fix", env: later).check(0)
        #expect(!Scratch.exists(lock))
    }

    @Test("G5 doctor --fix leaves locks that all of git shares to the user, and says how")
    func sharedLocks() throws {
        let scene = try healthy()
        let lock = "\(scene.repository.commonDirectory)/packed-refs.lock"
        try scene.repository.scratch.write(lock, "")
        try scene.repository.scratch.sh("touch -d '1 hour ago' \"$1\"", lock).check(0)
        // Of the processes of other tests one may be at any lock, for all that can be told while it starts.
        try scene.repository.scratch.until("nobody is at it") {
            let outcome = try untouched(scene)
            #expect(outcome.out.contains(lock), "\(outcome)")
            return outcome.status == 1 && outcome.out.contains("if no git command is running: rm \(lock)")
        }
    }

    @Test("G5 doctor names a branch that is left of a lease, and keeps it: somebody may want it")
    func branches() throws {
        let repository = try Scratch().repository()
        _ = try repository.lease("a")
        try repository.pool("done", "--keep-branch", "a").check(0)
        let tip = try #require(try repository.tip("a"))
        let outcome = try repository.pool("doctor", "--fix").check(0)
        let remedy = "git update-ref -d refs/heads/a \(tip)"
        #expect(outcome.out.contains(remedy), "\(outcome)")
        try repository.scratch.sh(remedy, in: repository.path).check(0)
        #expect(try !repository.pool("doctor").check(0).out.contains("branch 'a'"))
    }

    @Test("G5 doctor --fix passes over a slot that somebody is at, and what is not there is not made")
    func busy() throws {
        let bare = try Scratch().repository()
        try bare.pool("doctor", "--fix").check(0)
        #expect(!Scratch.exists(bare.state))
        let scene = try Damage.noGitFile.scene()
        let lock = "\(scene.repository.state)/slots/1.lock"
        let holder = try scene.repository.scratch.start(["flock", lock, "sleep", "900"])
        try scene.repository.scratch.until("it is locked") {
            try scene.repository.scratch.run(["flock", "-n", lock, "true"]).status == 1
        }
        try scene.repository.pool("doctor", "--fix").check(1)
        #expect(!Scratch.exists("\(scene.lease)/.git"))
        holder.kill()
        try scene.repository.scratch.until("it is free") {
            try scene.repository.scratch.run(["flock", "-n", lock, "true"]).status == 0
        }
        try scene.repository.pool("doctor", "--fix").check(0)
    }

    @Test("H4 doctor --fix waits for another one, and not for ever")
    func turns() throws {
        let scene = try Damage.emptyCommonDir.scene()
        let stopped: [String: String?] = ["GIT_POOL_FAULT": "mend.commondir:pause"]
        let first = try scene.repository.scratch.start(
            ["git", "pool", "doctor", "--fix"], in: scene.repository.path, env: stopped)
        try scene.repository.scratch.until("it has begun") {
            Scratch.exists("\(scene.repository.state)/doctor.lock")
                && (try? scene.repository.scratch.read(
                    "\(scene.repository.commonDirectory)/worktrees/repo-1/commondir")) == "../..\n"
        }
        try scene.repository.pool("doctor", "--fix", env: ["GIT_POOL_LOCK_TIMEOUT": "100"])
            .check(3, says: "doctor --fix")
        _ = first
    }

    @Test("G5 doctor --fix, two at once beside add, done and gc: all succeed and nothing is lost")
    func together() throws {
        let scene = try Damage.indexLock.scene()
        let repository = scene.repository
        try repository.scratch.write("\(repository.commonDirectory)/worktrees/repo-1/commondir", "")
        // git itself fails as long as the repository is poisoned.
        try repository.pool("doctor", "--fix").check(0)
        Scratch.remove("\(scene.lease)/.git")
        let script =
            "for i in 1 2 3; do git pool add -q --no-holder \"$0$i\" && git pool done \"$0$i\" && git pool gc; done"
        var running = try ["x", "y"].map {
            try repository.scratch.start(["sh", "-euc", script, $0], in: repository.path)
        }
        running += try (0..<2).map { _ in
            try repository.scratch.start(["git", "pool", "doctor", "--fix"], in: repository.path)
        }
        for process in running { #expect(try process.wait(60).status == 0) }
        try repository.pool("gc").check(0)
        try repository.pool("doctor").check(0)
        try scene.check()
    }

    @Test("G5 doctor --fix looks again at a lock that a process seems to be at which only passes by")
    func passing() throws {
        let scene = try Damage.indexLock.scene()
        let scratch = scene.repository.scratch
        // It has the name of a git and stands in the lease. Looks are 0.3 s apart: the third one sees it, and is the first
        // that is meant to mend anything.
        try scratch.sh("cp \"$(command -v sleep)\" ./git")
        _ = try scratch.start([scratch.at("git"), "0.55"], in: scene.lease)
        try scene.repository.pool("doctor", "--fix").check(0)
        // Beside other tests it may have been another one's git that it saw then, and said so.
        try scratch.until("nobody passes by") {
            try scene.repository.pool("doctor", "--fix").check(0)
            return !Scratch.exists("\(scene.repository.commonDirectory)/worktrees/repo-1/index.lock")
        }
        try scene.check()
    }

    private func healthy() throws -> Damage.Scene {
        let scratch = try Scratch()
        try scratch.directory("ws")
        let repository = try scratch.repository(named: "ws/repo")
        return Damage.Scene(repository: repository, lease: try repository.lease("a"))
    }
}
