import Foundation
import Testing

@Suite struct AdoptTests {
    @Test("B17 a worktree made by hand is never touched")
    func untouched() throws {
        let repository = try Scratch().repository()
        _ = try repository.lease("a")
        let byHand = repository.scratch.at("hand")
        try repository.git("worktree", "add", "-q", "-b", "hand", byHand)
        // One of them right where the pool is, under a name the pool could give.
        let squatter = repository.slot(2)
        try repository.git("worktree", "add", "-q", "-b", "squatter", squatter)
        for place in [byHand, squatter] { try repository.scratch.write("\(place)/new.txt", "unsaved\n") }
        let before = [try tree(of: byHand), try tree(of: squatter)]
        let second = try repository.lease("b")
        #expect(second != squatter)
        try repository.pool("done", "--all").check(0)
        try repository.pool("gc").check(0)
        _ = try repository.pool("doctor")
        #expect(try [tree(of: byHand), tree(of: squatter)] == before)
        #expect(try repository.linkedWorktrees.contains(byHand))
        #expect(try repository.linkedWorktrees.contains(squatter))
        let listed = try repository.slots().compactMap { $0["path"] as? String }
        #expect(!listed.contains(byHand) && !listed.contains(squatter))
    }

    @Test("B17 adopt leases a hand-made worktree in place, work and all", arguments: [nil, "mine"])
    func adopt(_ name: String?) throws {
        let repository = try Scratch().repository()
        let byHand = repository.scratch.at("hand")
        try repository.git("worktree", "add", "-q", "-b", "topic", byHand)
        try repository.scratch.write("\(byHand)/new.txt", "unsaved\n")
        let before = (try tree(of: byHand), try repository.status(of: byHand))
        // `adopt` has no --pid: its holder is this process, which is an ancestor.
        let words = ["git", "pool", "adopt", byHand] + (name.map { [$0] } ?? [])
        let environment: [String: String?] = ["GIT_POOL_HOLDER_PID": "\(ProcessInfo.processInfo.processIdentifier)"]
        try repository.scratch.run(words, in: repository.path, env: environment).check(0)
        #expect(try tree(of: byHand) == before.0)
        #expect(try repository.status(of: byHand) == before.1)
        let slot = try #require(try repository.slots().first { $0["path"] as? String == byHand })
        #expect(slot["name"] as? String == name ?? "topic")
        #expect(slot["branch"] as? String == "topic")
        try repository.pool("done", byHand).check(7)
        #expect(try tree(of: byHand) == before.0)
    }

    @Test("B17 an adopted worktree that cannot wait as a slot is its user's again, and stays")
    func givenBack() throws {
        let repository = try Scratch().repository(files: ["a.txt": "one\n", ".gitignore": ".env\n"])
        try repository.addSubmodule()
        let byHand = repository.scratch.at("hand")
        try repository.git("worktree", "add", "-q", "-b", "topic", byHand)
        try repository.git("-c", "protocol.file.allow=always", "submodule", "-q", "update", "--init", in: byHand)
        try repository.scratch.write("\(byHand)/.env", "secret\n")
        try repository.pool("adopt", byHand).check(0)
        try repository.pool("done", byHand).check(0)
        try repository.scratch.until("it is no slot") {
            try repository.pool("gc").ok()
            return try repository.slots().isEmpty
        }
        #expect(try repository.scratch.read("\(byHand)/.env") == "secret\n")
        #expect(try repository.status(of: byHand).isEmpty)
        #expect(
            try repository.git("worktree", "list", "--porcelain").lines.contains { $0.hasPrefix("locked") } == false)
        try repository.git("worktree", "remove", "--force", byHand)
    }

    @Test("B17 what is no worktree of this repository is not adopted")
    func foreign() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        let other = try scratch.repository(named: "other")
        let plain = try scratch.directory("plain")
        let lease = try repository.lease("a")
        for place in [other.path, plain, repository.path, scratch.at("nosuch"), lease] {
            let outcome = try repository.pool("adopt", place)
            #expect(outcome.status != 0, "\(outcome)")
        }
        #expect(try repository.slots().count == 1)
        #expect(scratch.entries("plain").isEmpty)
    }
}
