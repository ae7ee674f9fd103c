import Testing

@testable import PoolCommands

@Suite struct SyntaxTests {
    @Test(arguments: Syntax.all)
    func `the tables are consistent`(syntax: Syntax) {
        let names = syntax.options.map(\.name)
        let letters = syntax.options.compactMap(\.short)
        let spellings = syntax.spellings.map(\.text)
        #expect(Set(names).count == names.count)
        #expect(Set(letters).count == letters.count)
        #expect(Set(spellings).count == spellings.count)
        #expect(Set(syntax.exclusive.joined()).isSubset(of: names))
        #expect(Set(syntax.needs.keys).union(syntax.needs.values).isSubset(of: names))
        #expect(!letters.contains("h"))
        for text in syntax.options.map(\.help) + [syntax.summary] {
            #expect(text.first?.isLowercase == true || text.hasPrefix("HEAD"))
            #expect(text.last != ".")
        }
    }

    @Test func `every command of the contract is there once`() {
        let names = Syntax.all.flatMap { [$0.name] + $0.aliases }
        #expect(Set(names).count == names.count)
        let shown = Syntax.all.filter { !$0.isHidden }.flatMap { [$0.name] + $0.aliases }
        #expect(
            shown.sorted() == [
                "add", "adopt", "claim", "doctor", "done", "env", "gc", "hook", "init", "install", "keep", "land",
                "list", "ls",
                "map", "path", "restore", "run", "save", "show", "stats", "status", "trust", "uninstall", "version",
                "warm", "whoami", "why",
            ]
        )
        #expect(CommandEntry.all.map(\.name) == Syntax.all.map(\.name))
        let hidden = Syntax.all.filter(\.isHidden).map(\.name)
        #expect(hidden == ["keeper", "_upkeep", "_hook", "_session-exit", "_env", "_clone", "_complete"])
    }

    @Test func `usage is laid out as git does`() {
        let syntax = Syntax(
            "try",
            summary: "try",
            forms: ["git pool try [<options>] [<name>]", "git pool try --forever"],
            options: [
                .value("branch", short: "b", "branch", "take a branch"),
                .optionalValue("wait", "duration", "wait"),
                .value("format", "(sh|fish)", "choose"),
                .value("delete-branch", "n", "at the limit"),
                .flag("z", "end with NUL"),
            ]
        )
        #expect(
            Usage.text(syntax) == """
                usage: git pool try [<options>] [<name>]
                   or: git pool try --forever

                    -q, --quiet           say nothing but the answer and errors
                    -v, --verbose         say each git command that is run
                    -b, --branch <branch>
                                          take a branch
                    --wait[=<duration>]   wait
                    --format (sh|fish)    choose
                    --delete-branch <n>   at the limit
                    -z                    end with NUL


                """
        )
    }

    @Test func `the overview names what is shown`() {
        let overview = Usage.overview()
        #expect(overview.hasPrefix("usage: git pool [<options>]\n   or: git pool <command> "))
        #expect(overview.contains("\n    add                   lease a worktree and print its path\n"))
        #expect(!overview.contains("_hook"))
        #expect(Usage.overview(showsHidden: true).contains("    _session-exit         "))
        #expect(overview.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test func `the first word chooses what is asked`() throws {
        guard case .overview(all: false) = try Invocation(["-h"]),
            case .overview(all: true) = try Invocation(["--help-all"]), case .manual = try Invocation(["--help"]),
            case .command(let show, .manual) = try Invocation(["why", "--help"]),
            case .command(let list, .usage(all: false)) = try Invocation(["status", "-h"]),
            case .bare(.run(let silent)) = try Invocation([]), case .bare(.run(let json)) = try Invocation(["--json"])
        else {
            Issue.record("read as something else")
            return
        }
        #expect(show.syntax == ShowCommand.syntax)
        #expect(list.syntax == ListCommand.syntax)
        #expect(!silent.flag("json"))
        #expect(json.flag("json"))
    }

    @Test func `an unknown command gets a hint`() {
        let error = #expect(throws: UsageError.self) { try Invocation(["lsit"]) }
        let text = error?.text() ?? ""
        #expect(text.hasPrefix("error: unknown subcommand: `lsit'\nusage: git pool"))
        #expect(text.hasSuffix("\nhint: did you mean 'git pool list'?\n"))
        #expect(error?.text(showsHints: false).contains("hint:") == false)
    }

    @Test func `what other tools call a command leads to a command that there is`() {
        let words = [
            "rm", "remove", "release", "switch", "cd", "exec", "prune", "repair", "lock", "merge", "pop", "resume",
        ]
        for word in words {
            let meant = OtherWords.meant(by: word)?.split(separator: " ").first.map(String.init)
            #expect(Syntax.all.contains { $0.name == meant && !$0.isHidden }, "\(word)")
            #expect(!Syntax.all.contains { $0.name == word || $0.aliases.contains(word) }, "\(word)")
        }
        let error = #expect(throws: UsageError.self) { try Invocation(["rm", "x"]) }
        #expect(error?.text().hasSuffix("\nhint: did you mean 'git pool done'?\n") == true)
    }

    @Test func `one word more than a command takes leads to the option or the dashes`() {
        for (words, hint) in [
            (
                ["add", "../x", "main"],
                "hint: the pool chooses the place; '--from <commit-ish>' chooses another start\n"
            ),
            (["run", "make", "test"], "hint: the command stands behind '--'\n"),
            (["run", "make"], "hint: the command stands behind '--'\n"),
            (["map", "make"], "hint: the command stands behind '--'\n"),
        ] {
            let error = #expect(throws: UsageError.self) { try Invocation(words) }
            #expect(error?.text().hasSuffix(hint) == true, "\(error?.text() ?? "")")
        }
    }

    @Test func `each command refuses what its options exclude`() throws {
        let refused: [([String], String)] = [
            (["add", "-bx", "--detach"], "fatal: options '--branch' and '--detach' cannot be used together\n"),
            (["add", "--pid=1", "--no-holder"], "fatal: options '--pid' and '--no-holder' cannot be used together\n"),
            (["done", "--save", "--discard"], "fatal: options '--save' and '--discard' cannot be used together\n"),
            (
                ["done", "--mine", "--all", "--session=x"],
                "fatal: options '--mine', '--session', and '--all' cannot be used together\n"
            ),
            (["restore", "x", "--here", "--fetch"], "fatal: options '--here' and '--fetch' cannot be used together\n"),
            (["list", "-z"], "fatal: the option '-z' requires '--porcelain'\n"),
            (["ls", "--json", "--porc"], "fatal: options '--json' and '--porcelain' cannot be used together\n"),
        ]
        for (words, message) in refused {
            let error = #expect(throws: UsageError.self) { try Invocation(words) }
            #expect(error?.text() == message)
        }
        for words in [["run", "name"], ["path", "a", "b"], ["adopt"], ["save", "a", "b"], ["gc", "x"]] {
            #expect(throws: UsageError.self) { try Invocation(words) }
        }
        for words in [
            ["run", "-bfoo", "name", "--", "sh", "-c", "exit 7"], ["_hook", "post-checkout", "-x", "--y"],
            ["hook", "install", "--global"], ["_complete", "--", "git", "pool", "--j"], ["keep", "a", "--no-keep"],
            ["done", "a", "b", "--keep=2h", "-n", "--no-keep-branch"], ["add", "--", "-name"],
        ] {
            #expect(throws: Never.self) { try Invocation(words) }
        }
    }

    @Test(arguments: [
        ("dome", ["done"]), ("staus", ["status"]), ("lst", ["list"]), ("pth", ["path"]), ("instal", ["install"]),
        ("x", []),
        ("zz", []), ("frobnicate", []), ("rnu", ["run"]), ("", []), ("keepr", ["keep"]), ("GC", []),
    ])
    func `a mistyped command finds those it is like`(typed: String, names: [String]) {
        let known = Syntax.all.filter { !$0.isHidden }.flatMap { [$0.name] + $0.aliases }
        #expect(Similarity.closest(to: typed, among: known).sorted() == names)
    }

    @Test(arguments: [("abc", "abc", 0), ("abc", "acb", 0), ("ab", "abc", 1), ("abc", "ab", 3), ("abc", "axc", 2)])
    func `a distance counts letters as git does`(source: String, target: String, cost: Int) {
        #expect(Similarity.distance(Array(source.unicodeScalars), Array(target.unicodeScalars)) == cost)
    }
}

extension Syntax: CustomTestStringConvertible {
    public var testDescription: String { name }
}
