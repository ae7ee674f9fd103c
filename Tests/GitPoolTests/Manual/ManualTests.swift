import Foundation
import Testing

@testable import PoolCommands

/// The pages say what the code does, and all of it.
@Suite struct ManualTests {
    private let page: ManualPage
    private let configurationPage: ManualPage
    private let shown = Syntax.all.filter { !$0.isHidden }

    init() throws {
        page = try ManualPage("git-pool.1")
        configurationPage = try ManualPage("gitpool-config.5")
    }

    /// For tests of git-pool, and for itself when it starts itself once more: nobody else has a use for them.
    private static let internalVariables = [
        // Where to die or to pause.
        "GIT_POOL_FAULT",
        // Another boot, and time that has passed.
        "GIT_POOL_FAKE_BOOT_ID", "GIT_POOL_FAKE_SECONDS", "GIT_POOL_FAKE_CLOCK",
        // How long to wait for a lock.
        "GIT_POOL_LOCK_TIMEOUT",
        // How long a configuration file must have been left alone for its contents to be noted.
        "GIT_POOL_SETTLED",
        // That `run` is in a scope of its own by now; no command in a slot gets to see it.
        "GIT_POOL_SCOPE",
    ]

    /// `-b` and `--branch` of `.It Fl b Ar branch , Fl Fl branch Ar branch`.
    private func spellings(_ lines: [String]) -> [String] {
        lines.filter { $0.hasPrefix(".It Fl ") }.flatMap { line in
            line.dropFirst(4).components(separatedBy: " , ").map { part in
                let words = part.split(separator: " ")
                return words[1] == "Fl" ? "--\(words[2])" : "-\(words[1])"
            }
        }
    }

    private func spellings(_ options: [Option]) -> [String] {
        options.flatMap { option in
            [option.short.map { "-\($0)" }, option.longName.map { "--\($0)" }].compactMap { $0 }
        }
    }

    /// Every match of a pattern in the files below a folder of the package, whole or its first group.
    private func matches(
        of pattern: Regex<(Substring, Substring)>, below folder: String
    ) throws -> Set<String> {
        let root = packageDirectory.appending(path: folder)
        let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: [.isRegularFileKey])
        var found: Set<String> = []
        for case let file as URL in try #require(files)
        where try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true {
            found.formUnion(try String(contentsOf: file, encoding: .utf8).matches(of: pattern).map { String($0.1) })
        }
        return found
    }

    @Test("G8 every command and every option stands in the manual, and nothing else does")
    func complete() {
        let commands = page.section(".Sh COMMANDS").filter { $0.hasPrefix(".Ss ") }.map { String($0.dropFirst(4)) }
        #expect(commands.sorted() == shown.map(\.name).sorted())
        #expect(spellings(page.section(".Sh LEASE OPTIONS")).sorted() == spellings(LeaseOptions.options).sorted())
        for syntax in shown {
            let own = page.section(".Ss " + syntax.name)
            var found = spellings(own) + spellings(page.section(".Sh OPTIONS")).filter { $0 != "-h" }
            if own.contains(where: { $0.hasPrefix(".Sx LEASE OPTIONS") }) {
                found += spellings(page.section(".Sh LEASE OPTIONS"))
            }
            #expect(found.sorted() == spellings(syntax.options).sorted(), "\(syntax.name)")
            for alias in syntax.aliases { #expect(own.contains { $0.hasPrefix(".Nm git pool \(alias)") }, "\(alias)") }
            let synopsis = page.section(".Sh SYNOPSIS")
            #expect(synopsis.contains(".Nm git pool \(syntax.name)"), "\(syntax.name)")
        }
    }

    @Test("G8 the configuration keys that the program reads stand in the manual, and no others")
    func configuration() throws {
        let read = try matches(of: /"(?:-[a-z]+", ")?pool\.([A-Za-z]+)/, below: "Sources/GitPool")
        let documented = ManualPage.all.flatMap { $0.section(".Sh CONFIGURATION") }.flatMap { line in
            line.hasPrefix(".It Cm ") ? line.matches(of: /\bpool\.([A-Za-z]+)/).map { String($0.1) } : []
        }
        #expect(Set(read.map { $0.lowercased() }) == Set(documented.map { $0.lowercased() }).subtracting(["pool"]))
        #expect(configurationPage.section(".Sh CONFIGURATION").contains(".It Cm color.pool"))
    }

    @Test("G8 the variables of the environment stand in the manual, or are internal for a reason")
    func environment() throws {
        var known = try matches(of: /\b(GIT_POOL_[A-Z]+(?:_[A-Z]+)*)\b/, below: "Sources")
        known.formUnion(try matches(of: /\b(GIT_POOL_[A-Z]+(?:_[A-Z]+)*)\b/, below: "hooks"))
        let documented = page.words("Ev").filter { $0.hasPrefix("GIT_POOL_") }
        #expect(known.subtracting(Self.internalVariables).sorted() == documented.sorted())
        // What is internal is neither documented nor forgotten here.
        #expect(Set(Self.internalVariables).subtracting(known) == [])
        #expect(documented.isDisjoint(with: Self.internalVariables))
    }

    @Test("G8 the manuals name only commands that there are", arguments: ManualPage.all)
    func names(_ page: ManualPage) {
        let known = Set(Syntax.all.flatMap { [$0.name] + $0.aliases })
        for match in page.text.matches(of: /git pool ([a-z]+)/) {
            #expect(known.contains(String(match.1)), "\(match.0)")
        }
    }

    @Test("G8 every exit status that the program may choose stands in the manual")
    func statuses() throws {
        let documented = page.section(".Sh EXIT STATUS").filter { $0.hasPrefix(".It ") }.map { String($0.dropFirst(4)) }
        #expect(documented == ["0", "1", "3", "4", "5", "6", "7", "8", "9", "128", "129"])
        var chosen = try matches(of: /(?:ErrorText|self\.init)\(\s*([0-9]+),/, below: "Sources/PoolCommands/Session")
        chosen.formUnion(try matches(of: /status: ([0-9]+)\)/, below: "Sources/PoolCommands"))
        chosen.formUnion(try matches(of: /\breturn ([0-9]+)\n/, below: "Sources/PoolCommands/Commands"))
        #expect(chosen.isSuperset(of: ["0", "1", "3", "4", "5", "6", "7", "8", "9", "128", "129"]))
        #expect(chosen.subtracting(documented) == [])
    }

    @Test("G8 every field of JSON stands in the manual, and those listed there are written")
    func fields() throws {
        let written = try matches(of: #/\.init\("([a-z][A-Za-z]*)", /#, below: "Sources/PoolCommands")
        // Those of one command may stand there.
        #expect(written.subtracting(page.words("Li").union(page.words("Va"))) == [])
        let listed = page.words("Li", in: page.section(".Sh JSON")).filter { $0.allSatisfy(\.isLetter) }
        #expect(listed.count > 60)
        #expect(listed.subtracting(written) == [])
    }

    @Test("G8 mandoc finds no fault with the manuals", arguments: ManualPage.all)
    func lint(_ page: ManualPage) throws {
        guard Scratch.isInstalled("mandoc") else { return }
        // Which other pages there are is the machine's affair.
        let faults = try Scratch().run(["mandoc", "-T", "lint", "-W", "style", page.path]).out.split(separator: "\n")
        #expect(faults.filter { !$0.contains("referenced manual not found: Xr git") } == [])
    }

    @Test("G8 git pool --help, git help pool and man open the pages that install has put in place")
    func opens() throws {
        let scratch = try Scratch()
        guard Scratch.isInstalled("man") else { return }
        try scratch.pool("install").check(0)
        let path = scratch.at("home/.local/bin") + ":" + (scratch.environment["PATH"] ?? "")
        let environment = [
            "PATH": path, "MANPATH": scratch.at("home/.local/share/man"), "PAGER": "cat", "GIT_PAGER": "cat",
        ]
        #expect(try scratch.pool("--help", env: environment).ok().out.contains("lease worktrees from a pool"))
        #expect(try scratch.git("help", "pool", env: environment).out.contains("lease worktrees from a pool"))
        for page in ManualPage.all {
            // As it is found by whoever has only `bin` on PATH.
            let found = try scratch.run(
                ["man", page.name], env: ["PATH": path, "MANPATH": nil, "MANPAGER": "cat", "MANWIDTH": "80"])
            #expect(try found.ok().out.contains(page.name.uppercased() + "(\(page.section))"), "\(page.file)")
        }
    }
}
