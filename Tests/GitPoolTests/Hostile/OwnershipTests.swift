import Foundation
import Glibc
import Testing

/// Repositories of others: git's word about them is ours, with every command and from every place.
@Suite struct OwnershipTests {
    private static let other = ["setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"]

    private func strangers(_ scratch: Scratch) throws -> Repository {
        let repository = try scratch.repository(named: "theirs")
        _ = try repository.lease("a")
        // What its owner may have git run on behalf of whoever comes by.
        try repository.git("config", "filter.x.clean", "touch '\(scratch.at("ran"))'; cat")
        try scratch.write("\(repository.commonDirectory)/info/attributes", "* filter=x\n")
        try scratch.write("\(repository.slot(1))/a.txt", "two\n")
        try scratch.sh("chown -R 12345:12345 \"$1\"* && chmod 755 \"$2\"", repository.path, scratch.path)
        return repository
    }

    @Test("H6 another user's repository: refused as git refuses it, and nothing of it runs")
    func dubious() throws {
        guard getuid() == 0 else { return print("skipped: only root can give files away") }
        let scratch = try Scratch()
        let repository = try strangers(scratch)
        try scratch.directory("\(repository.path)/sub")
        let places = [repository.path, "\(repository.path)/sub", repository.slot(1), repository.commonDirectory]
        let commands = [
            ["list", "--status"], ["add", "--no-holder", "b"], ["done", "a"], ["gc"], ["doctor"], ["doctor", "--fix"],
            ["path", "a"], ["whoami"], ["save", "a"], ["land", "a"], ["run", "c", "--", "true"], ["stats", "--disk"],
        ]
        for place in places {
            for words in commands {
                try scratch.run(["git-pool"] + words, in: place).check(128, says: "dubious ownership")
            }
        }
        #expect(!Scratch.exists(scratch.at("ran")))
        #expect(repository.records == ["1.leased"])
        // With git's own leave all of it works, once the pool is ours.
        for place in [repository.path, repository.slot(1)] {
            try scratch.git("config", "--global", "--add", "safe.directory", place)
        }
        try scratch.sh("chown -R 0:0 \"$1\"", repository.state)
        try repository.pool("list").check(0)
    }

    @Test("H2 root leaves another's pool alone, who could not read its records any more, and so does everybody else")
    func sudo() throws {
        guard getuid() == 0 else { return print("skipped: only root can become another") }
        let scratch = try Scratch()
        let repository = try scratch.repository()
        try scratch.git("config", "--global", "safe.directory", "*")
        let holder = try scratch.holder()
        for (name, pid) in [("a", try scratch.holderPid()), ("dead", String(holder.pid))] {
            _ = try repository.lease(name, "--pid", pid)
        }
        holder.kill()
        let commands = [
            ["list"], ["gc"], ["add", "--no-holder", "b"], ["done", "a"], ["doctor", "--fix"], ["save", "a"],
            ["run", "--", "true"], ["warm", "1"],
        ]
        for (owner, become) in [(12345, []), (0, OwnershipTests.other)] {
            try scratch.sh("chown -R \(owner):\(owner) \"$1\"; chmod 755 \"$1\"", scratch.path)
            for words in commands {
                let outcome = try scratch.run(become + ["git-pool"] + words, in: repository.path)
                outcome.check(
                    128, says: "'\(repository.state)' belongs to another user (uid \(owner))", "a clone of your own")
            }
            let strange = try scratch.sh("find repo -not -user \(owner)", in: scratch.path).ok()
            #expect(strange.out.isEmpty)
            #expect(repository.records == ["1.leased", "2.leased"])
        }
        #expect(try repository.leased == ["a"])
    }

    @Test("H2 one that may be read and not written: a clear refusal, and nothing made")
    func readable() throws {
        guard getuid() == 0 else { return print("skipped: only root can become another") }
        let scratch = try Scratch()
        let repository = try scratch.repository()
        try scratch.git("config", "--global", "safe.directory", "*")
        try scratch.sh("chmod -R go+rX \"$1\"", scratch.path)
        for words in [["add", "--no-holder", "a"], ["warm", "1"]] {
            let outcome = try scratch.run(OwnershipTests.other + ["git-pool"] + words, in: repository.path)
            outcome.check(128, says: "Permission denied")
            #expect(outcome.out.isEmpty)
        }
        try scratch.run(OwnershipTests.other + ["git-pool", "list"], in: repository.path).check(0)
        #expect(!Scratch.exists(repository.state) && !Scratch.exists(repository.root))
        // Theirs is the repository, and the root is not.
        let own = try scratch.repository(named: "own")
        try scratch.sh("chown -R 12345:12345 \"$1\"", own.path)
        let root = try scratch.directory("shared")
        chmod(root, 0o755)
        try scratch.run(
            OwnershipTests.other + ["git-pool", "add", "--no-holder", "a"], in: own.path, env: ["GIT_POOL_ROOT": root]
        ).check(128, says: "Permission denied")
        #expect(scratch.entries(root).isEmpty)
        #expect(own.records.isEmpty)
    }
}
