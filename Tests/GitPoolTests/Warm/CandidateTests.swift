import Foundation
import Testing

/// Which idle slot a lease gets, and when none is made.
@Suite struct CandidateTests {
    /// A slot that waits at a commit; gives its path.
    private func park(
        _ repository: Repository, _ commit: String, _ options: String..., seconds: Int = 0
    ) throws -> String {
        let words = ["add", "--no-holder", "--detach", "--fresh", "--from", commit] + options + ["p\(seconds)"]
        let env = ["GIT_POOL_FAKE_SECONDS": "\(seconds)"]
        let lease = try repository.scratch.run(["git", "pool"] + words, in: repository.path, env: env).ok().line
        try repository.pool("done", "p\(seconds)", env: env).ok()
        return lease
    }

    @Test("B11 the nearest idle slot is taken: the same commit, then the same tree, then the fewest files that differ")
    func nearest() throws {
        let repository = try Scratch().repository(files: ["1": "a", "2": "a", "3": "a", "4": "a"])
        let far = try #require(try repository.tip("main"))
        let near = try repository.commit("near", ["1": "b", "2": "b", "3": "b"])
        let start = try repository.commit("start", ["4": "b"])
        try repository.git("commit", "-q", "--allow-empty", "-m", "same tree")
        let same = try #require(try repository.tip("main"))
        let nearSlot = try park(repository, near, seconds: 1)
        let farSlot = try park(repository, far, seconds: 2)
        #expect(nearSlot != farSlot)
        #expect(try repository.lease("a", "--from", start) == nearSlot)
        #expect(try repository.scratch.read("\(nearSlot)/4") == "b")
        let sameSlot = try park(repository, same, seconds: 1)
        #expect(try repository.lease("b", "--from", start) == sameSlot)
        #expect(try repository.tip("HEAD", in: sameSlot) == start)
        #expect(try repository.status(of: sameSlot).isEmpty)
        #expect(try repository.lease("c", "--from", start) == farSlot)
        for slot in [nearSlot, sameSlot, farSlot] { #expect(try repository.git("status", "-s", in: slot).out.isEmpty) }
    }

    @Test("B11 a group gets the slots it had, even where another one is nearer")
    func groups() throws {
        let repository = try Scratch().repository()
        try repository.git("config", "pool.group.ios.max", "5")
        try repository.git("config", "pool.group.android.max", "5")
        let old = try #require(try repository.tip("main"))
        let tip = try repository.commit("second", ["a.txt": "two\n"])
        let android = try park(repository, old, "--group", "android", seconds: 1)
        let ios = try park(repository, tip, "--group", "ios", seconds: 2)
        #expect(try repository.lease("a", "--group", "android") == android)
        #expect(try repository.lease("b", "--group", "android") == ios)
    }

    @Test("B11 --fresh, --max-age, --max-uses and pool.maxAge refuse what they say")
    func criteria() throws {
        let repository = try Scratch().repository()
        let slot = try park(repository, "main")
        func isCold(_ options: String..., env: [String: String?] = [:]) throws -> Bool? {
            let words = ["git", "pool", "add", "--json", "--no-holder"] + options + ["x"]
            let cold = try repository.scratch.run(words, in: repository.path, env: env).object()["cold"] as? Bool
            try repository.pool("done", "x").ok()
            return cold
        }
        let later: [String: String?] = ["GIT_POOL_FAKE_SECONDS": "500"]
        #expect(try isCold("--fresh") == true)
        #expect(try isCold("--max-uses=1") == true)
        #expect(try isCold("--max-uses=9", "--max-age=1000", env: later) == false)
        #expect(try isCold("--max-age=100", env: later) == true)
        try repository.git("config", "pool.maxAge", "400")
        #expect(try isCold(env: ["GIT_POOL_FAKE_SECONDS": "1000"]) == true)
        #expect(Scratch.exists(slot))
    }

    @Test("B12 a worktree that would leave less than pool.minFree is refused before anything is made")
    func space() throws {
        let repository = try Scratch().repository()
        let scratch = repository.scratch
        // A tree of a tebibyte, in one small object: the same file in many folders.
        let script = """
            blob=$(head -c 67108864 /dev/zero | git hash-object -w --stdin)
            tree=$(for i in $(seq 128); do printf '100644 blob %s\\tf%s\\n' "$blob" "$i"; done | git mktree)
            tree=$(for i in $(seq 128); do printf '040000 tree %s\\td%s\\n' "$tree" "$i"; done | git mktree)
            git commit-tree -m huge "$tree"
            """
        let huge = try scratch.sh(script, in: repository.path).ok().line
        try repository.git("config", "pool.minFree", "1k")
        let before = try repository.snapshot()
        let outcome = try repository.add("--from", huge, "a").check(9, says: "no room", "1.0T", "pool.minFree")
        #expect(outcome.out.isEmpty)
        #expect(try repository.snapshot() == before)
        #expect(repository.records.isEmpty)
        // By the tree's own size, not by any other's.
        _ = try repository.lease("small")
        try repository.git("config", "pool.base", huge)
        try repository.pool("warm").check(9, says: "no room")
        #expect(repository.records == ["1.leased"])
        try repository.git("config", "--unset", "pool.base")
        try repository.git("config", "pool.minFree", "1000000g")
        try repository.add("b").check(9)
        // What is there already takes no room.
        try repository.pool("done", "small").ok()
        #expect(try repository.lease("c") == repository.slot(1))
    }
}
