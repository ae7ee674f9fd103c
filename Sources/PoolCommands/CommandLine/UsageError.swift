/// A command line that makes no sense: what is wrong, as data, and in which command; always exit 129.
struct UsageError: Error, Equatable {
    enum Problem: Equatable {
        case unknownOption(String)
        case unknownSwitch(Unicode.Scalar)
        case unknownNonASCII(String)
        case unknownSubcommand(String, similar: [String])
        case ambiguousOption(String, candidates: [String])
        case singleDash(String)
        case missingValue(String)
        case missingSwitchValue(Unicode.Scalar)
        case unexpectedValue(String)
        case invalidValue(option: String, expectation: String)
        case exclusive([String])
        case needs(String, String)
        case tooFewArguments
        case tooManyArguments
        case noCommand
        /// What only the command itself can judge, in words that go after `fatal: `.
        case other(String)
    }

    static let exitStatus: Int32 = 129

    let problem: Problem
    /// Nil where no command was found.
    let syntax: Syntax?

    init(_ problem: Problem, _ syntax: Syntax?) {
        self.problem = problem
        self.syntax = syntax
    }

    /// The whole text for stderr. The usage follows where git shows it: when the name of something is wrong. A hint comes
    /// after it, where a small screen still shows it.
    func text(showsHints: Bool = true) -> String {
        let usage = syntax.map { Usage.text($0) } ?? Usage.overview()
        let message = diagnostics.filter { $0.severity != .hint }.map(\.text).joined()
        let hints = diagnostics.filter { showsHints && $0.severity == .hint }.map(\.text).joined()
        switch problem {
        case .unknownOption, .unknownSwitch, .unknownNonASCII, .unknownSubcommand: return message + usage + hints
        case .tooFewArguments, .tooManyArguments, .noCommand: return message + "\n" + usage + hints
        case .ambiguousOption, .singleDash, .missingValue, .missingSwitchValue, .unexpectedValue, .invalidValue,
            .exclusive, .needs, .other:
            return message + hints
        }
    }

    /// In git's own words where git has them (parse-options.c).
    var diagnostics: [Diagnostic] {
        switch problem {
        case .unknownOption(let name): [.error("unknown option `\(name)'")] + Self.hint(similarOptions(name))
        case .unknownSwitch(let letter): [.error("unknown switch `\(letter)'")]
        case .unknownNonASCII(let word): [.error("unknown non-ascii option in string: `\(word)'")]
        case .unknownSubcommand(let name, let similar):
            [.error("unknown subcommand: `\(name)'")] + Self.hint(similar.map { "git pool \($0)" })
        case .ambiguousOption(let name, let candidates):
            [.error("ambiguous option: \(name) (could be \(Self.list(candidates, "or")))")]
        case .singleDash(let letters): [.error("did you mean `--\(letters)` (with two dashes)?")]
        case .missingValue(let name): [.error("option `\(name)' requires a value")]
        case .missingSwitchValue(let letter): [.error("switch `\(letter)' requires a value")]
        case .unexpectedValue(let name): [.error("option `\(name)' takes no value")]
        case .invalidValue(let option, let expectation): [.error("option `\(option)' \(expectation)")]
        case .exclusive(let names):
            [.fatal("options \(Self.list(names.map { "'\($0)'" }, "and")) cannot be used together")]
        case .needs(let name, let needed): [.fatal("the option '\(name)' requires '\(needed)'")]
        case .tooFewArguments: [.fatal("too few arguments")]
        case .tooManyArguments: [.fatal("too many arguments")] + ofWords
        case .noCommand: [.fatal("no command given after '--'")] + ofWords
        case .other(let text): [.fatal(text)]
        }
    }

    /// What may have been meant by words that are no name.
    private var ofWords: [Diagnostic] {
        switch syntax?.name {
        case AddCommand.syntax.name:
            [.hint("the pool chooses the place; '--from <commit-ish>' chooses another start")]
        case RunCommand.syntax.name, MapCommand.syntax.name: [.hint("the command stands behind '--'")]
        default: []
        }
    }

    private static func hint(_ similar: [String]) -> [Diagnostic] {
        guard !similar.isEmpty else { return [] }
        return [.hint("did you mean \(list(similar.map { "'\($0)'" }, "or"))?")]
    }

    /// By the name alone, without what may be stuck to it.
    private func similarOptions(_ typed: String) -> [String] {
        guard let syntax, let name = typed.split(separator: "=", omittingEmptySubsequences: false).first else {
            return []
        }
        let known = syntax.spellings.filter { !$0.isNegated }.map(\.text)
        return Similarity.closest(to: String(name), among: known).map { "--" + $0 }
    }

    /// `a or b`; from three on git sets a comma before the last one too.
    private static func list(_ items: [String], _ word: String) -> String {
        guard items.count > 2, let last = items.last else { return items.joined(separator: " \(word) ") }
        return items.dropLast().joined(separator: ", ") + ", \(word) " + last
    }
}
