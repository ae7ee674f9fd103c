import Foundation
import Glibc
import Testing

@Suite struct SetupTests {
    private func repository() throws -> Repository {
        try Scratch().repository(files: ["a.txt": "one\n", "app/Cargo.lock": "1\n", ".gitignore": "*.log\n"])
    }

    private func hook(_ name: String, _ text: String, _ repository: Repository) throws {
        try repository.scratch.write("\(repository.path)/.git/hooks/\(name)", "#!/bin/sh\n\(text)\n", mode: 0o755)
    }

    private func recycle(_ lease: String, _ name: String, _ repository: Repository) throws {
        try repository.pool("done", name).check(0)
        try repository.settle(lease)
    }

    @Test("B16 pool.setup runs in order in the slot, told of the lease; stdout is the path alone")
    func runs() throws {
        let repository = try repository()
        try repository.git("config", "pool.setup", "echo chatty; pwd >first.log; env | grep ^GIT_ >>first.log; cat")
        try repository.git("config", "--add", "pool.setup", "cat first.log >second.log")
        let outcome = try repository.add("a", env: ["GIT_INDEX_FILE": "/nowhere", "GIT_POOL_PORT": "1"]).check(
            0, says: "chatty")
        let lease = repository.slot(1)
        #expect(outcome.out == lease + "\n")
        let told = try repository.scratch.read("\(lease)/second.log").split(separator: "\n").map(String.init)
        #expect(told.first == lease)
        for line in ["GIT_POOL_PATH=\(lease)", "GIT_POOL_NAME=a", "GIT_POOL_BRANCH=a", "GIT_POOL_SLOT=1"] {
            #expect(told.contains(line), "\(told)")
        }
        #expect(!told.contains { $0.hasPrefix("GIT_INDEX_FILE") })
        #expect(try repository.status(of: lease).isEmpty)
    }

    @Test("B16 a reused slot is set up again only for another lockfile, other commands, or what a session installed")
    func again() throws {
        let repository = try repository()
        let scratch = repository.scratch
        try repository.git("config", "pool.setup", "echo run >>setup.log")
        let lease = try repository.lease("a")
        func runs() throws -> Int { try scratch.read("\(lease)/setup.log").split(separator: "\n").count }
        func next(_ name: String) throws -> Int {
            #expect(try repository.lease(name) == lease)
            let count = try runs()
            try recycle(lease, name, repository)
            return count
        }
        try recycle(lease, "a", repository)
        try repository.commit("no lockfile", ["a.txt": "two\n"])
        #expect(try next("b") == 1)
        try repository.commit("lockfile", ["app/Cargo.lock": "2\n"])
        #expect(try next("c") == 2)
        #expect(try next("d") == 2)
        // A session that took another lockfile leaves what it installed for it.
        #expect(try repository.lease("e") == lease)
        try repository.commit("own", ["app/Cargo.lock": "3\n"], in: lease)
        try recycle(lease, "e", repository)
        #expect(try next("f") == 3)
        try repository.git("config", "pool.lockfiles", "other.lock")
        try repository.commit("lockfile", ["app/Cargo.lock": "4\n"])
        #expect(try next("g") == 3)
        try repository.git("config", "pool.setup", "echo again >>setup.log")
        #expect(try next("h") == 4)
    }

    @Test(
        "B16 a failure leaves no path, no lease, no branch, and nothing is lost",
        arguments: [false, true], ["command", "hook"])
    func failure(_ isWarm: Bool, _ kind: String) throws {
        let repository = try repository()
        if isWarm {
            let lease = try repository.lease("old")
            try recycle(lease, "old", repository)
        }
        let script = "echo chatty; echo junk >junk.txt; exit 3"
        if kind == "hook" {
            try hook("pool-post-add", script, repository)
        } else {
            try repository.git("config", "pool.setup", "(\(script))")
        }
        let before = try repository.snapshot()
        let outcome = try repository.add("a").check(1, says: "chatty", "status 3")
        #expect(outcome.out.isEmpty)
        let after = try repository.snapshot()
        #expect(after.refs == before.refs && after.config == before.config && after.files == before.files)
        #expect(try repository.slot(named: "a") == nil)
        #expect(try repository.leased.isEmpty)
        #expect(try repository.holds("junk\n"))
        try repository.checkSound()
        try hook("pool-post-add", "exit 0", repository)
        try repository.git("config", "pool.setup", "")
        let lease = try repository.lease("a")
        #expect(try repository.status(of: lease).isEmpty)
    }

    @Test("B16 Ctrl-C in a set-up ends it and the lease; a set-up that outlives git-pool keeps the slot")
    func interrupted() throws {
        let repository = try repository()
        let scratch = repository.scratch
        try repository.git("config", "pool.setup", "echo $$ >\(scratch.path)/pid; exec sleep 600")
        let add = try repository.startAdd("a")
        try scratch.until("the set-up runs") { Scratch.exists(scratch.at("pid")) }
        kill(add.pid, SIGINT)
        try add.wait().check(130, says: "signal 2")
        #expect(try repository.slot(named: "a") == nil)
        #expect(try repository.tip("refs/heads/a") == nil)
        try repository.checkSound()

        Scratch.remove(scratch.at("pid"))
        let killed = try repository.startAdd("b")
        try scratch.until("the set-up runs") { (try? scratch.read("pid").isEmpty) == false }
        let pid = try #require(Int32(try scratch.read("pid").dropLast()))
        kill(killed.pid, SIGKILL)
        _ = try killed.wait()
        try repository.pool("gc").check(0)
        #expect(repository.records.contains { $0.hasSuffix(".leasing") }, "\(repository.records)")
        kill(pid, SIGKILL)
        try scratch.until("it is taken back") {
            try repository.pool("gc").ok()
            return try repository.slot(named: "b") == nil
        }
        #expect(try repository.tip("refs/heads/b") == nil)
        try repository.checkSound()
    }

    @Test("B16 a signal in the moment in which a set-up has started, and git-pool does not know it yet, ends it too")
    func interruptedEarly() throws {
        let repository = try repository()
        try repository.git("config", "pool.setup", "exec sleep 600")
        let add = try repository.scratch.start(
            ["git-pool", "add", "--no-holder", "a"], in: repository.path,
            env: ["GIT_POOL_FAULT": "program.started:pause"])
        try repository.scratch.until("it is stopped there") { add.stopped == [add.pid] }
        add.signal(SIGINT)
        add.signal(SIGCONT)
        try add.wait().check(130, says: "signal 2")
        #expect(try repository.slot(named: "a") == nil)
        try repository.checkSound()
    }

    @Test("B16 what nohup had ignored stays ignored in a set-up")
    func ignoredSignals() throws {
        let repository = try repository()
        let scratch = repository.scratch
        try repository.git("config", "pool.setup", "grep SigIgn /proc/$$/status >\(scratch.path)/mask")
        try scratch.run(["sh", "-c", "trap '' HUP; exec git-pool add --no-holder a"], in: repository.path).ok()
        let mask = try #require(scratch.read("mask").split(separator: "\t").last?.dropLast())
        #expect(try #require(UInt64(mask, radix: 16)) & 1 << (SIGHUP - 1) != 0, "\(mask)")
    }

    @Test("B16 a slot that is killed while it is set up for whoever comes next is taken back by the next gc")
    func killedWhileWarming() throws {
        let repository = try repository()
        try repository.git("config", "pool.setup", "echo half >half.txt; kill -9 $PPID")
        try repository.pool("warm", "1").check(137)
        #expect(repository.records == ["1.warming"])
        try repository.git("config", "--unset", "pool.setup")
        try repository.scratch.until("the set-up has ended") {
            try repository.pool("gc").ok()
            return repository.records == ["1.idle"]
        }
        #expect(!Scratch.exists("\(repository.slot(1))/half.txt"))
        let saved = try #require(
            try repository.git("for-each-ref", "--format=%(refname)", "refs/pool/saved").lines.first)
        #expect(try repository.git("show", "\(saved):half.txt").out == "half\n")
        try repository.checkSound()
    }

    @Test("B16 a daemon that a set-up leaves behind does not keep the slot's lock")
    func daemon() throws {
        let repository = try repository()
        let scratch = repository.scratch
        try repository.git(
            "config", "pool.setup", "cd /; setsid sleep 600 >/dev/null 2>&1 </dev/null & echo $! >\(scratch.path)/pid")
        _ = try repository.lease("a")
        let pid = try #require(Int32(try scratch.read("pid").dropLast()))
        defer { kill(pid, SIGKILL) }
        try repository.pool("done", "a", env: ["GIT_POOL_LOCK_TIMEOUT": "0"]).check(0)
    }

    @Test("B16 pool-post-add is told whether the worktree is new, and finds the hook where git would")
    func postAdd() throws {
        let repository = try repository()
        let scratch = repository.scratch
        try scratch.write(
            "hooks/pool-post-add", "#!/bin/sh\necho \"$1 $GIT_POOL_NAME $PWD\" >>\(scratch.path)/told\n", mode: 0o755)
        try repository.git("config", "core.hooksPath", scratch.at("hooks"))
        let lease = try repository.lease("a")
        try recycle(lease, "a", repository)
        _ = try repository.lease("b")
        #expect(try scratch.read("told") == "1 a \(lease)\n0 b \(lease)\n")
    }

    @Test("B16 pool-pre-done may refuse and may call git-pool; pool-post-done hears of the release")
    func doneHooks() throws {
        let repository = try repository()
        let scratch = repository.scratch
        try hook(
            "pool-pre-done",
            "git pool keep $GIT_POOL_NAME && git pool keep --no-keep $GIT_POOL_NAME || exit 9\n[ -e ok.log ]",
            repository)
        try hook("pool-post-done", "echo \"$GIT_POOL_NAME $PWD\" >>\(scratch.path)/told; exit 4", repository)
        let lease = try repository.lease("a")
        try repository.pool("done", "a").check(1, says: "pool-pre-done", "status 1")
        #expect(try repository.leased == ["a"])
        #expect(!Scratch.exists(scratch.at("told")))
        try scratch.write("\(lease)/new.txt", "work\n")
        try scratch.write("\(lease)/ok.log", "")
        // Work at risk is refused as ever, before anybody is asked.
        try repository.pool("done", "a").check(7, says: "untracked")
        try repository.pool("done", "-n", "--save", "a").check(0)
        #expect(!Scratch.exists(scratch.at("told")))
        try repository.pool("done", "--save", "a").check(0, says: "warning", "pool-post-done")
        #expect(try scratch.read("told") == "a \(repository.path)\n")
        try repository.settle(lease)
    }
}
