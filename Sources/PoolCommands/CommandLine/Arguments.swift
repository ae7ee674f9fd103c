/// A command line that fits its syntax: what was said, in the order it was said.
struct Arguments: Equatable, Sendable {
    /// One mention of an option.
    struct Mention: Equatable, Sendable {
        let name: String
        let isNegated: Bool
        let value: String?
    }

    let syntax: Syntax
    let mentions: [Mention]
    let operands: [String]
    /// The words after `--` of a command that takes a command, else nil.
    let command: [String]?

    /// Whether the flag was set and not taken back later.
    func flag(_ name: String) -> Bool { setting(name) ?? false }

    /// As `flag`, but nil when the command line is silent and configuration may speak; the last mention wins.
    func setting(_ name: String) -> Bool? { last(name).map { !$0.isNegated } }

    /// Whether the option was given, with a value or without.
    func has(_ name: String) -> Bool { flag(name) }

    /// The last value given; nil also for an optional value that was left out (`has` tells the two apart).
    func value(_ name: String) -> String? { last(name)?.value }

    /// Every value given since the option was last taken back.
    func values(_ name: String) -> [String] {
        mentions.reduce(into: []) { values, mention in
            guard mention.name == name else { return }
            if mention.isNegated { values = [] }
            if let value = mention.value { values.append(value) }
        }
    }

    func duration(_ name: String) throws(UsageError) -> Duration? {
        guard let text = value(name) else { return nil }
        do { return try Duration(text) } catch { throw invalid(name, error.expectation) }
    }

    func size(_ name: String) throws(UsageError) -> Size? {
        guard let text = value(name) else { return nil }
        do { return try Size(text) } catch { throw invalid(name, error.expectation) }
    }

    func integer(_ name: String) throws(UsageError) -> Int64? {
        guard let text = value(name) else { return nil }
        guard case .number(let number) = WholeNumber(text) else {
            throw invalid(name, "expects a number of at least 0")
        }
        return number
    }

    /// A usage error of this command, for what only the command itself can judge.
    func error(_ problem: UsageError.Problem) -> UsageError { UsageError(problem, syntax) }

    private func invalid(_ name: String, _ expectation: String) -> UsageError {
        error(.invalidValue(option: name, expectation: expectation))
    }

    private func last(_ name: String) -> Mention? {
        assert(syntax.option(named: name) != nil, "git pool \(syntax.name) declares no option \(name)")
        return mentions.last { $0.name == name }
    }
}
