import Foundation
import GitPool
import Testing

/// Between `done` and the end of what is done behind it, which is stopped or killed here before the tree goes anywhere.
@Suite struct LeftBranchTests {
    private let repository: Repository
    private let lease: String
    /// Of branch `a`, which is in no other.
    private let tip: String

    init() throws {
        repository = try Scratch().repository()
        lease = try repository.lease("a")
        tip = try repository.commit("own", ["x.txt": "x\n"], in: lease)
    }

    private func head(of tree: String) throws -> String? {
        let outcome = try repository.scratch.run(["git", "symbolic-ref", "-q", "--short", "HEAD"], in: tree)
        return outcome.status == 0 ? outcome.line : nil
    }

    private func killDone(_ options: String...) throws {
        #expect(try repository.killed(at: .releaseJudged, ["done"] + options + ["a"]))
        #expect(try head(of: lease) == nil)
    }

    @Test("C2 the branch is others' as soon as the lease ends", arguments: ["", "--save", "--discard"])
    func free(_ option: String) throws {
        if !option.isEmpty { try repository.scratch.write("\(lease)/new.txt", "new\n") }
        let words = ["done", "a"] + (option.isEmpty ? [] : [option])
        _ = try repository.interrupt(at: .releaseJudged, words) {
            #expect(try repository.git("rev-parse", "HEAD", in: lease).line == tip)
            try repository.git("switch", "-q", "a")
        }
        try repository.settle(lease)
        #expect(try head(of: repository.path) == "a")
        #expect(try repository.tip("refs/heads/a") == tip)
        #expect(!Scratch.exists("\(lease)/new.txt"))
        let saved = try repository.git("for-each-ref", "refs/pool/saved").lines.count
        #expect(saved == (option == "--save" ? 1 : 0))
    }

    /// The path that an add gives which comes while the release of `name` is under way.
    private func add(_ options: String..., whileReleasing name: String, at tree: String) throws -> String {
        var add: Background?
        let lock = "\(repository.state)/slots/\(tree.suffix(1)).lock"
        _ = try repository.interrupt(at: .releaseJudged, ["done", name]) {
            let process = try repository.scratch.start(
                ["git-pool", "add", "--no-holder", "other"] + options, in: repository.path)
            add = process
            try repository.scratch.until("it waits for the slot") {
                !process.isRunning
                    || repository.scratch.entries("/proc/\(process.pid)/fd").contains {
                        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process.pid)/fd/\($0)"))
                            == lock
                    }
            }
        }
        return try #require(add).wait().check(0).line
    }

    @Test("C2 B6 the pool's own add waits until it can have the branch")
    func leased() throws {
        let other = try add("-b", "a", whileReleasing: "a", at: lease)
        #expect(try repository.git("rev-parse", "HEAD", in: other).line == tip)
        #expect(try head(of: other) == "a")
    }

    @Test("C2 B6 an add on a branch that goes with its lease makes it anew")
    func made() throws {
        let tree = try repository.lease("b")
        let other = try add("-b", "b", whileReleasing: "b", at: tree)
        #expect(try head(of: other) == "b")
        #expect(try repository.status(of: other).isEmpty)
    }

    @Test("B6 C2 name and branch of a lease that has ended are had again at once, though a keeper is at work behind it")
    func again() throws {
        let kept = try Kept()
        for _ in 0..<25 {
            try kept.repository.pool("add", "--no-holder", "x", env: kept.env).check(0)
            try kept.repository.pool("done", "x", env: kept.env).check(0)
        }
        try kept.repository.git("branch", "own")
        for _ in 0..<10 {
            for name in ["y", "z"] {
                let lease = try kept.repository.pool(
                    "add", "--no-holder", "-b", "own", name, env: kept.env
                ).check(0).line
                try kept.repository.commit("own", ["own.txt": name], in: lease)
                try kept.repository.pool("done", name, env: kept.env).check(0)
            }
        }
        #expect(try kept.repository.git("rev-list", "--count", "main..own").line == "20")
    }

    @Test("C2 B6 a branch whose lease cannot be released now is said to be held")
    func held() throws {
        let stander = try repository.scratch.start(["sleep", "900"], in: lease)
        try repository.pool("done", "--save", "a").check(0)
        try repository.add("other", "-b", "a").check(6, says: "branch 'a' is checked out at '\(lease)'")
        stander.kill()
    }

    @Test("C2 where extensions.worktreeConfig is set, git itself moves HEAD")
    func worktreeConfig() throws {
        try repository.git("config", "extensions.worktreeConfig", "true")
        _ = try repository.interrupt(at: .releaseJudged, ["done", "a"]) { try repository.git("switch", "-q", "a") }
        try repository.settle(lease)
        #expect(try head(of: repository.path) == "a")
    }

    @Test("C2 whoever deletes the branch meanwhile keeps no slot by it, and its commits are pinned")
    func deleted() throws {
        _ = try repository.interrupt(at: .releaseJudged, ["done", "a"]) { try repository.git("branch", "-qD", "a") }
        try repository.settle(lease)
        #expect(try repository.tip("refs/heads/a") == nil)
        #expect(try !repository.git("for-each-ref", "--contains", tip, "refs/pool/saved").lines.isEmpty)
    }

    @Test("C2 a lease that goes on after all has its branch back, unless somebody took it", arguments: [false, true])
    func goesOn(_ isTaken: Bool) throws {
        _ = try repository.interrupt(at: .releaseJudged, ["done", "a"]) {
            try repository.scratch.write("\(lease)/late.txt", "precious\n")
            if isTaken { try repository.git("switch", "-q", "a") }
        }
        try repository.pool("gc").check(0)
        #expect(try repository.leased == ["a"])
        #expect(try head(of: lease) == (isTaken ? nil : "a"))
        #expect(try repository.git("status", "--porcelain", in: lease).out == "?? late.txt\n")
        try repository.pool("done", "--save", "a").check(0)
        try repository.settle(lease)
        let restored = try repository.pool("restore", "--no-holder", "a").check(0).line
        #expect(try repository.scratch.read("\(restored)/late.txt") == "precious\n")
        #expect(try repository.tip("refs/heads/a") == tip)
    }

    @Test("B6 C8 on its branch is a lease that is resumed, or kept, while somebody holds its release up")
    func heldUp() throws {
        for words in [["add", "--no-holder", "--resume", "a"], ["done", "--keep=1h", "a"]] {
            let stander = try repository.scratch.start(["sleep", "900"], in: lease)
            try repository.pool("done", "--save", "a").check(0)
            #expect(try head(of: lease) == nil)
            try repository.scratch.run(["git", "pool"] + words, in: repository.path).check(0)
            #expect(try head(of: lease) == "a")
            #expect(try repository.status(of: lease).isEmpty)
            stander.kill()
        }
        #expect(try repository.state(at: lease) == "expiring")
    }

    @Test("C2 what passes through the tree after `done` only holds the release up", arguments: [false, true])
    func passing(_ leavesWork: Bool) throws {
        try repository.git("branch", "fix")
        var passing: Background?
        _ = try repository.interrupt(at: .doneReleased, ["done", "a"]) {
            try repository.git("switch", "-q", "fix", in: lease)
            if leavesWork { try repository.scratch.write("\(lease)/late.txt", "precious\n") }
            passing = try repository.scratch.start(["sleep", "900"], in: lease)
        }
        #expect(Scratch.exists("\(repository.state)/slots/1.releasing"))
        #expect(try head(of: lease) == "fix")
        try #require(passing).kill()
        try repository.pool("gc").check(0)
        guard !leavesWork else {
            #expect(try repository.leased == ["a"])
            return #expect(try repository.scratch.read("\(lease)/late.txt") == "precious\n")
        }
        #expect(try repository.state(at: lease) == "idle")
        try repository.git("switch", "-q", "fix")
    }

    @Test("B7 C2 whoever stands in the tree that was given back does not wait for itself")
    func waitsInside() throws {
        try repository.git("config", "pool.max", "1")
        try killDone()
        let add = ["git", "pool", "add", "--no-holder"]
        #expect(try repository.scratch.run(add + ["b"], in: lease).check(0).line == lease)
        try repository.git("config", "--unset", "pool.max")
        #expect(try repository.killed(at: .releaseJudged, ["done", "b"]))
        try repository.scratch.run(add + ["b"], in: lease).check(0)
    }

    @Test("C2 C10 so it is where the worktree is gone")
    func gone() throws {
        Scratch.remove(lease)
        #expect(try repository.killed(at: .trashWritten, ["done", "a"]))
        try repository.git("switch", "-q", "a")
        try repository.pool("gc").check(0)
        #expect(try repository.slot(named: "a") == nil)
        #expect(try repository.tip("refs/heads/a") == tip)
    }

    @Test("C2 a git that was at its work while the files were looked at is waited for")
    func halfWay() throws {
        let first = "\(repository.state)/first"
        // To the first git that asks, and to none after it, the file is another.
        let clean = """
            [ -s '\(first)' ] || echo $PPID >'\(first)'
            if [ $PPID = $(cat '\(first)') ]; then echo; else cat; fi
            """
        _ = try repository.interrupt(at: .doneReleased, ["done", "a"]) {
            try repository.git("config", "filter.first.clean", clean)
            try repository.scratch.write("\(repository.path)/.git/info/attributes", "x.txt filter=first\n")
            try repository.scratch.write("\(lease)/x.txt", "x\n")
        }
        #expect(Scratch.exists(first))
        try repository.pool("gc").check(0)
        #expect(try repository.state(at: lease) == "idle")
    }

    @Test("C4 commits that somebody makes there afterwards are on no branch, and keep the slot")
    func commits() throws {
        try killDone()
        let late = try repository.commit("late", ["late.txt": "late\n"], in: lease)
        _ = try repository.pool("gc")
        #expect(try repository.git("rev-parse", "HEAD", in: lease).line == late)
        #expect(try repository.slot(named: "a") != nil)
        #expect(try repository.tip("refs/heads/a") == tip)
    }

    @Test("C4 a save that was ordered and is made later knows the branch", arguments: ["--save", "--discard"])
    func saved(_ option: String) throws {
        try repository.scratch.write("\(lease)/new.txt", "new\n")
        try killDone(option)
        try repository.scratch.write("\(lease)/late.txt", "late\n")
        try repository.pool("gc").check(0)
        try repository.settle(lease)
        let restored = try repository.pool("restore", "--no-holder", "a").check(0).line
        #expect(try head(of: restored) == "a")
        #expect(try repository.scratch.read("\(restored)/late.txt") == "late\n")
    }

    @Test("C4 a commit in the very moment takes the branch along")
    func meanwhile() throws {
        var late = ""
        _ = try repository.interrupt(at: .doneReleased, ["done", "a"]) {
            late = try repository.commit("late", ["late.txt": "late\n"], in: lease)
        }
        try repository.settle(lease)
        #expect(try repository.tip("refs/heads/a") == late)
        #expect(try repository.git("for-each-ref", "refs/pool/saved").lines.isEmpty)
    }

    @Test("C4 amid a merge HEAD stays on its branch until all is saved")
    func operation() throws {
        try repository.commit("other", ["x.txt": "other\n"])
        let merge = try repository.scratch.run(["git", "merge", "main"], in: lease)
        #expect(merge.status == 1)
        _ = try repository.interrupt(at: .releaseJudged, "done", "--save", "a") {
            let branch = try head(of: lease)
            #expect(branch == "a")
        }
        try repository.settle(lease)
        let restored = try repository.pool("restore", "--no-holder", "a").check(0).line
        #expect(try repository.git("status", in: restored).out.contains("unmerged"))
    }
}
