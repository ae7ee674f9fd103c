import Foundation
import GitPool
import Testing

/// `--discard` throws away what its owner had before them, and nothing that came later.
@Suite struct DiscardTests {
    private let repository: Repository
    private let lease: String

    init() throws {
        repository = try Scratch().repository(files: ["a.txt": "one\n", "b.txt": "two\n", ".gitignore": "*.o\n"])
        lease = try repository.lease("a")
        try repository.scratch.write("\(lease)/a.txt", "thrown away\n")
        try repository.scratch.write("\(lease)/new/n.txt", "thrown away too\n")
    }

    /// As a kill leaves it: told, and not done.
    private func discardAndDie() throws {
        let outcome = try repository.pool("done", "--discard", "a", env: ["GIT_POOL_FAULT": "releasing"])
        #expect(outcome.status != 0)
        // A look would go on with it.
        #expect(repository.scratch.entries("\(repository.path)/.git/pool/slots").contains("1.releasing"))
    }

    @Test("C4 H2 what nobody touched after a killed --discard is thrown away")
    func untouched() throws {
        try discardAndDie()
        try repository.pool("gc").check(0)
        try repository.settle(lease)
        #expect(try repository.scratch.read("\(lease)/a.txt") == "one\n")
        #expect(!Scratch.exists("\(lease)/new"))
        #expect(try repository.git("for-each-ref", "refs/pool/saved").lines.isEmpty)
    }

    @Test(
        "C4 H2 what was written after a killed --discard is saved",
        arguments: ["again", "beside", "another", "staged", "flagged"])
    func later(_ kind: String) throws {
        if kind == "flagged" {
            try repository.git("update-index", "--assume-unchanged", "b.txt", in: lease)
            try repository.scratch.write("\(lease)/b.txt", "before\n")
        }
        try discardAndDie()
        switch kind {
        // As long as the one before, and as old: it has the same size.
        case "again": try repository.scratch.write("\(lease)/a.txt", "precious!!!\n")
        case "beside": try repository.scratch.write("\(lease)/new/m.txt", "precious!!!\n")
        case "another", "flagged": try repository.scratch.write("\(lease)/b.txt", "precious!!!\n")
        default:
            // In the index alone: the file itself is as it was.
            let id = try repository.scratch.sh("printf 'precious!!!\\n' | git hash-object -w --stdin", in: lease).line
            try repository.git("update-index", "--cacheinfo", "100644,\(id),b.txt", in: lease)
        }
        try repository.pool("gc").check(0)
        try repository.settle(lease)
        #expect(try repository.scratch.read("\(lease)/b.txt") == "two\n")
        #expect(try repository.holds("precious!!!\n"))
    }

    @Test("C4 H2 an operation that was begun after a killed --discard is saved")
    func operation() throws {
        let scratch = repository.scratch
        try repository.git("checkout", "-q", ".", in: lease)
        Scratch.remove("\(lease)/new")
        for name in ["one", "two"] { try repository.commit(name, ["\(name).txt": "\(name)\n"], in: lease) }
        try discardAndDie()
        try scratch.sh(
            "GIT_SEQUENCE_EDITOR=\"sed -i 's/^pick/edit/'\" git rebase -q -i HEAD~2", in: lease)
        #expect(try repository.git("status", "--porcelain", in: lease).out.isEmpty)
        try repository.pool("gc").check(0)
        try repository.settle(lease)
        let saved = try repository.git("for-each-ref", "--format=%(refname)", "refs/pool/saved").lines
        let state = try saved.map { try repository.git("ls-tree", "-r", "--name-only", "\($0)^2").out }
        #expect(state.contains { $0.contains("rebase-merge/git-rebase-todo") }, "\(saved) \(state)")
    }

    @Test("C4 H2 what comes while --discard is at work is saved", arguments: [FaultPoint.doneJudged, .doneSaved])
    func meanwhile(_ point: FaultPoint) throws {
        _ = try repository.interrupt(at: point, "done", "--discard", "a") {
            try repository.scratch.write("\(lease)/late.txt", "precious!!!\n")
        }
        try repository.pool("gc").check(0)
        try repository.settle(lease)
        #expect(try repository.holds("precious!!!\n"))
    }

    @Test("C4 H2 what was written in a submodule after a killed --discard keeps the slot")
    func submodule() throws {
        let repository = try SubmoduleTests.superproject(Scratch())
        let lease = try repository.lease("a")
        let nested = "\(lease)/lib/s1/deep/nested"
        try repository.scratch.write("\(nested)/file.txt", "thrown away\n")
        let outcome = try repository.pool("done", "--discard", "a", env: ["GIT_POOL_FAULT": "releasing"])
        #expect(outcome.status != 0)
        try repository.scratch.write("\(nested)/file.txt", "precious!!!\n")
        _ = try repository.pool("gc")
        #expect(try repository.state(at: lease) == "leased")
        #expect(try repository.scratch.read("\(nested)/file.txt") == "precious!!!\n")
    }
}
