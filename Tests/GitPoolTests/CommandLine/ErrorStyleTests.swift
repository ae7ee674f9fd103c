import Testing

@testable import Git
@testable import GitPool
@testable import POSIX
@testable import PoolCommands

/// Every message there can be, in the style of git's CodingGuidelines ("Error Messages").
@Suite struct ErrorStyleTests {
    /// Of these nobody can say more than the message does.
    private func hasNoWayOn(_ error: any Error) -> Bool {
        switch error {
        case PoolError.interrupted: true
        case is PoolError, is PostCheckoutHook.Refusal: false
        default: true
        }
    }

    @Test("G1 why a worktree is kept is one line, however many git wrote")
    func reason() {
        let message = "fatal: not a git repository: sub\nfatal: 'git status' failed in submodule sub\n"
        let error = GitError.failed(.init(arguments: ["status"], termination: .exited(128), message: message))
        #expect(error.reason == "fatal: not a git repository: sub; fatal: 'git status' failed in submodule sub")
    }

    @Test(
        "H2 every error begins in lower case or with its subject in quotes, ends without a full stop, and says the way on"
    )
    func errors() {
        #expect(ErrorSamples.all.count > 90)
        for error in ErrorSamples.all {
            let text = ErrorText(error)
            check(text.diagnostics, about: error)
            let known: Set<Int32> = [1, 3, 4, 5, 6, 7, 8, 9, 128, 129]
            if case PoolError.interrupted = error {
                #expect(text.status > 128)
            } else {
                #expect(known.contains(text.status), "\(error)")
            }
            let hints = text.diagnostics.filter { $0.severity == .hint }
            #expect(hasNoWayOn(error) || !hints.isEmpty, "no way on: \(error)")
            #expect(hints.allSatisfy { !$0.lines.isEmpty && $0.lines.allSatisfy { !$0.isEmpty } }, "\(error)")
        }
    }

    @Test("H2 every usage error is in git's style")
    func usage() {
        for error in ErrorSamples.usageErrors { check(error.diagnostics, about: error) }
    }

    private func check(_ diagnostics: [Diagnostic], about error: any Error) {
        guard let first = diagnostics.first else {
            Issue.record("nothing is said of \(error)")
            return
        }
        #expect(first.severity == .fatal || first.severity == .error, "\(error)")
        #expect(diagnostics.dropFirst().allSatisfy { $0.severity == .hint }, "\(error)")
        for diagnostic in diagnostics {
            for (number, line) in diagnostic.lines.enumerated() {
                check(line, isFirst: number == 0, error)
                if diagnostic.severity != .hint { checkQuotes(line, error) }
            }
        }
    }

    private func check(_ line: String, isFirst: Bool, _ error: any Error) {
        let word = line.prefix { $0.isLetter }
        // HEAD and HOME are names.
        #expect(
            !isFirst || line.first?.isUppercase != true || (word.count > 1 && word.allSatisfy(\.isUppercase)), "\(line)"
        )
        #expect(!line.hasSuffix(".") || line.hasSuffix("..."), "\(line)")
        #expect(!line.hasSuffix("!") && !line.hasSuffix("\n"), "\(line)")
        #expect(!line.contains("Optional("), "\(line)")
    }

    /// Whatever was asked about stands between quotes, git's own `…' among them; that of a genitive is none.
    private func checkQuotes(_ line: String, _ error: any Error) {
        var rest = line[...]
        var isQuoted = false
        var last: Character?
        while let letter = rest.first {
            let isWithin = last?.isLetter == true && rest.dropFirst().first?.isLetter == true
            if letter == "`" || (letter == "'" && !isWithin) { isQuoted = letter == "`" ? true : !isQuoted }
            if rest.hasPrefix(ErrorSamples.subject) { #expect(isQuoted, "\(line)") }
            last = rest.removeFirst()
        }
    }

    @Test(
        "H2 an option that is not there is told with what may have been meant",
        arguments: [
            (["add", "--sesion", "x"], "hint: did you mean '--session'?"),
            (["add", "--form=main"], "hint: did you mean '--from'?"),
            (["list", "--staus"], "hint: did you mean '--status'?"),
            (["doctor", "--fxi"], "hint: did you mean '--fix'?"), (["lsit"], "hint: did you mean 'git pool list'?"),
            (["rm", "x"], "hint: did you mean 'git pool done'?"),
        ])
    func similar(_ words: [String], _ hint: String) throws {
        let repository = try Scratch().repository()
        let outcome = try repository.scratch.run(["git", "pool"] + words, in: repository.path).check(129)
        let lines = outcome.err.split(separator: "\n")
        #expect(lines.last.map(String.init) == hint, "\(outcome)")
        let silent = try repository.scratch.run(["git", "pool"] + words, in: repository.path, env: ["GIT_ADVICE": "0"])
        #expect(!silent.err.contains("hint:"))
    }

    @Test("H2 an option that is like none is told without a guess, a lease with what there is")
    func unlike() throws {
        let repository = try Scratch().repository()
        #expect(try !repository.pool("add", "--frobnicate").check(129).err.contains("hint:"))
        _ = try repository.lease("fix-login")
        try repository.pool("show", "fix-logni").check(1, says: "hint: did you mean 'fix-login'?")
        try repository.pool("show", "qqqqqqqq").check(1, says: "hint: 'git pool list' shows what there is")
    }
}
