import Foundation
import Testing

@testable import GitPool
@testable import PoolCommands

/// The variables of a lease, for every reader, and the numbers among them.
@Suite struct EnvTests {
    private static let odd = [
        "", " ", "plain/path", "two words", "it's", "\"", "$HOME $(touch pwned) `touch pwned`", "a\\b\\\\c\\", "!x",
        "-n", "~", "*", "#x #y", "one\ntwo\n", "ü→\u{1F600}", "'\"$`\\", ";|&<>", "%41", "=",
    ]

    private func written(_ format: VariableFormat, _ values: [String]) -> String {
        let variables = values.enumerated().map { LeaseVariables.Variable(name: "V\($0)", value: $1) }
        return format.text(LeaseVariables(values: variables, withdrawn: ["GONE"]))
    }

    @Test("G3 env: every value comes out of every shell as it went in", arguments: ["sh", "bash", "zsh", "fish"])
    func shells(shell: String) throws {
        let scratch = try Scratch()
        let file = try scratch.write("vars", written(shell == "fish" ? .fish : .sh, EnvTests.odd))
        let reader =
            "import os,sys; sys.stdout.write(''.join(os.environ['V%d'%i]+'\\0' for i in range(\(EnvTests.odd.count)))"
            + "+str('GONE' in os.environ))"
        try scratch.write("reader.py", reader)
        let script =
            shell == "fish"
            ? "cat \(file) | source; python3 \(scratch.at("reader.py"))"
            : "set -eu; eval \"$(cat \(file))\"; python3 \(scratch.at("reader.py"))"
        let words = [shell] + (shell == "fish" ? ["--no-config"] : shell == "zsh" ? ["-f"] : []) + ["-c", script]
        let outcome = try scratch.run(words, env: ["GONE": "there", "LC_ALL": "C.UTF-8"]).ok()
        #expect(outcome.out.components(separatedBy: "\0") == EnvTests.odd + ["False"], "\(outcome)")
        #expect(!Scratch.exists(scratch.at("pwned")))
    }

    @Test("G3 env: dotenv values as docker, dotenv and the shell read them, or said to be read differently")
    func dotenv() {
        #expect(VariableFormat.dotenv("/a/b-c_d.e:1").text == "/a/b-c_d.e:1")
        #expect(VariableFormat.dotenv("two words #x $HOME \"q\" \\n").text == "'two words #x $HOME \"q\" \\n'")
        #expect(VariableFormat.dotenv("one\ntwo").text == "'one\ntwo'")
        #expect(VariableFormat.dotenv("it's") == ("\"it's\"", true))
        #expect(VariableFormat.dotenv("it's $5") == ("\"it's \\$5\"", false))
        #expect(VariableFormat.dotenv("a\\\\b") == ("\"a\\\\\\\\b\"", false))
        #expect(VariableFormat.dotenv("") == ("", true))
    }

    @Test("G3 env: of a name, of the place one stands in, and of nothing")
    func command() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        let place = try repository.lease("a'b", "-b", "b")
        let named = try repository.pool("env", "a'b").ok()
        #expect(named.lines.first == "export GIT_POOL_PATH=\(place)")
        #expect(try repository.pool("env", in: place).ok().out == named.out)
        #expect(try repository.pool("env", "--format=dotenv", in: place).ok().lines.contains("GIT_POOL_BRANCH=b"))
        let there = try scratch.sh(
            "eval \"$(git pool env)\"; cd /; cd \"$GIT_POOL_PATH\"; echo \"$GIT_POOL_NAME\"", in: place)
        #expect(try there.ok().line == "a'b")
        let empty = try repository.pool("env")
        #expect(empty.status == 1 && empty.out == "", "\(empty)")
        #expect(try repository.pool("env", "nobody").check(1, says: "error: no lease named 'nobody'").out == "")
        try repository.pool("done", "a'b").ok()
        try repository.settle(place)
        #expect(try repository.pool("env", "1").check(1, says: "is not leased").out == "")
        try repository.pool("env", "--format=csh").check(
            129, says: "option `format' expects one of sh, fish, dotenv, json")
    }

    @Test("E6 every slot has a number and ports of its own, the same for every lease of it")
    func ports() throws {
        let repository = try Scratch().repository()
        func numbers(_ name: String) throws -> (slot: Int, port: Int) {
            let env = try #require(try repository.pool("env", "--format=json", name).object() as? [String: String])
            return (try #require(Int(env["GIT_POOL_SLOT"] ?? "")), try #require(Int(env["GIT_POOL_PORT"] ?? "")))
        }
        var blocks: [ClosedRange<Int>] = []
        for name in ["a", "b", "c"] {
            _ = try repository.lease(name)
            let (slot, port) = try numbers(name)
            #expect(port == 20_000 + slot * 10)
            #expect(!blocks.contains { $0.overlaps(port...(port + 9)) })
            blocks.append(port...(port + 9))
        }
        let place = try repository.pool("path", "b").ok().line
        let before = try numbers("b")
        try repository.pool("done", "b").ok()
        try repository.settle(place)
        #expect(try repository.lease("d") == place)
        #expect(try numbers("d") == before)
        try repository.git("config", "pool.portBase", "3000")
        try repository.git("config", "pool.portCount", "3")
        #expect(try numbers("d").port == 3000 + before.slot * 3)
        #expect(try repository.pool("run", "--", "printenv", "GIT_POOL_PORT").ok().line == "3012")
    }

    @Test("E6 ports that there are not are said, never wrapped round")
    func outOfRange() throws {
        let repository = try Scratch().repository()
        _ = try repository.lease("a")
        try repository.git("config", "pool.portBase", "65526")
        let said = "warning: slot 1 has no ports: pool.portBase 65526 + 1 x pool.portCount 10 is too high"
        let outcome = try repository.pool("env", "a").check(0, says: said)
        #expect(outcome.out.contains("GIT_POOL_SLOT=1") && !outcome.out.contains("GIT_POOL_PORT"))
        let run = try repository.pool("run", "--", "printenv", "GIT_POOL_PORT", env: ["GIT_POOL_PORT": "5"])
        run.check(1, says: "slot 2 has no ports")
        try repository.git("config", "pool.portBase", "65516")
        #expect(try repository.pool("env", "a").ok().lines.contains("export GIT_POOL_PORT=65526"))
        try repository.git("config", "pool.portCount", "0")
        try repository.pool("list").check(
            128, says: "bad value '0' for 'pool.portcount': expected a number from 1 to 65535")
    }

    @Test("B8 a full group leaves the others free, and an unknown one is a usage error that lists them")
    func groups() throws {
        let repository = try Scratch().repository()
        try repository.add("--group=ios", "x").check(129, says: "error: unknown group 'ios'", "pool.group.ios.max <n>")
        for (group, limit) in [("ios", "1"), ("android", "2")] {
            try repository.git("config", "pool.group.\(group).max", limit)
        }
        _ = try repository.lease("a", "--group=ios")
        try repository.add("--group=ios", "b").check(4, says: "group 'ios' is full (1 of 1)", "  a: ")
        #expect(try repository.linkedWorktrees.count == 1)
        _ = try repository.lease("b", "--group=android")
        _ = try repository.lease("c")
        #expect(try repository.pool("env", "b").ok().lines.contains("export GIT_POOL_GROUP=android"))
        try repository.add("--group=web", "d").check(129, says: "error: unknown group 'web'", "groups: android, ios")
        #expect(try repository.tip("d") == nil)
        try repository.pool("done", "a").ok()
        _ = try repository.lease("d", "--group=ios")
    }
}
