import Foundation
import GitPool
import Testing

@Suite struct LandTests {
    /// A lease with one commit, and one on main since.
    private func diverged() throws -> (repository: Repository, lease: String) {
        let repository = try Scratch().repository(files: ["a.txt": "1\n2\n3\n4\n5\n", ".gitignore": "*.o\n"])
        let lease = try repository.lease("work")
        try repository.commit("work", ["w.txt": "w\n"], in: lease)
        try repository.commit("main", ["m.txt": "m\n"])
        return (repository, lease)
    }

    private func parents(_ repository: Repository, _ revision: String) throws -> [String] {
        try repository.git("rev-list", "--parents", "-n1", revision).line.split(separator: " ").dropFirst()
            .map(String.init)
    }

    @Test("F4 a merge commit lands: target first, branch second, and its tree is the one that was tested")
    func merge() throws {
        let (repository, lease) = try diverged()
        let scratch = repository.scratch
        try repository.git("remote", "add", "origin", scratch.at("nowhere"))
        try scratch.write("\(repository.path)/scratch.txt", "untracked\n")
        try scratch.write("\(repository.path)/a.txt", "edited\n")
        let (main, work) = (try repository.tip("main"), try repository.tip("work"))
        let test = "git rev-parse HEAD^{tree} && env | grep ^GIT_POOL_ && pwd"
        let outcome = try repository.pool("land", "work", "--test", test)
        outcome.check(0, says: "GIT_POOL_NAME=work", "GIT_POOL_TARGET=main", "GIT_POOL_PATH=\(lease)\n", "\n\(lease)\n")
        #expect(try repository.tip("main") == outcome.line)
        #expect(try parents(repository, "main") == [main, work].compactMap { $0 })
        #expect(outcome.err.contains(try repository.git("rev-parse", "main^{tree}").line))
        #expect(
            try repository.git("log", "-1", "--format=%s %an %cn").line == "Merge branch 'work' Pool Tester Pool Tester"
        )
        #expect(try repository.git("status", "--porcelain").lines == [" M a.txt", "?? scratch.txt"])
        #expect(try scratch.read("\(repository.path)/w.txt") == "w\n")
        // The slot goes on from there, and has nothing left to land.
        #expect(try repository.git("symbolic-ref", "--short", "HEAD", in: lease).line == "work")
        #expect(try repository.tip("work") == repository.tip("main"))
        #expect(try repository.git("status", "--porcelain", in: lease).out == "")
        try repository.pool("land", in: lease).check(0, says: "nothing that 'main' lacks")
        try repository.pool("done", "work").ok()
        try repository.settle(lease)
        #expect(try repository.tip("work") == nil)
        #expect(try repository.pool("list", "--saved").out == "")
    }

    @Test("F4 failing tests leave the target alone and the merged tree in the slot; mended, it lands")
    func failingTest() throws {
        let (repository, lease) = try diverged()
        let main = try repository.tip("main")
        try repository.git("config", "pool.land.test", "test -e fixed.txt")
        try repository.pool("land", "work").check(7, says: "status 1", "'main' is unchanged", "reset --keep")
        #expect(try repository.tip("main") == main)
        #expect(Scratch.exists("\(lease)/m.txt"))
        try repository.commit("fix", ["fixed.txt": "f\n"], in: lease)
        try repository.pool("land", "work").check(0)
        #expect(try parents(repository, "main").first == main)
        #expect(Scratch.exists("\(repository.path)/fixed.txt"))
    }

    @Test("F4 squash: what is committed in the slot as the target moves takes nothing from what has landed")
    func squashBesideCommit() throws {
        let (repository, lease) = try diverged()
        var late: String?
        let outcome = try repository.interrupt(at: .landMoved, "land", "work", "--strategy=squash") {
            late = try repository.commit("late", ["late.txt": "late\n"], in: lease)
        }
        outcome.check(0, says: "landed 'work' in 'main'", "somebody committed in '\(lease)'")
        #expect(outcome.out.contains(try #require(try repository.tip("main"))))
        #expect(try repository.tip("work") == late)
        try repository.pool("done", "work").check(0)
        try repository.settle(lease)
        #expect(try repository.tip("work") == late)
    }

    @Test(
        "F4 C11 a session that ends the merge and commits while it is made lands nothing, and takes nothing back",
        arguments: ["no-ff", "squash"], [false, true])
    func endedMerge(_ strategy: String, isCheckedOut: Bool) throws {
        let (repository, lease) = try diverged()
        let main = try repository.tip("main")
        if !isCheckedOut { try repository.git("switch", "-q", "--detach") }
        var own: String?
        let outcome = try repository.interrupt(at: .landBegun, "land", "work", "--strategy=\(strategy)") {
            try repository.git("merge", "--abort", in: lease)
            own = try repository.commit("own", ["own.txt": "own\n"], in: lease)
        }
        outcome.check(7, says: "somebody committed in '\(lease)' meanwhile")
        #expect(try repository.tip("main") == main)
        #expect(try repository.tip("work") == own)
    }

    @Test("F4 C11 so it is while the hooks of the merge run")
    func endedMergeInHook() throws {
        let (repository, lease) = try diverged()
        let main = try repository.tip("main")
        try repository.git("switch", "-q", "--detach")
        let session = "unset $(git rev-parse --local-env-vars); git merge --abort && git commit -q --allow-empty -m own"
        let hook = try repository.scratch.write(
            "\(repository.path)/.git/hooks/pre-merge-commit", "#!/bin/sh\ncd '\(lease)'\n\(session)\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hook)
        try repository.pool("land", "work").check(7, says: "somebody committed in '\(lease)' meanwhile")
        #expect(try repository.tip("main") == main)
        #expect(try repository.git("log", "-1", "--format=%s", "work").line == "own")
    }

    @Test("F4 squash: one commit lands, the branch follows, what it replaced is saved")
    func squash() throws {
        let (repository, lease) = try diverged()
        let work = try repository.commit("second", ["w.txt": "w2\n"], in: lease)
        let main = try repository.tip("main")
        try repository.pool("land", "work", "--strategy=squash").check(0)
        #expect(try parents(repository, "main") == [main].compactMap { $0 })
        #expect(
            try repository.git("log", "-1", "--format=%B", "main").out.contains(
                "Squash branch 'work'\n\n* work\n* second\n"))
        #expect(try repository.git("show", "main:w.txt").out == "w2\n")
        #expect(try repository.tip("work") == repository.tip("main"))
        #expect(try repository.git("rev-list", "--glob=refs/pool/saved/*").lines.contains(work))
        try repository.pool("done", "work").ok()
        try repository.settle(lease)
        #expect(try repository.tip("work") == nil)
        #expect(try repository.pool("list", "--saved").ok().lines.filter { $0.contains("work") }.count == 1)
    }

    @Test("F4 rebase: the commits are replayed and the target fast-forwarded; the old ones are saved")
    func rebase() throws {
        let (repository, lease) = try diverged()
        let work = try #require(try repository.tip("work"))
        let main = try repository.tip("main")
        try repository.git("config", "pool.land.strategy", "rebase")
        try repository.pool("land", "work").check(0)
        #expect(try parents(repository, "main") == [main].compactMap { $0 })
        #expect(try repository.git("log", "-1", "--format=%s", "main").line == "work")
        #expect(try repository.tip("work") == repository.tip("main"))
        #expect(try repository.git("rev-list", "--glob=refs/pool/saved/*").lines.contains(work))
        #expect(try repository.git("symbolic-ref", "--short", "HEAD", in: lease).line == "work")
    }

    @Test("F4 ff: lands as it is, or not at all; a wrong strategy is a usage error")
    func fastForward() throws {
        let (repository, lease) = try diverged()
        let main = try repository.tip("main")
        try repository.pool("land", "work", "--strategy=ff").check(7, says: "cannot be fast-forwarded", "rebase")
        #expect(try repository.tip("main") == main)
        try repository.git("rebase", "-q", "main", in: lease)
        let work = try repository.tip("work")
        try repository.pool("land", "work", "--strategy=ff").check(0)
        #expect(try repository.tip("main") == work)
        try repository.pool("land", "work", "--strategy=theirs").check(129, says: "no-ff, ff, squash, rebase")
        try repository.git("config", "pool.land.strategy", "theirs")
        try repository.pool("land", "work").check(128, says: "pool.land.strategy")
    }

    @Test("F4 conflicts stay in the slot as git's own; resolved and added, the next call ends the merge")
    func conflicts() throws {
        let (repository, lease) = try diverged()
        try repository.commit("five", ["a.txt": "1\n2\n3\n4\nfive\n"], in: lease)
        let work = try repository.tip("work")
        let main = try repository.commit("cinq", ["a.txt": "1\n2\n3\n4\ncinq\n"])
        try repository.pool("land", "work").check(7, says: "'a.txt'", lease, "git add", "git merge --abort")
        #expect(try repository.git("status", "--porcelain", in: lease).out.contains("UU a.txt"))
        #expect(try repository.tip("MERGE_HEAD", in: lease) == main)
        try repository.pool("land", "work").check(7, says: "'a.txt'")
        try repository.git("merge", "--abort", in: lease)
        #expect(try repository.tip("HEAD", in: lease) == work)
        try repository.pool("land", "work").check(7)
        try repository.scratch.write("\(lease)/a.txt", "1\n2\n3\n4\n55\n")
        try repository.git("add", "a.txt", in: lease)
        try repository.pool("land", "work").check(0, says: "ending the merge")
        #expect(try parents(repository, "main") == [main, work].compactMap { $0 })
        #expect(try repository.git("show", "main:a.txt").out == "1\n2\n3\n4\n55\n")
        #expect(!Scratch.exists(try repository.git("rev-parse", "--git-path", "MERGE_HEAD", in: lease).line))
        // A conflict that the user ended with a commit is the branch's own.
        try repository.commit("six", ["a.txt": "six\n"], in: lease)
        try repository.commit("sechs", ["a.txt": "sechs\n"])
        try repository.pool("land", "work").check(7)
        let own = try repository.commit("resolved by hand", ["a.txt": "6\n"], in: lease)
        try repository.pool("land", "work").check(0)
        #expect(try parents(repository, "main").last == own)
    }

    @Test("F4 conflicts of a rebase are resolved in the slot too")
    func rebaseConflict() throws {
        let (repository, lease) = try diverged()
        try repository.commit("five", ["a.txt": "1\n2\n3\n4\nfive\n"], in: lease)
        try repository.commit("after", ["after.txt": "x\n"], in: lease)
        let main = try repository.commit("cinq", ["a.txt": "1\n2\n3\n4\ncinq\n"])
        let land = ["land", "--strategy=rebase", "work"]
        func run() throws -> Outcome { try repository.scratch.run(["git", "pool"] + land, in: repository.path) }
        try run().check(7, says: "'a.txt'", "git rebase --abort")
        try run().check(7, says: "'a.txt'")
        try repository.scratch.write("\(lease)/a.txt", "1\n2\n3\n4\n55\n")
        try repository.git("add", "a.txt", in: lease)
        try run().check(0, says: "ending the rebase")
        #expect(try repository.git("log", "--format=%s", "\(main)..main").lines == ["after", "five", "work"])
        #expect(try repository.git("symbolic-ref", "--short", "HEAD", in: lease).line == "work")
    }
}
