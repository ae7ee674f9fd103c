import Foundation
import Testing

@testable import PoolCommands

/// What the README says and no other test holds.
@Suite struct ReadmeTests {
    private let readme: String

    init() throws {
        readme = try String(contentsOf: packageDirectory.appending(path: "README.md"), encoding: .utf8)
    }

    @Test("G8 the README names only commands that there are, and the main one")
    func names() {
        let known = Set(Syntax.all.flatMap { [$0.name] + $0.aliases })
        for match in readme.matches(of: /git pool ([a-z]+)/) {
            #expect(known.contains(String(match.1)), "\(match.0)")
        }
        #expect(readme.contains("swift run -c release git-pool run -- git status"))
    }

    @Test("C6 ignored files stay in the slot, at the same path, for the next lease")
    func ignored() throws {
        let repository = try Scratch().repository(files: [".gitignore": "build/\n"])
        let first = try repository.lease("a")
        try repository.scratch.write("\(first)/build/out.o", "object\n")
        try repository.pool("done", "a").check(0)
        try repository.settle(first)
        #expect(try repository.lease("b") == first)
        #expect(try repository.scratch.read("\(first)/build/out.o") == "object\n")
    }

    @Test("F1 the last line of the tour: run returns the status of its command")
    func run() throws {
        let repository = try Scratch().repository()
        let outcome = try repository.pool("run", "--", "sh", "-c", "exit 7").check(7, says: "running in '")
        #expect(outcome.out == "")
        #expect(try repository.git("branch", "--list").line == "* main")
    }
}
