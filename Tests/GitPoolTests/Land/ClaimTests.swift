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

    @Test("F5 of many who claim one file at once, one gets it")
    func race() throws {
        let repository = try Scratch().repository()
        let leases = try (1...5).map { try repository.lease("w\($0)") }
        let running = try leases.map { try repository.scratch.start(["git-pool", "claim", "a.txt"], in: $0) }
        let statuses = try running.map { try $0.wait().status }
        #expect(statuses.sorted() == [0, 6, 6, 6, 6])
    }
}
