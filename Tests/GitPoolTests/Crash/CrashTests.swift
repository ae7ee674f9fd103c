import Foundation
import GitPool
import Testing

@Suite struct CrashTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let operation: CrashOperation
        let point: FaultPoint

        var testDescription: String { "\(operation.rawValue) at \(point.rawValue)" }

        static let all = CrashTable.reached.flatMap { operation, points in
            points.map { Case(operation: operation, point: $0) }
        }
        .sorted { $0.testDescription < $1.testDescription }
    }

    @Test("H1 SIGKILL at a fault point: the next command converges and nothing is lost", arguments: Case.all)
    func killed(_ example: Case) throws {
        let scene = try example.operation.prepare()
        let repository = scene.repository
        try #require(try repository.killed(at: example.point, Array(scene.words.dropFirst(2))), "it was not killed")

        let before = try held(scene)
        #expect(before, "lost before anything was mended")
        try repository.pool("gc").check(0)
        try check(scene)
        let standing = try repository.standing()
        try repository.pool("gc").check(0)
        #expect(try repository.standing() == standing, "a second gc changed something")

        let other = try repository.lease("other")
        #expect(try repository.status(of: other).isEmpty)
        #expect(try repository.git("symbolic-ref", "--short", "HEAD", in: other).line == "other")
        try checkCap(repository)
        // The command that was killed can be given again; it may find its work done.
        let again = try repository.scratch.run(scene.words, in: repository.path)
        #expect([0, 1, 3, 6, 7].contains(again.status), "\(again)")
        try repository.pool("gc").check(0)
        try check(scene)
    }

    private func held(_ scene: CrashOperation.Scene) throws -> Bool {
        try scene.bytes.allSatisfy { try scene.repository.holds($0) || scene.bytes == ["precious-staged\n"] }
    }

    private func check(_ scene: CrashOperation.Scene) throws {
        let repository = scene.repository
        let mine = repository.scratch.at("mine")
        try repository.checkSound(besides: Scratch.exists(mine) ? [mine] : [])
        for text in scene.bytes {
            #expect(try repository.holds(text), "lost: \(text)")
        }
        for commit in scene.commits {
            #expect(try repository.reaches(commit), "lost: commit \(commit)")
        }
        for (branch, tip) in scene.branches {
            #expect(try repository.tip("refs/heads/\(branch)") == tip, "\(branch) was touched")
        }
        if Scratch.exists("\(repository.path)/scratch.txt") { try checkTarget(scene) }
        // A branch stands for a lease, for commits of its own, or for the user.
        let leased = Set(try repository.slots().compactMap { $0["branch"] as? String })
        let start = try repository.tip("main")
        let known = leased.union(scene.branches.keys).union(["main"])
        var stale: [String] = []
        for line in try repository.git("for-each-ref", "--format=%(objectname) %(refname:short)", "refs/heads").lines {
            let words = line.split(separator: " ").map(String.init)
            if words[0] == start, !known.contains(words[1]) { stale.append(words[1]) }
        }
        #expect(stale.isEmpty, "branches of nobody")
    }

    /// The target is where it was or has all of the work, and its worktree shows the user's changes and no others.
    private func checkTarget(_ scene: CrashOperation.Scene) throws {
        let repository = scene.repository
        let status = try repository.git("status", "--porcelain").lines
        #expect(status == [" M d/b.txt", "?? scratch.txt"])
        let other = try #require(scene.commits.last)
        let hasWork = try repository.git("ls-tree", "--name-only", "main").lines.contains("w.txt")
        #expect(try (repository.tip("main") == other) != hasWork)
        if hasWork { #expect(try repository.git("show", "main:w.txt").out == "w\nx\n") }
    }

    private func checkCap(_ repository: Repository) throws {
        let states = try repository.slots().compactMap { $0["state"] as? String }
        guard !states.contains("orphaned"), !states.contains("expiring") else { return }
        let held = states.filter { $0 == "leased" }.count
        try repository.add("-c").check(129)
        let limit = [
            "git", "-c", "pool.max=\(held)", "pool", "add", "--pid", try repository.scratch.holderPid(), "more",
        ]
        try repository.scratch.run(limit, in: repository.path).check(4)
        let room = [
            "git", "-c", "pool.max=\(held + 1)", "pool", "add", "--pid", try repository.scratch.holderPid(), "more",
        ]
        try repository.scratch.run(room, in: repository.path).check(0)
        try repository.pool("done", "more").check(0)
    }

    @Test("H1 the matrix reaches every fault point")
    func complete() {
        let reached = Set(CrashTable.reached.values.joined()).union(CrashTable.reachedElsewhere)
            .union(MendCrashTests.Case.all.map(\.point)).union(HomeTests.points)
        let missing = FaultPoint.allCases.filter { !reached.contains($0) }.map(\.rawValue)
        #expect(missing.isEmpty)
        #expect(Set(CrashTable.reached.keys) == Set(CrashOperation.allCases))
    }

    @Test("H1 a name that is no fault point does nothing")
    func unknownPoint() throws {
        let repository = try Scratch().repository()
        for name in ["", ":", "nowhere", "leased.", "leasedx"] {
            try repository.pool("list", env: ["GIT_POOL_FAULT": name]).check(0)
        }
        _ = try repository.lease("a", env: ["GIT_POOL_FAULT": "nowhere"])
    }

    /// Which points each operation reaches, for `CrashTable`: run by hand with `GIT_POOL_CRASH_SURVEY=1`.
    @Test(
        .enabled(if: ProcessInfo.processInfo.environment["GIT_POOL_CRASH_SURVEY"] == "1"),
        arguments: CrashOperation.allCases)
    func survey(_ operation: CrashOperation) throws {
        var found: [String] = []
        for point in FaultPoint.allCases {
            let scene = try operation.prepare()
            let words = Array(scene.words.dropFirst(2))
            if try scene.repository.started(until: point, words) != nil { found.append(".\(point)") }
        }
        print("SURVEY .\(operation): [\(found.joined(separator: ", "))],")
    }
}
