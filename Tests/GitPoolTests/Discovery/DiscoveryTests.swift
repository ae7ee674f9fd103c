import Foundation
import Git
import Glibc
import Testing

@Suite struct DiscoveryTests {
    @Test("A1 one pool from nested folders, leases and linked worktrees")
    func samePool() throws {
        let repository = try Scratch().repository(files: ["deep/er/a.txt": "one\n"])
        let lease = try repository.lease("a")
        let linked = repository.scratch.at("linked")
        try repository.git("worktree", "add", "-q", "--detach", linked)
        for place in ["\(repository.path)/deep/er", lease, "\(lease)/deep/er", linked, repository.commonDirectory] {
            let outcome = try repository.pool("path", "a", in: place)
            #expect(outcome.check(0).line == lease, "from \(place)")
        }
        let second = try repository.lease("b", in: "\(lease)/deep")
        #expect(Scratch.parent(of: second) == Scratch.parent(of: lease))
        #expect(try repository.slots().compactMap { $0["name"] as? String }.sorted() == ["a", "b"])
    }

    @Test("A1 a bare repository and its worktrees")
    func bare() throws {
        let scratch = try Scratch()
        let repository = try scratch.bareClone(of: scratch.repository(named: "source"))
        let lease = try repository.lease("a")
        #expect(Scratch.exists("\(lease)/a.txt"))
        #expect(try repository.pool("path", "a", in: lease).check(0).line == lease)
        #expect(try repository.pool("path", "a", in: "\(repository.path)/refs").check(0).line == lease)
    }

    @Test("A1 a bare repository whose name ends in a carriage return")
    func carriageReturn() throws {
        let scratch = try Scratch()
        let repository = try scratch.bareClone(of: scratch.repository(), named: "x\r")
        let lease = try repository.lease("a")
        #expect(Scratch.exists("\(lease)/a.txt"))
        try repository.pool("done", "a", in: lease).check(0)
    }

    @Test("A1 a checkout with its git directory elsewhere")
    func separateGitDirectory() throws {
        let scratch = try Scratch()
        try scratch.directory("store")
        try scratch.git("init", "-q", "--separate-git-dir", scratch.at("store/real.git"), "work")
        let repository = Repository(scratch: scratch, path: scratch.at("work"))
        try repository.commit("first", ["a.txt": "one\n"])
        let lease = try repository.lease("a")
        #expect(try repository.pool("path", "a", in: lease).check(0).line == lease)
        #expect(Scratch.exists(scratch.at("store/real.git/pool/slots")))
        #expect(!lease.hasPrefix(scratch.at("store")))
    }

    @Test("A1 a submodule is a repository of its own")
    func submodule() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository(named: "super")
        let sub = try repository.addSubmodule(at: "sub")
        let lease = try sub.lease("a")
        #expect(!lease.contains("/.git/"))
        #expect(Scratch.exists("\(repository.path)/.git/modules/sub/pool/slots"))
        #expect(try repository.slots().isEmpty)
        #expect(try repository.pool("path", "a").status == 1)
    }

    @Test("A1 two repositories of one name have two pools")
    func sameBasename() throws {
        let scratch = try Scratch()
        let repositories = [try scratch.repository(named: "p/repo"), try scratch.repository(named: "q/repo")]
        let leases = try repositories.map { try $0.lease("a") }
        #expect(leases[0] != leases[1])
        for (repository, lease) in zip(repositories, leases) {
            #expect(try repository.slots().compactMap { $0["path"] as? String } == [lease])
        }
    }

    @Test("A2 a workspace that contains the only repository")
    func workspace() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository(named: "ws/codewhale")
        try scratch.directory("ws/.hidden")
        try scratch.git("init", "-q", "ws/.hidden/other")
        let pid = try scratch.holderPid()
        let workspace = scratch.at("ws")
        for name in ["a", "b"] {
            let outcome = try scratch.pool("add", "--pid", pid, name, in: workspace)
            #expect(outcome.check(0).line.hasPrefix(repository.root + "/"))
        }
        #expect(try repository.slots().count == 2)
    }

    @Test("A2 the search goes as deep as pool.discoverDepth, and never into a repository")
    func depth() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository(named: "ws/x/y/deep")
        try scratch.directory("ws/z")
        let workspace = scratch.at("ws")
        try scratch.pool("list", in: workspace).check(128)
        try scratch.run(["git", "-c", "pool.discoverDepth=3", "pool", "list"], in: workspace).check(0)
        try scratch.pool("list", in: scratch.at("ws/x")).check(0)
        // A repository inside the repository is not a second candidate.
        try scratch.git("init", "-q", "\(repository.path)/vendored")
        try scratch.pool("list", in: scratch.at("ws/x/y")).check(0)
    }

    @Test("A3 several repositories: all are named and nothing is made")
    func several() throws {
        let scratch = try Scratch()
        let repositories = [try scratch.repository(named: "ws/A"), try scratch.repository(named: "ws/B")]
        let before = try repositories.map { try $0.snapshot() }
        let outcome = try scratch.pool("add", "--pid", try scratch.holderPid(), "a", in: scratch.at("ws"))
        outcome.check(128, says: "ws/A", "ws/B", "-C")
        #expect(outcome.out.isEmpty)
        #expect(try repositories.map { try $0.snapshot() } == before)
        #expect(scratch.entries("ws") == ["A", "B"])
        #expect(repositories.allSatisfy { !Scratch.exists($0.state) })
    }

    @Test("A4 no repository: the paths tried are named and a sibling is not picked")
    func nothing() throws {
        let scratch = try Scratch()
        let notes = try scratch.directory("home/notes")
        let repository = try scratch.repository(named: "home/repo")
        let pid = try scratch.holderPid()
        try scratch.pool("add", "--pid", pid, "a", in: notes).check(128, says: notes)
        #expect(scratch.entries("home/notes").isEmpty)
        #expect(!Scratch.exists(repository.root))
        #expect(!Scratch.exists(repository.state))
    }

    @Test("A5 git's own overrides hold: -c, -C, GIT_DIR, GIT_CEILING_DIRECTORIES")
    func overrides() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository(files: ["deep/a.txt": "one\n"])
        let lease = try repository.lease("a")
        let pid = try scratch.holderPid()
        let limited = ["git", "-c", "pool.max=1", "pool", "add", "--pid", pid, "b"]
        try scratch.run(limited, in: repository.path).check(4)
        let elsewhere = try scratch.run(["git", "-C", "repo", "pool", "path", "a"])
        #expect(elsewhere.check(0).line == lease)
        let empty = try scratch.directory("empty")
        let named = try scratch.pool("path", "a", in: empty, env: ["GIT_DIR": repository.commonDirectory])
        #expect(named.check(0).line == lease)
        let ceiling: [String: String?] = ["GIT_CEILING_DIRECTORIES": repository.path]
        try scratch.pool("path", "a", in: "\(repository.path)/deep", env: ceiling).check(128)
    }

    @Test("A5 a repository of somebody else is refused in git's words", .enabled(if: getuid() == 0))
    func safeDirectory() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        try repository.git("config", "pool.root", scratch.at("planted"))
        try scratch.sh("chown -R 12345 \"$1\"", repository.path)
        let pid = try scratch.holderPid()
        let outcome = try scratch.pool("add", "--pid", pid, "a", in: repository.path)
        outcome.check(128, says: "dubious ownership", "safe.directory")
        #expect(!Scratch.exists(scratch.at("planted")))
        #expect(!Scratch.exists(repository.root))
        #expect(!Scratch.exists(repository.state))
    }

    @Test("A5 a boolean of the configuration is what git takes for one")
    func booleans() throws {
        let scratch = try Scratch()
        for value in ["true", "Yes", "on", "1", "2", "-1", "1k", "false", "no", "OFF", "0", "00", "", "maybe", "1x"] {
            let answer = try scratch.run(["git", "-c", "a.b=\(value)", "config", "--type=bool", "a.b"])
            let configuration = Configuration(parsing: Array("a.b\n\(value)\0".utf8))
            let taken = (try? configuration.bool("a.b")).flatMap { $0 }
            #expect(taken == (answer.status == 0 ? answer.line == "true" : nil), "\(value)")
        }
    }

    @Test("A6 an add in a git hook finds the repository, whatever GIT_DIR says")
    func hook() throws {
        let repository = try Scratch().repository()
        let hook = "#!/bin/sh\ngit pool add --pid \(try repository.scratch.holderPid()) hooked >hooked.out\n"
        try repository.scratch.write("\(repository.commonDirectory)/hooks/pre-commit", hook, mode: 0o755)
        try repository.scratch.write("\(repository.path)/a.txt", "two\n")
        try repository.git("commit", "-qam", "second")
        let lease = try repository.scratch.read("\(repository.path)/hooked.out").dropLast()
        #expect(try repository.pool("path", "hooked").check(0).line == String(lease))
        // The index that the hook saw is the commit's, not the lease's.
        #expect(try repository.status(of: String(lease)).isEmpty)
        #expect(try repository.git("show", "--format=", "--name-only", "HEAD").line == "a.txt")
    }

    @Test("A6 from an alias in a subdirectory, where git moved to the top")
    func alias() throws {
        let repository = try Scratch().repository(files: ["deep/a.txt": "one\n"])
        let lease = try repository.lease("a")
        try repository.git("config", "alias.p", "!git pool path a")
        #expect(try repository.git("p", in: "\(repository.path)/deep").line == lease)
        try repository.git("config", "alias.r", "!git pool path")
        #expect(try repository.git("r", in: "\(lease)/deep").line == lease)
    }
}
