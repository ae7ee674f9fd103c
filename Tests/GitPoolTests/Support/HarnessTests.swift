import Foundation
import Testing

/// The harness itself: a test that leans on it must be able to fail.
@Suite struct HarnessTests {
    @Test("a scratch repository is real, isolated, and gone afterwards")
    func isolation() throws {
        var path = ""
        do {
            let scratch = try Scratch()
            path = scratch.path
            let repository = try scratch.repository(files: ["a.txt": "one\n", "d/b.txt": "two\n"])
            #expect(try repository.git("log", "--format=%an %at").line == "Pool Tester 1767225600")
            #expect(try repository.git("symbolic-ref", "HEAD").line == "refs/heads/main")
            #expect(try scratch.sh("echo \"$HOME $GIT_POOL_AUTO\"").line == "\(path)/home 0")
            #expect(try scratch.run(["sh", "-c", "cat; exit 3"], input: "in").check(3).out == "in")
        }
        #expect(!Scratch.exists(path))
    }

    @Test("a program that does not end is killed and fails the wait")
    func boundedWait() throws {
        let scratch = try Scratch()
        let sleeper = try scratch.holder()
        withKnownIssue { _ = try sleeper.wait(0.05) }
        #expect(!sleeper.isRunning)
    }

    @Test("a snapshot sees each thing that may change")
    func snapshots() throws {
        let repository = try Scratch().repository()
        let before = try repository.snapshot()
        #expect(try repository.snapshot() == before)
        try repository.git("tag", "v1")
        #expect(try repository.snapshot().refs != before.refs)
        try repository.git("config", "a.b", "c")
        #expect(try repository.snapshot().config != before.config)
        try repository.scratch.write("\(repository.path)/a.txt", "two\n")
        #expect(try repository.snapshot().files != before.files)
        try repository.git("stash", "-q")
        #expect(try repository.snapshot().stash != before.stash)
        #expect(try repository.snapshot().reflogs != before.reflogs)
    }

    @Test("a tree holds names of any bytes, modes and link targets")
    func trees() throws {
        let scratch = try Scratch()
        try scratch.sh(#"mkdir t; cd t; printf 'x' > "$(printf 'l\344t')"; ln -s nowhere link; : > run; chmod 755 run"#)
        let entries = try tree(of: scratch.at("t"))
        #expect(entries.keys.sorted() == ["l\\xe4t", "link", "run"])
        #expect(entries["link"]?.target == "nowhere")
        #expect(entries["run"].map { $0.mode & 0o777 } == 0o755)
        #expect(entries["l\\xe4t"]?.bytes == Data("x".utf8))
    }

    @Test("a terminal is typed at, read, and hung up")
    func terminals() throws {
        let scratch = try Scratch()
        let shell = try Terminal(scratch, ["bash", "--norc", "-i"])
        shell.type("tty -s && echo a-$((40 + 2))\n")
        try shell.wait(for: "a-42")
        shell.type("exit 7\n")
        #expect(try shell.process.wait().status == 7)
        let other = try Terminal(
            scratch, ["bash", "-c", "trap 'echo hung > hup; exit' HUP; echo ready; read -r line; exit 1"])
        try other.wait(for: "ready")
        #expect(other.pid != nil)
        other.hangUp()
        try scratch.until("SIGHUP") { Scratch.exists(scratch.at("hup")) }
    }
}
