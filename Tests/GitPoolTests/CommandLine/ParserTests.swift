import Testing

@testable import PoolCommands

@Suite struct ParserTests {
    private static let syntax = Syntax(
        "try",
        summary: "try",
        forms: ["git pool try"],
        options: [
            .flag("json", "j"),
            .flag("no-holder", "h"),
            .value("branch", short: "b", "branch", "b"),
            .value("from", "commit", "f"),
            .flag("fresh", "f"),
            .flag("fetch", "f"),
            .optionalValue("wait", short: "w", "duration", "w"),
            .flag("z", "z"),
        ],
        exclusive: [["json", "branch", "from"]],
        needs: ["z": "json"],
        operands: 0...3
    )
    private static let running = Syntax("run", summary: "r", forms: ["r"], operands: 0...1, takesCommand: true)
    private static let passing = Syntax("pass", summary: "p", forms: ["p"], operands: 0...9, stopsAtOperand: true)

    private func read(_ words: String..., by syntax: Syntax = syntax) throws -> Arguments {
        guard case .run(let arguments) = try Parser.parse(words, by: syntax) else { throw Explained() }
        return arguments
    }

    private struct Explained: Error {}

    @Test(arguments: [
        (["--branch", "x"], "x"), (["--branch=x"], "x"), (["-bx"], "x"), (["-b", "x"], "x"), (["--br=x"], "x"),
        (["-qbx"], "x"), (["-qvb", "x"], "x"), (["--branch="], ""), (["-b", "-x"], "-x"), (["-b", "--", "-v"], "--"),
        (["-b", "one", "-b", "two"], "two"), (["operand", "--branch", "x"], "x"), (["-b=x"], "=x"),
        (["--branch=a=b"], "a=b"), (["-b\u{301}x"], "\u{301}x"),
    ])
    func `a required value stands apart or stuck`(words: [String], value: String) throws {
        #expect(try Parser.parse(words, by: Self.syntax).arguments?.value("branch") == value)
    }

    @Test func `optional values are only stuck`() throws {
        #expect(try read("--wait=30s").value("wait") == "30s")
        #expect(try read("-w30s").value("wait") == "30s")
        let apart = try read("--wait", "30s")
        #expect(apart.value("wait") == nil)
        #expect(apart.has("wait"))
        #expect(apart.operands == ["30s"])
        #expect(try read("--wait=1", "--no-wait").has("wait") == false)
        #expect(try read("--wait=1", "--no-wait").value("wait") == nil)
    }

    @Test func `the last mention of a flag wins`() throws {
        #expect(try read("--json", "--no-json").flag("json") == false)
        #expect(try read("--no-json", "--json").flag("json"))
        #expect(try read().setting("json") == nil)
        #expect(try read("--no-json").setting("json") == false)
        #expect(try read("--no-holder").flag("no-holder"))
        #expect(try read("--no-holder", "--holder").flag("no-holder") == false)
        #expect(try read("--json", "-vzq").flag("z"))
    }

    @Test func `all values count from where they were last taken back`() throws {
        #expect(try read("-ba", "--branch", "b").values("branch") == ["a", "b"])
        #expect(try read("-w1", "--no-wait", "-w2", "--wait").values("wait") == ["2"])
    }

    @Test func `operands begin after the dashes, and one dash is an operand`() throws {
        #expect(try read("a", "--", "--json", "--").operands == ["a", "--json", "--"])
        #expect(try read("--end-of-options", "-x", "--").operands == ["-x", "--"])
        #expect(try read("-", "--json").operands == ["-"])
        #expect(try read("a").command == nil)
    }

    @Test func `a command stands after the dashes`() throws {
        let plain = try read("name", "-q", "--", "make", "--", "-h", by: Self.running)
        #expect(plain.operands == ["name"])
        #expect(plain.command == ["make", "--", "-h"])
        #expect(plain.flag("quiet"))
        let odd = try read("--end-of-options", "-name", "--", "make", by: Self.running)
        #expect(odd.operands == ["-name"])
        #expect(odd.command == ["make"])
    }

    @Test func `some commands pass everything after the first operand`() throws {
        let passed = try read("-q", "a", "--frob", "-h", "--", by: Self.passing)
        #expect(passed.operands == ["a", "--frob", "-h", "--"])
        #expect(passed.flag("quiet"))
    }

    @Test(arguments: [
        (["-h"], Request.usage(all: false)), (["a", "-qh", "--json"], .usage(all: false)),
        (["--help-all"], .usage(all: true)), (["x", "--help"], .manual),
    ])
    func `a wish for an explanation ends the reading`(words: [String], request: Request) throws {
        #expect(try Parser.parse(words, by: Self.syntax) == request)
    }

    @Test(arguments: [
        (["--frob"], "error: unknown option `frob'", true),
        (["--frob=3"], "error: unknown option `frob=3'", true),
        (["--json=3"], "error: option `json' takes no value", false),
        (["--no-json=3"], "error: option `no-json' takes no value", false),
        (["--no-branch"], "error: unknown option `no-branch'", true),
        (["--=x"], "error: unknown option `=x'", true),
        (["--fet", "--f"], "error: ambiguous option: f (could be --from, --fresh, or --fetch)", false),
        (["--fr"], "error: ambiguous option: fr (could be --from or --fresh)", false),
        (["--from"], "error: option `from' requires a value", false),
        (["--bra"], "error: option `branch' requires a value", false),
        (["-b"], "error: switch `b' requires a value", false),
        (["-X"], "error: unknown switch `X'", true),
        (["-qX"], "error: unknown switch `X'", true),
        (["-é"], "error: unknown non-ascii option in string: `-é'", true),
        (["-json"], "error: did you mean `--json` (with two dashes)?", false),
        (["-quiet"], "error: did you mean `--quiet` (with two dashes)?", false),
        (["--json", "--from=x"], "fatal: options '--json' and '--from' cannot be used together", false),
        (
            ["--from=x", "-bx", "--json"],
            "fatal: options '--json', '--branch', and '--from' cannot be used together",
            false
        ),
        (["-z"], "fatal: the option '-z' requires '--json'", false),
        (["a", "b", "c", "d"], "fatal: too many arguments", true),
        (["--\u{1B}[31m"], "error: unknown option `?[31m'", true),
    ])
    func `refusals in git's words`(words: [String], message: String, showsUsage: Bool) {
        let error = #expect(throws: UsageError.self) { try Parser.parse(words, by: Self.syntax) }
        let text = error?.text() ?? ""
        #expect(text.hasPrefix(message + "\n"))
        #expect(text.contains("usage: git pool try\n") == showsUsage)
    }

    @Test func `negated options exclude nothing`() throws {
        #expect(try read("--no-json", "-bx").value("branch") == "x")
    }

    @Test(arguments: [[], ["name"], ["name", "--"]])
    func `a command is required`(words: [String]) {
        #expect(throws: UsageError(.noCommand, Self.running)) { try Parser.parse(words, by: Self.running) }
    }

    @Test func `values are read by their kind, or refused`() throws {
        let arguments = try read("--wait=4m", "-b", "17")
        #expect(try arguments.duration("wait")?.seconds == 240)
        #expect(try arguments.integer("branch") == 17)
        #expect(try arguments.size("branch")?.bytes == 17)
        #expect(try arguments.duration("from") == nil)
        let error = #expect(throws: UsageError.self) { try read("--wait=soon").duration("wait") }
        #expect(error?.text() == "error: option `wait' expects a duration such as 90s, 4m, 2h or 30d\n")
        let number = #expect(throws: UsageError.self) { try read("--from=-1").integer("from") }
        #expect(number?.text() == "error: option `from' expects a number of at least 0\n")
    }
}

extension Request {
    fileprivate var arguments: Arguments? {
        switch self {
        case .run(let arguments): arguments
        case .usage, .manual: nil
        }
    }
}
