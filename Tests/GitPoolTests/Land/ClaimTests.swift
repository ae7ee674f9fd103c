import Foundation
import GitPool
import Testing

@Suite struct ClaimTests {
    @Test(
        "F5 two pathspecs overlap unless no path can lie in both",
        arguments: [
            ("src", "src/a.c", true), ("src/", "src", true), (".", "x", true), ("src", "srcs", false),
            ("src/*.c", "src/a.c", true), ("src/*.c", "src/a.h", false), ("src/*.c", "src/new.h", true),
            ("src/*.c", "src/*.h", false),
            ("a*c", "ab*", true), ("*.swift", "Sources", true), ("*.swift", "README.md", false),
            ("a?.c", "ab.c", true), ("a[bc].c", "ab.c", true), ("docs/*", "src/*", false), ("[x", "[x/y", true),
            (":(literal)a*", "ab", false), (":(icase)README", "readme", true), (":/x", "x", true),
            ("a/../b", "b", true),
            ("é?", "éé", true), ("**/test", "a/test/b", true),
        ])
    func overlap(_ one: String, _ other: String, _ expected: Bool) throws {
        // Of a path that is not there yet nobody knows whether it will be a folder.
        let files: Set = ["src/a.c", "src/a.h", "README.md"]
        let (a, b) = (try ClaimPattern(one, in: ""), try ClaimPattern(other, in: ""))
        #expect(a.overlaps(b, ignoringCase: false, isFile: files.contains) == expected)
        #expect(b.overlaps(a, ignoringCase: false, isFile: files.contains) == expected)
    }

    /// From the ends of both to their beginnings, step by step, as the rule says; slow.
    private static func overlapBySteps(_ one: ArraySlice<Character>, _ other: ArraySlice<Character>) -> Bool {
        guard let a = one.first, let b = other.first else { return (one + other).allSatisfy { $0 == "*" } }
        if a == "*" || b == "*" {
            return overlapBySteps(one.dropFirst(), other) || overlapBySteps(one, other.dropFirst())
        }
        return a == b && overlapBySteps(one.dropFirst(), other.dropFirst())
    }

    @Test("F5 patterns of all kinds overlap as they do when they are compared letter by letter")
    func overlapOfAll() throws {
        var number: UInt64 = 7
        func random(_ count: Int) -> Int {
            number = number &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(number >> 33) % count
        }
        func pattern() -> String {
            let letters = (0...random(6)).map { _ in ["a", "b", "*", "*", "c"][random(5)] }
            return random(3) == 0 ? letters.joined() + "/" + ["a", "b", "*"][random(3)] : letters.joined()
        }
        for _ in 0..<1500 {
            let (one, other) = (pattern(), pattern())
            let isFile = random(2) == 0
            // A path that may be a folder covers what is below it; a pattern does not.
            func all(_ text: String) -> [String] { isFile || text.contains("*") ? [text] : [text, text + "/*"] }
            let expected = all(one).contains { one in
                all(other).contains { ClaimTests.overlapBySteps(Array(one)[...], Array($0)[...]) }
            }
            let (a, b) = (try ClaimPattern(one, in: ""), try ClaimPattern(other, in: ""))
            #expect(a.overlaps(b, ignoringCase: false) { _ in isFile } == expected, "\(one) \(other) \(isFile)")
            #expect(b.overlaps(a, ignoringCase: false) { _ in isFile } == expected, "\(other) \(one) \(isFile)")
        }
    }

    @Test("F5 a pattern that is made to be slow is compared at once, and one too long for a path is refused")
    func slowPatterns() throws {
        let stars = String(repeating: "a*", count: 1500)
        let (one, other) = (try ClaimPattern(stars + "b", in: ""), try ClaimPattern(stars + "c", in: ""))
        #expect(!one.overlaps(other, ignoringCase: false) { _ in true })
        let path = try ClaimPattern(String(repeating: "a", count: 4000), in: "")
        #expect(!one.overlaps(path, ignoringCase: false) { _ in true })
        #expect(throws: ClaimPattern.Invalid.tooLong) { try ClaimPattern(String(repeating: "x", count: 5000), in: "") }
    }

    @Test("F5 the second claimant is told who came first; a claim ends with its lease, or with its holder")
    func claims() throws {
        let repository = try Scratch().repository(files: ["src/a.c": "a\n", "src/b.c": "b\n"])
        let holder = try repository.scratch.holder()
        let a = try repository.lease("a", "--pid", String(holder.pid))
        let b = try repository.lease("b")
        try repository.pool("claim", "a.c", "new", in: "\(a)/src").check(0, says: "'a' claims 'src/a.c', 'src/new'")
        try repository.pool("claim", "src/b.c", "src/*.c", in: b).check(6, says: "'src/*.c'", "'a'", "'src/a.c'")
        // All or none.
        try repository.pool("claim", "src/b.c", in: a).check(0)
        try repository.pool("claim", "--release", "src/b.c", in: a).check(0)
        try repository.pool("claim", "src/b.c", in: b).check(0)
        let list = try repository.pool("claim", "--list", "--json").json() as? [[String: Any]]
        #expect(list?.compactMap { $0["pathspec"] as? String } == ["src/a.c", "src/new", "src/b.c"])
        #expect(try repository.pool("claim", "--list").out.contains("src/new"))
        #expect(try repository.pool("show", "a").out.contains("src/new"))
        #expect(try repository.slot(named: "b")?["claims"] as? [String] == ["src/b.c"])
        try repository.scratch.sh("git pool claim $(seq 12)", in: b).check(0, says: "'10' and 2 more")
        try repository.pool("claim", in: b).check(129)
        try repository.pool("claim", "../..", in: b).check(129, says: "outside")
        try repository.pool("claim", ":!x", in: b).check(129, says: "excludes nothing")
        try repository.pool("claim", "x").check(1, says: "in no worktree of the pool")

        try repository.pool("done", "b").ok()
        try repository.pool("claim", "src/b.c", in: a).check(0)
        let c = try repository.lease("c")
        try repository.pool("claim", "src", in: c).check(6, says: "'a'")
        try repository.scratch.write("\(a)/dirty.txt", "x\n")
        holder.kill()
        try repository.pool("claim", "src", in: c).check(0)
        // Taken up again, the orphan has lost what another one claimed meanwhile.
        _ = try repository.lease("a", "--resume")
        #expect(try repository.slot(named: "a")?["claims"] as? [String] == [])
    }

    @Test("F5 claims beyond what a record takes are refused, and the lease keeps those it has")
    func tooMany() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.pool("claim", "first", in: lease).check(0)
        // Of several commands: more arguments than these are none that the kernel takes.
        let folder = String(repeating: "folder/", count: 500)
        let statuses = try (0..<8).map { part in
            let paths = (0..<30).map { "\(folder)\(part)-\($0)" }
            return try repository.scratch.run(["git-pool", "claim"] + paths, in: lease).status
        }
        #expect(statuses.first == 0 && statuses.last == 128)
        let refused = try repository.scratch.run(
            ["git-pool", "claim"] + (0..<30).map { "\(folder)last-\($0)" }, in: lease)
        refused.check(128, says: "'a'", "claim folders instead of files")
        let claims = try #require(try repository.slot(named: "a")?["claims"] as? [String])
        #expect(claims.first == "first" && !claims.contains { $0.contains("last-") })
        // What it has is still its own, and a release finds room for its notes.
        let other = try repository.lease("b")
        try repository.pool("claim", "first", in: other).check(6, says: "'a'")
        try repository.scratch.write("\(lease)/new.txt", "x\n")
        try repository.pool("done", "--save", "a").check(0)
        #expect(try repository.slot(named: "a") == nil)
    }

    @Test("F5 more than a record takes is said before a lease is made or taken over")
    func longNotes() throws {
        let repository = try Scratch().repository()
        // Each of these letters takes three bytes in a record; the kernel takes no longer argument.
        let long = String(repeating: "%", count: 100_000)
        try repository.add("--note", long, "--session", long, "a").check(128, says: "'a'", "say less with '--note'")
        #expect(try repository.slots().isEmpty && repository.git("branch", "--list", "a").line.isEmpty)
        _ = try repository.lease("a", "--note", long)
        try repository.add("--resume", "--session", long, "a").check(128, says: "'a'")
        #expect(try repository.slot(named: "a")?["state"] as? String == "leased")
        try repository.pool("done", "a").check(0)
    }

    @Test("F5 of many who claim one file at once, one gets it")
    func race() throws {
        let repository = try Scratch().repository()
        let leases = try (1...5).map { try repository.lease("w\($0)") }
        let running = try leases.map { try repository.scratch.start(["git-pool", "claim", "a.txt"], in: $0) }
        let statuses = try running.map { try $0.wait().status }
        #expect(statuses.sorted() == [0, 6, 6, 6, 6])
    }
}
