import Foundation
import GitPool
import Testing

@Suite struct SaveListTests {
    @Test("C4 of several saves of a name the newest comes back, whatever the lease's id")
    func newest() throws {
        for _ in 0..<3 {
            let repository = try Scratch().repository()
            for (text, day) in [("old\n", "01"), ("newer\n", "02"), ("newest\n", "03")] {
                let lease = try repository.lease("a")
                try repository.scratch.write("\(lease)/new.txt", text)
                // Saves are told apart by the second.
                let moment: [String: String?] = [
                    "GIT_COMMITTER_DATE": "2026-01-\(day)T00:00:00Z", "GIT_AUTHOR_DATE": "2026-01-\(day)T00:00:00Z",
                    "GIT_POOL_FAKE_SECONDS": day,
                ]
                try repository.pool("done", "--save", "a", env: moment).check(0)
                try repository.settle(lease)
            }
            let pid = try repository.scratch.holderPid()
            let place = try repository.pool("restore", "--pid", pid, "a").ok().line
            #expect(try repository.scratch.read("\(place)/new.txt") == "newest\n")
            let older = try repository.pool("restore", "--pid", pid, "a@3").ok().line
            #expect(try repository.scratch.read("\(older)/new.txt") == "old\n")
        }
    }

    @Test(
        "H3 a note cannot hide a save or speak for it",
        arguments: ["a\u{1}b", "Pool-Name: evil", "x\n\nPool-Name: evil\nPool-Branch: main\nPool-Lease: 0\n", "\n\n"])
    func notes(_ note: String) throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a", "--detach")
        try repository.scratch.write("\(lease)/new.txt", "precious\n")
        try repository.pool("save", "-m", note, "a").check(0)
        try repository.pool("done", "--discard", "a").check(0)
        let pid = try repository.scratch.holderPid()
        let place = try repository.pool("restore", "--pid", pid, "a").ok().line
        #expect(try repository.scratch.read("\(place)/new.txt") == "precious\n")
        #expect(try repository.tip("HEAD", in: place) == repository.tip("main"))
    }

    @Test(
        "B16 the user's post-checkout runs once for a lease, and what it changes is the lease's",
        arguments: [true, false])
    func postCheckout(configured: Bool) throws {
        let repository = try Scratch().repository()
        let folder = configured ? repository.scratch.at("hooks") : "\(repository.commonDirectory)/hooks"
        if configured { try repository.git("config", "core.hooksPath", folder) }
        let hook = "#!/bin/sh\necho \"$1 $3\" >>made.txt\necho chatty\n"
        try repository.scratch.write("\(folder)/post-checkout", hook, mode: 0o755)
        let outcome = try repository.add("a").ok()
        #expect(outcome.lines.count == 1)
        #expect(try repository.scratch.read("\(outcome.line)/made.txt") == String(repeating: "0", count: 40) + " 1\n")
        try repository.pool("done", "a").check(7, says: "made.txt")
    }
}
