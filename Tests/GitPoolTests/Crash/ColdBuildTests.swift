import Foundation
import GitPool
import Testing

/// While a slot is made, its path is nobody's yet: whatever somebody puts there stays.
@Suite struct ColdBuildTests {
    static let building: [FaultPoint] = [
        .addDrafted, .addDirectory, .addTree, .addCloned, .addPopulated, .addHeaded,
    ]

    private func repository(_ layout: String) throws -> Repository {
        let repository = try Scratch().repository(files: ["a.txt": "one\n", "d/b.txt": "two\n"])
        if layout == "git's" { try repository.leaveWorktreesToGit() }
        return repository
    }

    private func add(_ repository: Repository, _ point: FaultPoint, meanwhile: () throws -> Void) throws -> Outcome {
        try repository.interrupt(at: point, "add", "--pid", repository.scratch.holderPid(), "x", meanwhile: meanwhile)
    }

    private func tamper(_ repository: Repository) throws {
        try repository.scratch.write("\(repository.slot(1))/a.txt", "precious\n")
        try repository.scratch.write("\(repository.slot(1))/own.txt", "precious too\n")
    }

    private func isKept(_ repository: Repository) throws -> Bool {
        try repository.holds("precious\n") && repository.holds("precious too\n")
    }

    @Test("B3 no git command meets a half-made worktree where extensions.worktreeConfig is set and no file is used")
    func worktreeConfig() throws {
        let repository = try repository("ours")
        try repository.git("config", "extensions.worktreeConfig", "true")
        let outcome = try add(repository, .addPopulated) {
            #expect(repository.scratch.entries("\(repository.path)/.git/worktrees").isEmpty)
            try repository.git("fetch", "-q", ".")
        }
        let lease = try outcome.ok().line
        #expect(try repository.git("status", "--porcelain", in: lease).out.isEmpty)
        #expect(repository.scratch.entries("\(repository.path)/.git/worktrees") == ["repo-1"])
        // What a slot has, a worktree of git's own has too.
        try repository.git("worktree", "add", "-q", repository.scratch.at("mine"))
        let layout = ["config.worktree", "info/sparse-checkout"].filter { name in
            ["mine", "repo-1"].contains { Scratch.exists("\(repository.path)/.git/worktrees/\($0)/\(name)") }
        }
        #expect(layout.isEmpty)
    }

    @Test("H5 C3 what somebody writes at the path of a slot that is being made stays", arguments: building)
    func beside(_ point: FaultPoint) throws {
        let repository = try repository("ours")
        // A donor, so that files are cloned.
        _ = try repository.lease("first")
        let outcome = try add(repository, point) {
            #expect(!Scratch.exists(repository.slot(2)))
            try repository.scratch.write("\(repository.slot(2))/a.txt", "precious\n")
        }
        #expect(outcome.check(0).line == repository.slot(3))
        #expect(try repository.scratch.read("\(repository.slot(2))/a.txt") == "precious\n")
        #expect(repository.scratch.entries(repository.slot(2)) == ["a.txt"])
        #expect(try repository.git("status", "--porcelain", in: repository.slot(3)).out.isEmpty)
        #expect(try repository.git("symbolic-ref", "--short", "HEAD", in: repository.slot(3)).line == "x")
        #expect(try repository.slots().count == 2)
        #expect(try repository.holds("precious\n"))
    }

    @Test("H5 C3 what was written to a slot whose add is killed stays", arguments: building)
    func killed(_ point: FaultPoint) throws {
        let repository = try repository("ours")
        _ = try repository.add("x", env: ["GIT_POOL_FAULT": point.rawValue])
        try tamper(repository)
        for _ in 0..<2 { try repository.pool("gc").check(0) }
        #expect(try repository.scratch.read("\(repository.slot(1))/a.txt") == "precious\n")
        #expect(try repository.scratch.read("\(repository.slot(1))/own.txt") == "precious too\n")
        #expect(try repository.slots().isEmpty)
        #expect(repository.scratch.entries(repository.root).filter { $0.hasPrefix(".fenced-") } == [])
        try repository.fsck()
    }

    @Test(
        "H5 C3 a tree that came to its path before the kill is judged like any other",
        arguments: [FaultPoint.addPlaced, .addPublished], ["add", "warm"])
    func placed(_ point: FaultPoint, _ command: String) throws {
        let repository = try repository("ours")
        switch command {
        case "add": _ = try repository.add("x", env: ["GIT_POOL_FAULT": point.rawValue])
        default: _ = try repository.pool("warm", env: ["GIT_POOL_FAULT": point.rawValue])
        }
        try tamper(repository)
        for _ in 0..<2 { try repository.pool("gc").check(0) }
        #expect(try isKept(repository))
        try repository.checkSound()
    }

    @Test("H5 F4 a kill while the tree's .git file is written leaves nothing behind a fence")
    func draft() throws {
        let repository = try repository("ours")
        _ = try repository.add("x", env: ["GIT_POOL_FAULT": "add.directory"])
        try repository.scratch.write("\(repository.root)/.fenced-repo-1/.git.0123456789abcdef.tmp", "gitdir: /now")
        try repository.pool("gc").check(0)
        #expect(!Scratch.exists("\(repository.root)/.fenced-repo-1"))
        #expect(try repository.lease("x") == repository.slot(1))
    }

    @Test(
        "H5 F4 what a killed add left goes where the repository was moved, and stays where it was copied",
        arguments: [FaultPoint.addTree, .addHeaded, .addPlaced], ["mv", "cp -a"])
    func elsewhere(_ point: FaultPoint, _ command: String) throws {
        let repository = try repository("ours")
        _ = try repository.add("x", env: ["GIT_POOL_FAULT": point.rawValue])
        let place = point == .addPlaced ? repository.slot(1) : "\(repository.root)/.fenced-repo-1"
        if point == .addPlaced { try tamper(repository) }
        let before = try tree(of: place)
        let other = repository.scratch.at("other")
        try repository.scratch.sh("\(command) \"$1\" \"$2\"", repository.path, other).ok()
        _ = try repository.pool("gc", in: other)
        if command == "mv" {
            #expect(Scratch.exists(place) == (point == .addPlaced))
            try repository.scratch.sh("mv \"$1\" \"$2\"", other, repository.path).ok()
        } else {
            #expect(try tree(of: place) == before)
        }
        for _ in 0..<2 { try repository.pool("gc").check(0) }
        #expect(!repository.scratch.entries(repository.root).contains(".fenced-repo-1"))
        if point == .addPlaced { #expect(try isKept(repository)) }
        try repository.fsck()
    }

    @Test(
        "H5 C3 where git makes the worktree, what somebody writes into it stays",
        arguments: [FaultPoint.addRegistered, .addHidden, .addCloned, .addPopulated, .addHeaded])
    func throughGit(_ point: FaultPoint) throws {
        let repository = try repository("git's")
        _ = try add(repository, point) { try tamper(repository) }
        #expect(try isKept(repository))
        for _ in 0..<2 { try repository.pool("gc").check(0) }
        #expect(try isKept(repository))
        try repository.fsck()
    }

    @Test(
        "H5 C3 the same where the add is killed there", arguments: [FaultPoint.addRegistered, .addHidden, .addHeaded])
    func killedThroughGit(_ point: FaultPoint) throws {
        let repository = try repository("git's")
        _ = try repository.add("x", env: ["GIT_POOL_FAULT": point.rawValue])
        try tamper(repository)
        for _ in 0..<2 { try repository.pool("gc").check(0) }
        #expect(try isKept(repository))
        try repository.fsck()
    }
}
