import Foundation
import Testing

/// What a hundred leases leave behind, counted; the long forms, and times, are in `Tests/Performance/scale.py`.
@Suite struct GrowthTests {
    /// Names below the common dir, objects left out, and in the pool's root, trees left out.
    private func names(_ repository: Repository) throws -> Set<String> {
        let common = repository.commonDirectory
        var found = Set(repository.scratch.entries(repository.root))
        for name in try FileManager.default.subpathsOfDirectory(atPath: common) where !name.hasPrefix("objects") {
            // Written when the configuration has been left alone for a while, and then over and over.
            if name == "pool/configuration" { continue }
            found.insert(".git/" + name)
        }
        return found
    }

    @Test("E2 a hundred leases one after another leave no file, ref, reflog or admin directory behind")
    func cycles() throws {
        let repository = try Scratch().repository()
        let script = """
            for i in $(seq $1); do
                git-pool add --no-holder -q cycle-$2-$i >/dev/null && git-pool done -q cycle-$2-$i || exit 1
            done
            git-pool gc -q && git-pool gc -q
            """
        func cycles(_ count: Int, _ series: String) throws {
            try repository.scratch.run(["sh", "-c", script, "sh", String(count), series], in: repository.path).ok()
        }
        // Whatever is made once is there before anything is counted.
        try cycles(3, "early")
        let (before, refs) = (try names(repository), try repository.git("for-each-ref").out)
        try cycles(100, "late")
        #expect(try names(repository).symmetricDifference(before) == [])
        #expect(try repository.git("for-each-ref").out == refs)
    }

    @Test("B3 a hundred adds at once each get a path of their own")
    func concurrent() throws {
        let repository = try Scratch().repository()
        try repository.git("config", "pool.max", "200")
        // On a machine that is busy, the last of a hundred may wait longer for the lock than anybody would.
        let script =
            "export GIT_POOL_LOCK_TIMEOUT=60000; for i in $(seq 100); do git-pool add --no-holder -q n$i & done; wait"
        let adds = try repository.scratch.run(["sh", "-c", script], in: repository.path).ok()
        #expect(Set(adds.lines).count == 100, "\(adds)")
        try repository.fsck()
    }
}
