import Foundation
import Testing

@Suite struct MessagesTests {
    static let commands = [
        "add", "done", "gc", "list", "path", "whoami", "show", "run", "save", "restore", "keep", "adopt", "doctor",
        "install", "uninstall", "version",
    ]

    @Test("G8 -h prints usage on standard output and exits 129, with a repository or without", arguments: commands)
    func usage(_ command: String) throws {
        let scratch = try Scratch()
        let outcome = try scratch.pool(command, "-h").check(129)
        #expect(outcome.out.hasPrefix("usage: git pool \(command)"), "\(outcome)")
        #expect(outcome.err.isEmpty)
        for line in outcome.lines { #expect(!line.hasSuffix(".") || line.hasSuffix("..."), "\(line)") }
    }

    @Test("G8 git-pool -h is usage too, and the command alone is the list or usage")
    func bare() throws {
        let repository = try Scratch().repository()
        for words in [["git-pool", "-h"], ["git", "pool", "-h"]] {
            let outcome = try repository.scratch.run(words, in: repository.path).check(129)
            #expect(outcome.out.hasPrefix("usage: "), "\(outcome)")
        }
        _ = try repository.lease("a")
        // Of two looks a second apart the ages differ.
        try repository.scratch.until("both are the same list") {
            try repository.pool().check(0).out == repository.pool("list").out
        }
        try repository.scratch.pool(in: try repository.scratch.directory("empty")).check(129)
    }

    @Test("G8 an option or command that is not there is a usage error", arguments: commands)
    func unknownOption(_ command: String) throws {
        let repository = try Scratch().repository()
        let outcome = try repository.pool(command, "--frobnicate").check(
            129, says: "error: unknown option `frobnicate'")
        #expect(outcome.err.contains("usage: git pool \(command)"), "\(outcome)")
        #expect(outcome.out.isEmpty)
        try repository.pool("frobnicate").check(129, says: "frobnicate")
    }

    @Test(
        "G8 a repository that is not there is fatal",
        arguments: commands.filter {
            !["run", "install", "uninstall", "version"].contains($0)
        })
    func noRepository(_ command: String) throws {
        let scratch = try Scratch()
        let words = ["save", "restore", "keep", "adopt"].contains(command) ? ["x"] : []
        let outcome = try scratch.run(["git", "pool", command] + words)
        outcome.check(128, says: "fatal: ", "nor one 2 levels below)")
        #expect(outcome.out.isEmpty)
    }

    @Test("G8 abbreviations, stuck values, --no-x, -- and --end-of-options as in gitcli(7)")
    func grammar() throws {
        let repository = try Scratch().repository()
        let pid = try repository.scratch.holderPid()
        func add(_ words: String...) throws -> Outcome {
            try repository.scratch.run(["git", "pool", "add", "--pid=\(pid)"] + words, in: repository.path)
        }
        #expect(try add("--det", "a").check(0).line == repository.slot(1))
        try add("-bstuck", "b").check(0)
        #expect(try repository.tip("refs/heads/stuck") != nil)
        try add("--detach", "--no-detach", "c").check(0)
        #expect(try repository.tip("refs/heads/c") != nil)
        try add("--end-of-options", "d").check(0)
        try add("--", "e").check(0)
        try add("--detach=yes", "f").check(129)
        try add("--from").check(129)
        try add("-b", "g", "--detach", "g").check(129)
        try add("g", "h").check(129)
    }

    @Test(
        "H3 a name that git would not take as a branch, or that is an option, makes nothing",
        arguments: [
            "a..b", "a b", "a\nb", "/a", "a/", ".a", "a.lock", "@{", "a~1", "a^", "a:b", "a?", "a*", "a[", "a\\b",
            "-a", "..", ".", String(repeating: "n", count: 4096),
        ])
    func names(_ name: String) throws {
        let repository = try Scratch().repository()
        let before = try repository.snapshot()
        let outcome = try repository.add("--", name)
        #expect(outcome.status == 128 || outcome.status == 129 || outcome.status == 1, "\(outcome)")
        #expect(outcome.out.isEmpty)
        #expect(try repository.snapshot() == before)
        #expect(try repository.leased.isEmpty)
    }

    @Test("H3 a command in a hint does what it says and nothing else, whatever the lease is called")
    func typedHints() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        let lease = try repository.lease("x;touch${IFS}pwned")
        try scratch.write("\(lease)/work.txt", "unsaved\n")
        func typed(_ outcome: Outcome, after words: String) throws -> Outcome {
            let line = try #require(outcome.err.split(separator: "\n").first { $0.contains(words) }, "\(outcome)")
            return try scratch.sh(
                String(line[try #require(line.range(of: "git pool")).lowerBound...]), in: repository.path)
        }
        let saved = try typed(repository.pool("done", "x;touch${IFS}pwned").check(7), after: "keep it for later").ok()
        #expect(try repository.leased.isEmpty)
        let hint = try #require(saved.err.split(separator: "\n").last { $0.contains("git pool restore") })
        let restore = try #require(hint.wholeMatch(of: /.*?'(git pool restore .*)'/)).1
        try scratch.sh(String(restore) + " --no-holder", in: repository.path).ok()
        #expect(try repository.leased == ["x;touch${IFS}pwned"])
        #expect(!Scratch.exists("\(repository.path)/pwned"))
    }

    @Test("G8 who holds up a release is named by done, by a name that is taken, and by a full pool")
    func heldUp() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        try repository.git("config", "pool.max", "1")
        let lease = try repository.lease("a")
        try repository.pool("done", "-n", "a").check(0)
        let daemon = try scratch.start(["sleep", "900"], in: lease)
        let who = "a process inside it, sleep (pid \(daemon.pid))"
        // Nothing is there to commit, to save or to throw away.
        let refused = try repository.pool("done", "a").check(
            7, says: "error: 'a' is in use:", who, "again when it has left", "git pool done --save a")
        #expect(!refused.err.contains("commit it") && !refused.err.contains("--discard"), "\(refused)")
        for _ in 0..<2 { try repository.pool("done", "--discard", "a").check(0, says: "released 'a'", who) }
        try repository.add("a").check(6, says: "being released", "held up by \(who)")
        let full = try repository.add("b").check(4, says: "being released", "held up by \(who)", "'--wait' waits")
        #expect(!full.err.contains("git pool done a"), "\(full)")
        daemon.kill()
        #expect(try repository.lease("b") == lease)
    }

    @Test("G8 done of a branch that no lease is called after names the lease that is on it")
    func byBranch() throws {
        let repository = try Scratch().repository()
        try repository.git("branch", "topic")
        _ = try repository.lease("a", "-b", "topic")
        let outcome = try repository.pool("done", "topic").check(
            0, says: "no lease named 'topic'; nothing to release", "hint: 'a' is on the branch 'topic': git pool done a"
        )
        #expect(outcome.out.isEmpty)
        #expect(try repository.leased == ["a"])
    }

    @Test("G8 restore speaks of saves, not of leases, and names the list that has them")
    func unknownSave() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("fix-login")
        try repository.pool("restore", "fix-logn").check(
            1, says: "nothing is saved of 'fix-logn'", "'git pool list --saved'")
        // It is where it was left.
        try repository.pool("restore", "fix-login").check(
            1, says: "nothing is saved of 'fix-login'", "hint: its work is in '\(lease)'")
        try repository.scratch.write("\(lease)/new.txt", "new\n")
        try repository.pool("done", "--save", "fix-login").check(0)
        let outcome = try repository.pool("restore", "fix-logn").check(1, says: "did you mean 'fix-login'?")
        #expect(!outcome.err.contains("lease"), "\(outcome)")
    }

    @Test("G8 every complaint is in git's style")
    func style() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        let lease = try repository.lease("a")
        try scratch.write("\(lease)/work.txt", "unsaved\n")
        let complaints = [
            try scratch.pool("list", in: try scratch.directory("empty")), try repository.add("a"),
            try repository.add("--from=nosuch", "b"),
            try repository.add("--branch", "main", "c"), try repository.pool("done", "a"),
            try repository.pool("restore", "nosuch"),
            try repository.pool("show", "nosuch"), try repository.pool("adopt", "nosuch"),
            try repository.add("--pid", "0", "d"), try repository.add("--ttl", "soon", "e"),
            try repository.pool("run", "--", "/no/such/program"),
        ]
        for complaint in complaints {
            #expect(complaint.status != 0 && complaint.out.isEmpty, "\(complaint)")
            let lines = complaint.err.split(separator: "\n").map(String.init)
            #expect(lines.contains { $0.hasPrefix("fatal: ") || $0.hasPrefix("error: ") }, "\(complaint)")
            for line in lines {
                let prefixes = ["fatal: ", "error: ", "warning: ", "hint: "]
                guard let prefix = prefixes.first(where: line.hasPrefix) else { continue }
                let text = line.dropFirst(prefix.count)
                #expect(text.first?.isUppercase == false, "\(line)")
                #expect(!text.hasSuffix(".") || text.hasSuffix("..."), "\(line)")
            }
        }
    }
}
