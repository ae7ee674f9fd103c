import Foundation
import Testing

@testable import PoolCommands

@Suite struct ManualTests {
    private let page: [String]
    private let shown = Syntax.all.filter { !$0.isHidden }

    init() throws {
        let file = packageDirectory.appending(path: "man/git-pool.1")
        page = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    /// The lines from a heading to the next one of its kind, or of a higher one.
    private func section(_ heading: String) -> [String] {
        guard let start = page.firstIndex(of: heading) else { return [] }
        return Array(page[(start + 1)...].prefix { !$0.hasPrefix(".Ss ") && !$0.hasPrefix(".Sh ") })
    }

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
        options.filter { !$0.isHidden }.flatMap { option in
            [option.short.map { "-\($0)" }, option.longName.map { "--\($0)" }].compactMap { $0 }
        }
    }

    @Test("G8 every command and every option stands in the manual, and nothing else does")
    func complete() {
        let commands = page.drop { $0 != ".Sh COMMANDS" }.dropFirst().prefix { !$0.hasPrefix(".Sh ") }
        #expect(
            commands.filter { $0.hasPrefix(".Ss ") }.map { String($0.dropFirst(4)) }.sorted()
                == shown.map(\.name).sorted())
        #expect(spellings(section(".Sh LEASE OPTIONS")).sorted() == spellings(LeaseOptions.options).sorted())
        for syntax in shown {
            let own = section(".Ss " + syntax.name)
            var found = spellings(own) + spellings(section(".Sh OPTIONS")).filter { $0 != "-h" }
            if own.contains(where: { $0.hasPrefix(".Sx LEASE OPTIONS") }) {
                found += spellings(section(".Sh LEASE OPTIONS"))
            }
            #expect(found.sorted() == spellings(syntax.options).sorted(), "\(syntax.name)")
            for alias in syntax.aliases { #expect(own.contains { $0.hasPrefix(".Nm git pool \(alias)") }, "\(alias)") }
            let synopsis = section(".Sh SYNOPSIS")
            #expect(synopsis.contains(".Nm git pool \(syntax.name)"), "\(syntax.name)")
        }
    }

    @Test("G8 the configuration keys that the program reads stand in the manual, and no others")
    func configuration() throws {
        let sources = packageDirectory.appending(path: "Sources/GitPool").path
        let words = try Scratch().sh(#"grep -rhoE '"(-[a-z]+", ")?pool\.[A-Za-z]+' "$1" | sed 's/.*pool\.//'"#, sources)
            .ok().lines
        let documented = section(".Sh CONFIGURATION").filter { $0.hasPrefix(".It Cm pool.") }
            .map { String($0.dropFirst(12).prefix { $0 != "." }).lowercased() }
        #expect(Set(words.map { $0.lowercased() }) == Set(documented))
    }

    @Test("G8 the manual names only commands that there are")
    func names() {
        let known = Set(Syntax.all.flatMap { [$0.name] + $0.aliases })
        for match in page.flatMap({ $0.matches(of: /git pool ([a-z]+)/) }) {
            #expect(known.contains(String(match.1)), "\(match.0)")
        }
    }

    @Test("G8 every exit status of the errors stands in the manual")
    func statuses() {
        let documented = section(".Sh EXIT STATUS").filter { $0.hasPrefix(".It ") }.map { String($0.dropFirst(4)) }
        #expect(documented == ["0", "1", "3", "4", "5", "6", "7", "8", "9", "128", "129"])
    }

    @Test("G8 mandoc finds no fault with the manual, and git pool --help opens it")
    func opens() throws {
        let scratch = try Scratch()
        if Scratch.isInstalled("mandoc") {
            let path = packageDirectory.appending(path: "man/git-pool.1").path
            // Which other pages there are is the machine's affair.
            #expect(try scratch.run(["mandoc", "-T", "lint", "-W", "style", path]).out == "")
        }
        guard Scratch.isInstalled("man") else { return }
        try scratch.pool("install").check(0)
        let path = scratch.at("home/.local/bin") + ":" + (scratch.environment["PATH"] ?? "")
        let environment = [
            "PATH": path, "MANPATH": scratch.at("home/.local/share/man"), "PAGER": "cat", "GIT_PAGER": "cat",
        ]
        #expect(try scratch.pool("--help", env: environment).ok().out.contains("lease worktrees from a pool"))
    }
}
