import Foundation
import Testing

/// What a recycled slot keeps of the lease before: ignored files, and nothing else.
@Suite struct ScrubTests {
    private func world() throws -> Repository {
        try Scratch().repository(files: [
            "a.txt": "one\n", "kept.txt": "kept\n", "d/b.txt": "two\n", "e/c.txt": "three\n", ".gitignore": "*.o\n",
        ])
    }

    private func admin(_ lease: String, _ repository: Repository) -> String {
        "\(repository.commonDirectory)/worktrees/\((lease as NSString).lastPathComponent)"
    }

    private func modified(_ path: String) throws -> Date? {
        try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
    }

    /// Leaves behind all that a session can; `sparse` also what only a repository with configuration for each worktree has.
    private func plant(_ lease: String, _ repository: Repository, sparse: Bool) throws {
        let scratch = repository.scratch
        if sparse {
            try repository.git("sparse-checkout", "set", "d", in: lease)
            try repository.git("config", "--worktree", "user.name", "Planted", in: lease)
            #expect(!Scratch.exists("\(lease)/e/c.txt"))
        }
        try repository.commit("mine", ["a.txt": "mine\n"], in: lease)
        try repository.git("branch", "theirs", "main", in: lease)
        try repository.git("bisect", "start", in: lease)
        try repository.git("update-ref", "refs/worktree/planted", "HEAD", in: lease)
        try repository.git("switch", "-q", "--detach", "theirs", in: lease)
        try repository.commit("theirs", ["a.txt": "theirs\n"], in: lease)
        try #require(try scratch.run(["git", "merge", "-q", "a"], in: lease).status != 0)
        try repository.git("update-index", "--assume-unchanged", "kept.txt", in: lease)
        try repository.git("update-index", "--skip-worktree", "d/b.txt", in: lease)
        try scratch.write("\(lease)/d/b.txt", "edited in secret\n")
        try scratch.write("\(lease)/new.txt", "new\n")
        try scratch.write("\(lease)/deep/new.txt", "new\n")
        try scratch.write("\(lease)/cache.o", "expensive\n")
        try scratch.write("\(admin(lease, repository))/index.lock", "")
    }

    @Test("C6 nothing of the last lease is left but ignored files", arguments: [false, true])
    func clean(sparse: Bool) throws {
        let repository = try world()
        let lease = try repository.lease("a")
        let before = try modified("\(lease)/kept.txt")
        try plant(lease, repository, sparse: sparse)
        try repository.pool("done", "--discard", "a").check(0)
        try repository.settle(lease)
        #expect(try repository.lease("b") == lease)

        #expect(try repository.git("status", "--porcelain", "--ignored", in: lease).lines == ["!! cache.o"])
        #expect(try repository.git("symbolic-ref", "HEAD", in: lease).line == "refs/heads/b")
        #expect(try repository.git("ls-files", "-v", in: lease).lines.allSatisfy { $0.hasPrefix("H ") })
        #expect(try repository.scratch.read("\(lease)/e/c.txt") == "three\n")
        #expect(try repository.scratch.read("\(lease)/d/b.txt") == "two\n")
        #expect(try repository.scratch.read("\(lease)/cache.o") == "expensive\n")
        #expect(try modified("\(lease)/kept.txt") == before)
        #expect(try repository.git("for-each-ref", "refs/worktree", "refs/bisect", in: lease).out.isEmpty)
        #expect(try repository.git("config", "user.name", in: lease).line == "Pool Tester")
        let past = try repository.git("log", "-g", "--format=%H", "HEAD", "--", in: lease).lines
        #expect(Set(past).subtracting([try #require(try repository.tip("main"))]).isEmpty, "a past that is not its own")
        let known = ["HEAD", "commondir", "gitdir", "index", "info", "locked", "logs", "refs"]
        #expect(repository.scratch.entries(admin(lease, repository)).filter { !known.contains($0) }.isEmpty)
        #expect(repository.scratch.entries("\(admin(lease, repository))/info").isEmpty)
        try repository.fsck()
    }

    private func pristineLease() throws -> (repository: Repository, path: String) {
        let repository = try world()
        try repository.git("config", "pool.recycle", "pristine")
        return (repository, try repository.lease("a"))
    }

    @Test("C6 with pool.recycle=pristine ignored files go too, and nothing else does")
    func pristine() throws {
        let (repository, lease) = try pristineLease()
        try repository.scratch.write("\(lease)/cache.o", "cache\n")
        try repository.scratch.write("\(lease)/out/deep/x.o", "cache\n")
        let before = try modified("\(lease)/kept.txt")
        try repository.pool("done", "a").check(0)
        try repository.settle(lease)
        #expect(try repository.lease("b") == lease)
        #expect(try repository.git("status", "--porcelain", "--ignored", in: lease).out.isEmpty)
        #expect(!Scratch.exists("\(lease)/out"))
        #expect(try modified("\(lease)/kept.txt") == before)
    }

    @Test("C6 pristine removes what lies deeper than git can name, and empty folders")
    func pristineDeep() throws {
        let (repository, lease) = try pristineLease()
        try repository.scratch.write("\(repository.commonDirectory)/info/exclude", "build/\n")
        let script = """
            mkdir -p build/empty; cd build; name=$(printf 'n%.0s' $(seq 250))
            for level in $(seq 20); do mkdir $name; cd $name; done; echo deep >file
            """
        // Other shells cannot stand so deep.
        try repository.scratch.run(["bash", "-euc", script], in: lease).ok()
        try repository.pool("done", "a").check(0)
        try repository.settle(lease)
        #expect(!Scratch.exists("\(lease)/build"))
    }

    @Test("C6 pristine removes no repository: the slot is kept for its owner")
    func pristineRepository() throws {
        let (repository, lease) = try pristineLease()
        try repository.scratch.write("\(repository.commonDirectory)/info/exclude", "vendor/\n")
        try repository.git("init", "-q", "\(lease)/vendor/inner")
        try repository.scratch.write("\(lease)/vendor/inner/precious.txt", "precious\n")
        try repository.scratch.write("\(lease)/cache.o", "cache\n")
        try repository.pool("done", "a").check(0)
        try repository.pool("gc").check(0)
        #expect(try repository.state(at: lease) == "orphaned")
        #expect(try repository.scratch.read("\(lease)/vendor/inner/precious.txt") == "precious\n")
        #expect(Scratch.exists("\(lease)/cache.o"))
    }

    @Test("C6 what a rule of the lease's own hid is saved before pristine removes anything")
    func pristineHidden() throws {
        let (repository, lease) = try pristineLease()
        try repository.commit("hide", [".gitignore": "*.o\nhidden*\n"], in: lease)
        try repository.scratch.write("\(lease)/hidden.txt", "precious\n")
        try repository.pool("done", "a").check(0)
        try repository.settle(lease)
        #expect(!Scratch.exists("\(lease)/hidden.txt"))
        #expect(try repository.holds("precious\n"))
    }

    @Test("E2 a slot keeps its path, and a hundred leases leave nothing that grows")
    func cycles() throws {
        let repository = try world()
        let lease = try repository.lease("first")
        let path = try Scratch.realPath(lease)
        try repository.scratch.sh("git pool done -q first", in: repository.path).ok()
        try repository.settle(lease)
        func files() throws -> [String] {
            // The journal of the statistics comes with the second lease; its growth has an end (`StatsTests`).
            try tree(of: repository.commonDirectory).keys.filter {
                !$0.hasPrefix("objects/") && $0 != "pool/stats.log"
            }.sorted()
        }
        func size(_ name: String) throws -> Int {
            try tree(of: repository.commonDirectory)[name]?.bytes.count ?? 0
        }
        let before = try files()
        let (refs, log) = (try repository.git("for-each-ref").out, try size("logs/HEAD"))
        let script = """
            i=0
            while [ $i -lt 100 ]; do
                i=$((i + 1))
                place=$(git-pool add -q --no-holder "n$i")
                [ "$place" = "$1" ]
                git-pool done -q "n$i"
            done
            """
        try repository.scratch.sh(script, path, in: repository.path).ok()
        #expect(try files() == before)
        #expect(try repository.git("for-each-ref").out == refs)
        #expect(try size("logs/HEAD") == log)
        #expect(try size("pool/stats.log") < 100 * 200)
        #expect(try Scratch.realPath(repository.slot(1)) == path)
        #expect(try repository.slots().count == 1)
        #expect(repository.scratch.entries(repository.root).sorted() == [".git-pool", "repo-1", "trash"])
        #expect(repository.scratch.entries("\(repository.root)/trash").isEmpty)
    }
}
