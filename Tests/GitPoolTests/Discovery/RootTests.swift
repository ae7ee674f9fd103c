import Foundation
import Glibc
import Testing

@Suite struct RootTests {
    enum Layout: CaseIterable {
        case plain, bare, separateGitDirectory, submodule, absoluteRoot, relativeRoot, linkedRoot

        /// The repository, and where its first slot has to be.
        func make(_ scratch: Scratch) throws -> (repository: Repository, slot: String) {
            switch self {
            case .plain:
                return (try scratch.repository(), scratch.at("repo.pool/repo-1"))
            case .bare:
                let bare = try scratch.bareClone(of: scratch.repository(named: "source"))
                return (bare, scratch.at("x.pool/x-1"))
            case .separateGitDirectory:
                try scratch.directory("store")
                try scratch.git("init", "-q", "--separate-git-dir", scratch.at("store/real.git"), "work")
                let repository = Repository(scratch: scratch, path: scratch.at("work"))
                try repository.commit("first", ["a.txt": "one\n"])
                return (repository, scratch.at("work.pool/work-1"))
            case .submodule:
                let repository = try scratch.repository(named: "super").addSubmodule(at: "sub")
                return (repository, try Layout.configured(repository, scratch.at("sub.pool"), "sub"))
            case .absoluteRoot:
                let repository = try scratch.repository()
                return (repository, try Layout.configured(repository, scratch.at("far/away"), "repo"))
            case .relativeRoot:
                let repository = try scratch.repository()
                try repository.git("config", "pool.root", "../pools")
                return (repository, scratch.at("pools/repo-1"))
            case .linkedRoot:
                let repository = try scratch.repository()
                try scratch.directory("real")
                try scratch.sh("ln -s real link")
                _ = try Layout.configured(repository, scratch.at("link"), "repo")
                return (repository, scratch.at("real/repo-1"))
            }
        }

        private static func configured(_ repository: Repository, _ root: String, _ name: String) throws -> String {
            try repository.git("config", "pool.root", root)
            return "\(root)/\(name)-1"
        }
    }

    @Test("A7 the pool stands where the layout says, and add, list, done and gc work there", arguments: Layout.allCases)
    func layouts(_ layout: Layout) throws {
        let scratch = try Scratch()
        let (repository, slot) = try layout.make(scratch)
        let lease = try repository.lease("a")
        #expect(try Scratch.realPath(lease) == slot)
        #expect(Scratch.exists("\(lease)/a.txt"))
        #expect(try repository.status(of: lease).isEmpty)
        try repository.pool("list").check(0)
        try repository.pool("list", in: lease).check(0)
        try repository.pool("done", "a").check(0)
        try repository.pool("gc").check(0)
        #expect(try Scratch.realPath(try repository.lease("b")) == slot)
        try repository.pool("done", in: slot).check(0)
        try repository.pool("gc").check(0)
    }

    @Test("A7 the pool of a submodule does not land in its superproject")
    func submodule() throws {
        let scratch = try Scratch()
        let outer = try scratch.repository(named: "super")
        let sub = try outer.addSubmodule(at: "sub")
        let lease = try sub.lease("a")
        #expect(!lease.contains("/.git/"))
        #expect(!Scratch.exists("\(outer.path)/.git/modules/sub.pool"))
        #expect(!Scratch.exists("\(outer.path)/.git/modules/sub/sub.pool"))
        #expect(try outer.git("fsck", "--no-progress").status == 0)
    }

    @Test("A7 the main worktree gets no file of ours")
    func outsideTheMainWorktree() throws {
        let repository = try Scratch().repository()
        let before = try repository.snapshot()
        let lease = try repository.lease("a")
        #expect(!lease.hasPrefix(repository.path + "/"))
        let after = try repository.snapshot()
        #expect(after.files == before.files)
        #expect(after.status == before.status)
    }

    @Test("A7 GIT_POOL_ROOT names the root, over the configuration")
    func environment() throws {
        let repository = try Scratch().repository()
        try repository.git("config", "pool.root", repository.scratch.at("configured"))
        let root = repository.scratch.at("named")
        let lease = try repository.lease("a", env: ["GIT_POOL_ROOT": root])
        #expect(lease == "\(root)/repo-1")
        #expect(!Scratch.exists(repository.scratch.at("configured")))
    }

    @Test(
        "A7 a parent that cannot be written: the pool is in XDG_DATA_HOME, or where that is by default",
        arguments: ["data", "", "relative", nil])
    func unwritableParent(_ named: String?) throws {
        let scratch = try Scratch()
        let repository = try scratch.repository(named: "closed/repo")
        // Root may write anywhere: such a run becomes somebody else.
        let user = getuid() == 0 ? ["setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"] : []
        if getuid() == 0 { try scratch.sh("chown -R 12345:12345 \"$1\"", scratch.path) }
        try scratch.sh("chmod 555 closed")
        let holder = try scratch.start(user + ["sleep", "900"])
        let data = named == "data" ? scratch.at("home/data") : named
        let lease = try scratch.run(
            user + ["git", "pool", "add", "--pid", String(holder.pid), "a"], in: repository.path,
            env: ["XDG_DATA_HOME": data])
        let above = scratch.at("home/\(named == "data" ? "data" : ".local/share")/git-pool/repo-")
        #expect(lease.check(0).line.hasPrefix(above), "\(lease)")
        try scratch.run(user + ["git", "pool", "list"], in: lease.line).check(0)
        try scratch.run(user + ["git", "pool", "done", "a"], in: repository.path).check(0)
        try scratch.run(user + ["git", "pool", "gc"], in: repository.path).check(0)
        #expect(scratch.entries("closed") == ["repo"])
        #expect(scratch.entries("closed/repo").sorted() == [".git", "a.txt"])
    }

    @Test("H2 where no slot's path, or its fence's, can be looked at, an add says so at once")
    func tooLong() throws {
        let scratch = try Scratch()
        let long = try scratch.repository(named: String(repeating: "r", count: 248))
        try long.pool("add", "--no-holder", "a", seconds: 20).check(128, says: "File name too long")
        let repository = try scratch.repository()
        let root = scratch.path + String(repeating: "/" + String(repeating: "n", count: 200), count: 19)
        let rest = 4086 - root.utf8.count - 1
        let deep =
            root + "/" + String(repeating: "k", count: rest / 2) + "/"
            + String(repeating: "k", count: rest - rest / 2 - 1)
        try repository.git("config", "pool.root", deep)
        try repository.pool("add", "--no-holder", "a", seconds: 20).check(128, says: "File name too long")
        #expect(try repository.tip("refs/heads/a") == nil)
    }
}
