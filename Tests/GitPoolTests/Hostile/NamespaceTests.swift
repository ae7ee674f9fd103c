import Foundation
import Glibc
import Testing

/// Where /proc shows others, nobody or nothing: what is not known to be dead or empty is kept, and all else works.
@Suite struct NamespaceTests {
    /// Runs a script of `sh` in namespaces of its own; nil where none can be had.
    private func apart(
        _ options: [String], _ script: String, _ repository: Repository, _ arguments: String...
    ) throws -> Outcome? {
        let probe = try repository.scratch.run(["unshare"] + options + ["true"])
        guard probe.status == 0 else {
            print("skipped: no namespaces here: \(probe.err)")
            return nil
        }
        return try repository.scratch.run(
            ["unshare"] + options + ["sh", "-c", script, "sh"] + arguments, in: repository.path)
    }

    @Test("H2 without /proc words are still words, and nobody is taken for gone", arguments: ["none", "empty"])
    func noProc(_ kind: String) throws {
        let repository = try Scratch().repository()
        let holder = try repository.scratch.holder()
        let lease = try repository.lease("a", "--pid", String(holder.pid))
        let hide = kind == "none" ? "umount -l /proc" : "mount -t tmpfs none /proc"
        let script = """
            \(hide) || exit 99
            git-pool add --no-holder b; echo "add $?"
            git-pool add c; echo "guess $?"
            git-pool gc; echo "gc $?"
            git-pool done b; echo "done $?"
            git-pool done --discard b; echo "discard $?"
            git-pool path a
            """
        guard let outcome = try apart(["-m"], script, repository), outcome.status != 99 else { return }
        #expect(
            outcome.lines == [repository.slot(2), "add 0", "guess 128", "gc 0", "done 7", "discard 7", lease],
            "\(outcome)")
        #expect(outcome.err.contains("the processes that run inside: '/proc/self'"))
        #expect(try repository.state(at: lease) == "leased")
        // Whether anybody stands in the slot could not be seen, so it waits for somebody who can.
        #expect(try repository.leased == ["a", "b"])
        try repository.pool("done", "b").check(0)
    }

    @Test("D1 H2 a holder in another pid namespace is nobody's to declare dead, on either side")
    func containers() throws {
        let repository = try Scratch().repository()
        let holder = try repository.scratch.holder()
        let lease = try repository.lease("host", "--pid", String(holder.pid))
        // The container stays, so that no other gets its namespace's number; its lease is of a process that has ended.
        let script = """
            git-pool add --pid $$ lasting
            sleep 900 & dead=$!
            git-pool add --pid $dead inside; kill -9 $dead; wait $dead
            echo >"$1"
            exec sleep 900
            """
        let options = ["-p", "-f", "-m", "--mount-proc"]
        guard try apart(options, "exit 0", repository) != nil else { return }
        let ready = repository.scratch.at("ready")
        let container = try repository.scratch.start(
            ["unshare"] + options + ["sh", "-c", script, "sh", ready], in: repository.path)
        try repository.scratch.until("the container has its leases") { Scratch.exists(ready) }
        let look = "git-pool gc; git-pool doctor; exec git-pool list --json"
        for _ in 0..<2 {
            // Another container: its processes have the same numbers.
            try #require(try apart(options, look, repository)).check(0)
            try repository.pool("gc").check(0)
            #expect(try repository.leased == ["host", "inside", "lasting"])
        }
        for place in ["inside", "lasting"] {
            let holder = try repository.slot(named: place)?["holder"] as? [String: Any]
            #expect(holder?["alive"] is NSNull, "\(String(describing: holder))")
        }
        #expect(Scratch.exists(lease))
        // Whoever is meant is proven dead only from where the number means something.
        holder.kill()
        try #require(try apart(options, "exec git-pool gc", repository)).check(0)
        #expect(repository.records.contains("1.leased"))
        try repository.settle(lease)
        #expect(try repository.leased == ["inside", "lasting"])
        container.kill()
        try repository.pool("gc").check(0)
        #expect(try repository.leased == ["inside", "lasting"])
    }

    @Test("D1 H2 in a pid namespace that kept the outer /proc nothing is read from it")
    func outerProc() throws {
        let repository = try Scratch().repository()
        let script = """
            git-pool add a; echo "guess $?"
            place=$(git-pool add --no-holder b) && cd "$place" && git-pool done b; echo "done $?"
            """
        guard let outcome = try apart(["-p", "-f"], script, repository) else { return }
        #expect(outcome.lines == ["guess 128", "done 7"], "\(outcome)")
        #expect(try repository.leased == ["b"])
        try repository.pool("done", "b").check(0)
    }

    @Test("D1 H2 hidepid: a holder of another user lives as long as it lives, and its end is seen")
    func hidden() throws {
        guard getuid() == 0 else { return print("skipped: only root can become another") }
        let repository = try Scratch().repository()
        let scratch = repository.scratch
        try scratch.sh("chown -R 12345:12345 \"$1\"", scratch.path)
        let holder = try scratch.holder()
        let become = "exec setpriv --reuid=12345 --regid=12345 --clear-groups"
        let hide = "mount -t proc -o hidepid=2 proc /proc || exit 99; "
        // As root leases it, to a process of root's; whoever cleans up later is not shown that process.
        try scratch.git("config", "--global", "--add", "safe.directory", repository.path)
        _ = try repository.lease("a", "--pid", String(holder.pid))
        try scratch.sh("chown -R 12345:12345 \"$1\"", scratch.path)
        guard let outcome = try apart(["-m"], hide + become + " git-pool gc", repository), outcome.status != 99 else {
            return
        }
        outcome.check(0)
        #expect(repository.records == ["1.leased"])
        // An undetermined caller: the shell above it is hidden too.
        let guess = try #require(try apart(["-m"], hide + become + " git-pool add b", repository))
        guess.check(128, says: "cannot be looked at")
        holder.kill()
        _ = try #require(try apart(["-m"], hide + become + " git-pool gc", repository)).check(0)
        try scratch.sh("chown -R 0:0 \"$1\"", scratch.path)
        #expect(try repository.leased.isEmpty)
    }

    @Test("B1 H2 a user namespace in which one is root, as a rootless container has it")
    func userNamespace() throws {
        let repository = try Scratch().repository()
        let script = """
            git-pool add --no-holder a; echo "add $?"
            git-pool done a; echo "done $?"; git-pool gc; git-pool doctor >/dev/null; echo "doctor $?"
            """
        guard let outcome = try apart(["-U", "-r", "-p", "-f", "-m", "--mount-proc"], script, repository) else {
            return
        }
        #expect(outcome.lines == [repository.slot(1), "add 0", "done 0", "doctor 0"], "\(outcome)")
        #expect(try repository.leased.isEmpty)
        // Where its user has no name at all, git says whose repository it is, and we say the same.
        let nobody = "git status >/dev/null 2>\"$1\"; git-pool list; echo $?"
        let words = repository.scratch.at("words")
        let other = try #require(try apart(["-U"], nobody, repository, words))
        if try repository.scratch.read(words).contains("dubious ownership") {
            #expect(other.lines == ["128"] && other.err.contains("dubious ownership"), "\(other)")
        }
    }
}
