import Foundation
import Glibc
import Testing

/// What somebody put where we read and write: links, pipes, numbers beyond all measure, names with line feeds.
@Suite struct PlantedTests {
    @Test(
        "H3 a number beyond all measure in a record makes it one that is not understood",
        arguments: [
            "lease.leasedAt", "lease.keepUntil", "lease.leasedAtSinceBoot", "created", "used", "uses",
            "lease.expiresAt",
        ])
    func numbers(_ key: String) throws {
        let repository = try Scratch().repository()
        let holder = try repository.scratch.holder()
        let lease = try repository.lease("a", "--pid", String(holder.pid))
        try repository.scratch.write("\(lease)/new.txt", "precious\n")
        holder.kill()
        let path = "\(repository.state)/slots/1.leased"
        let text = try repository.scratch.read(path)
        for value in ["9223372036854775806", "-9223372036854775808"] {
            let lines = text.split(separator: "\n").filter { !$0.hasPrefix(key + " ") && $0 != "end" }
            try repository.scratch.write(path, (lines + ["\(key) \(value)", "end"]).map { $0 + "\n" }.joined())
            for words in [["list"], ["gc"], ["stats"], ["show", lease], ["doctor"], ["done", "--discard", lease]] {
                let outcome = try repository.scratch.run(["git-pool"] + words, in: repository.path)
                #expect(outcome.status <= 129, "\(outcome)")
            }
            #expect(try repository.scratch.read("\(lease)/new.txt") == "precious\n")
            #expect(repository.records == ["1.leased"])
        }
        try repository.add("b").check(0)
    }

    @Test("H3 configuration beyond all measure is taken for the most there is, or refused")
    func settings() throws {
        let repository = try Scratch().repository()
        _ = try repository.lease("a")
        for key in [
            "orphanTtl", "ttl", "saveExpire", "fetchInterval", "idleTimeout", "maxAge", "max", "warm", "minFree",
        ] {
            for value in ["9223372036854775807", "-9223372036854775808"] {
                for words in [["list"], ["gc", "-n"], ["add", "-h"], ["stats"]] {
                    let outcome = try repository.scratch.run(
                        ["git", "-c", "pool.\(key)=\(value)", "pool"] + words, in: repository.path)
                    #expect([0, 128, 129].contains(outcome.status), "\(outcome)")
                }
            }
        }
        let holder = try repository.scratch.holder()
        let lease = try repository.lease("b", "--pid", String(holder.pid))
        try repository.scratch.write("\(lease)/new.txt", "precious\n")
        holder.kill()
        let forever: [String: String?] = ["GIT_POOL_FAKE_SECONDS": "1000"]
        try repository.git("config", "pool.orphanTtl", "9223372036854775807")
        try repository.pool("gc", env: forever).check(0)
        #expect(try repository.state(at: lease) == "orphaned")
    }

    @Test(
        "H4 a pipe in the place of a file is nothing to wait for",
        arguments: [
            "pool/slots/2.leased", "pool/slots/2.idle", "pool/root", "pool/home", "pool/git", "pool/configuration",
            "pool/stats",
            "pool/stats.log",
            "pool/keeper.log", "packed-refs", "logs/refs/stash", "worktrees/repo-1/locked", "worktrees/x/gitdir",
        ])
    func pipes(_ name: String) throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.scratch.write("\(lease)/new.txt", "precious\n")
        let path = "\(repository.commonDirectory)/\(name)"
        try repository.scratch.directory(Scratch.parent(of: path))
        unlink(path)
        #expect(mkfifo(path, 0o600) == 0)
        // git itself waits for ever where it reads such a file.
        let isGits = ["packed-refs", "logs/refs/stash", "worktrees/repo-1/locked", "worktrees/x/gitdir"].contains(name)
        for words in isGits ? [["path"]] : [["list"], ["stats"], ["done", "a"], ["gc"]] {
            let outcome = try repository.scratch.run(
                ["git-pool"] + words + (words == ["path"] ? ["a"] : []), in: repository.path, seconds: 20)
            #expect(outcome.status <= 129, "\(outcome)")
        }
        #expect(try repository.scratch.read("\(lease)/new.txt") == "precious\n")
    }

    @Test(
        "H6 a link in the place of a file of ours is not written through",
        arguments: [
            "lock", "slots/1.lock", "keeper.log", "keeper.lock", "keeper.fifo", "stats.log", "fetch.lock",
        ])
    func links(_ name: String) throws {
        let repository = try Scratch().repository()
        _ = try repository.lease("a")
        try repository.git("config", "pool.idleTimeout", "never")
        let target = try repository.scratch.write("target", "theirs\n")
        let path = "\(repository.state)/\(name)"
        unlink(path)
        symlink(target, path)
        _ = try repository.pool("done", "a", env: ["GIT_POOL_AUTO": nil])
        for words in [["gc"], ["keeper", repository.commonDirectory], ["list"]] {
            _ = try repository.scratch.run(["git-pool"] + words, in: repository.path)
        }
        #expect(try repository.scratch.read("target") == "theirs\n")
        let dangling = repository.scratch.at("dangling")
        unlink(path)
        symlink(dangling, path)
        _ = try repository.pool("done", "a")
        _ = try repository.pool("gc")
        #expect(!Scratch.exists(dangling))
    }

    @Test("H6 under umask 0 nobody else can read or write what the pool keeps")
    func privacy() throws {
        let repository = try Scratch().repository()
        let script = #"""
            umask 0
            place=$(git pool add --no-holder a); printf 'secret\n' >"$place/new.txt"; git -C "$place" pool claim new.txt
            git pool save a; git pool done --save a; git pool gc; git pool add --no-holder --session s b
            """#
        try repository.scratch.sh(script, in: repository.path)
        #expect(repository.records.count == 1)
        try walk(repository.state) { name, status in
            #expect(
                status.st_mode & 0o077 == 0,
                "\(String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))")
        }
        for place in [repository.root, "\(repository.root)/.git-pool"] {
            var status = stat()
            #expect(lstat(place, &status) == 0 && status.st_mode & 0o077 == 0, "\(place)")
        }
    }

    @Test("H6 started with another user's rights it does nothing")
    func setUserID() throws {
        guard getuid() == 0 else { return print("skipped: only root can lend rights") }
        let repository = try Scratch().repository()
        for option in ["--euid=12345", "--egid=12345"] {
            let words = ["setpriv", option] + (option.hasPrefix("--egid") ? ["--clear-groups"] : [])
            try repository.scratch.run(words + ["git-pool", "add", "--no-holder", "a"], in: repository.path)
                .check(128, says: "fatal: refusing to run with the rights of another user")
        }
        #expect(!Scratch.exists(repository.state))
    }

    @Test("H3 a repository or a root whose path has a line feed is refused before anything is made")
    func lineFeed() throws {
        let scratch = try Scratch()
        let plain = try scratch.repository()
        let repository = try scratch.repository(named: "re\npo")
        try scratch.git("clone", "-q", "--bare", plain.path, "ba\nre.git")
        for place in [repository.path, scratch.at("ba\nre.git")] {
            for words in [["add", "--no-holder", "a"], ["list"], ["gc"], ["doctor"]] {
                try scratch.run(["git-pool"] + words, in: place).check(128, says: "has a line feed in its name")
            }
        }
        #expect(!Scratch.exists(repository.state))
        try plain.add("a", env: ["GIT_POOL_ROOT": scratch.at("ro\not")]).check(128, says: "has a line feed in its name")
        #expect(!Scratch.exists(scratch.at("ro\not")))
        // A folder below it is no part of any path that is written down.
        try scratch.directory("\(plain.path)/sub\nfolder")
        try plain.add("a", in: "\(plain.path)/sub\nfolder").check(0)
    }
}
