import Foundation
import GitPool
import Testing

/// The git that makes a branch may outlive the `add` that told it to: nothing is rolled back before it has ended.
@Suite struct BranchWriterTests {
    /// A repository with an idle slot, in which a git that writes refs by word of its input waits until it may go on.
    private func held() throws -> (repository: Repository, gate: String) {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        try repository.pool("warm", "1").ok()
        let gate = scratch.at("gate")
        let git = try scratch.sh("command -v git").line
        try scratch.write(
            "slow/git",
            """
            #!/bin/sh
            case " $* " in
            *" update-ref "*" --stdin "*) while [ ! -e '\(gate)' ]; do sleep 0.01; done ;;
            esac
            exec '\(git)' "$@"

            """)
        try scratch.sh("chmod +x slow/git")
        return (repository, gate)
    }

    private func slow(_ repository: Repository) -> [String: String?] {
        ["PATH": repository.scratch.at("slow") + ":" + (repository.scratch.environment["PATH"] ?? "")]
    }

    private func kill(at point: FaultPoint, _ repository: Repository) throws {
        var environment = slow(repository)
        environment["GIT_POOL_FAULT"] = point.rawValue
        try repository.scratch.run(
            ["git-pool", "add", "--pid", try repository.scratch.holderPid(), "a"], in: repository.path,
            env: environment
        ).check(137)
    }

    private func locks(_ repository: Repository) -> [String] {
        repository.scratch.entries(repository.state).filter { $0.hasPrefix("branch-") }
    }

    @Test("H1 the branch of an add that was killed while git made it comes before the roll-back, or never")
    func outlives() throws {
        let (repository, gate) = try held()
        try kill(at: .branchTold, repository)
        #expect(locks(repository).count == 1)
        // It is waited for, and then left to another time; nothing is given to anybody meanwhile.
        for _ in 0..<2 {
            let outcome = try repository.pool("gc", env: ["GIT_POOL_LOCK_TIMEOUT": "50"])
            #expect(repository.records == ["1.leasing"], "\(outcome)")
        }
        #expect(try repository.tip("refs/heads/a") == nil)

        try repository.scratch.write(gate, "")
        try repository.pool("gc").ok()
        #expect(try repository.tip("refs/heads/a") == nil)
        #expect(locks(repository).isEmpty)
        #expect(!repository.records.contains("1.leasing"))
        try repository.add("a").ok()
    }

    @Test("H1 of an add that was killed before git was told, git makes nothing and leaves nothing")
    func untold() throws {
        let (repository, gate) = try held()
        try kill(at: .leasing, repository)
        try repository.scratch.write(gate, "")
        try repository.pool("gc").ok()
        #expect(try repository.tip("refs/heads/a") == nil)
        #expect(locks(repository).isEmpty)
        #expect(repository.records == ["1.idle"])
    }

    @Test("H1 a lock that no lease is written down for goes once nobody holds it")
    func swept() throws {
        let (repository, gate) = try held()
        let add = try repository.scratch.start(
            ["git-pool", "add", "--pid", try repository.scratch.holderPid(), "a"], in: repository.path,
            env: slow(repository))
        try #require(Scratch.poll(10) { !locks(repository).isEmpty && repository.records == ["1.leasing"] })
        try repository.scratch.write("\(repository.state)/branch-0123456789abcdef", "")
        let mine = locks(repository).filter { !$0.hasSuffix("0123456789abcdef") }
        try repository.pool("gc").ok()
        #expect(locks(repository) == mine)
        try repository.scratch.write(gate, "")
        try add.wait().ok()
        #expect(locks(repository).isEmpty)
    }
}
