/// What one command may be given: a constant that nothing changes, complete enough to parse by and to explain from.
struct Syntax: Equatable, Sendable {
    let name: String
    let aliases: [String]
    /// One line for the list of commands.
    let summary: String
    /// The forms of the usage text, without `usage: `.
    let forms: [String]
    let options: [Option]
    /// Groups of option names of which a command line may hold one.
    let exclusive: [[String]]
    /// Options that mean nothing without another one.
    let needs: [String: String]
    let operands: ClosedRange<Int>
    /// The words after `--` are a command to run, not operands, and there must be some.
    let takesCommand: Bool
    /// Everything from the first operand on is passed through unread.
    let stopsAtOperand: Bool
    let isHidden: Bool

    init(
        _ name: String,
        aliases: [String] = [],
        summary: String,
        forms: [String],
        options: [Option] = [],
        exclusive: [[String]] = [],
        needs: [String: String] = [:],
        operands: ClosedRange<Int> = 0...0,
        takesCommand: Bool = false,
        stopsAtOperand: Bool = false,
        isHidden: Bool = false
    ) {
        self.name = name
        self.aliases = aliases
        self.summary = summary
        self.forms = forms
        self.options = Self.common + options
        self.exclusive = exclusive
        self.needs = needs
        self.operands = operands
        self.takesCommand = takesCommand
        self.stopsAtOperand = stopsAtOperand
        self.isHidden = isHidden
    }

    private static let common: [Option] = [
        .flag("quiet", short: "q", "say nothing but the answer and errors"),
        .flag("verbose", short: "v", "say each git command that is run"),
    ]

    func option(named name: String) -> Option? { options.first { $0.name == name } }
    func option(short letter: Unicode.Scalar) -> Option? { options.first { $0.short == letter } }

    /// Every long spelling the parser knows, in the order of the usage text.
    var spellings: [Spelling] {
        options.flatMap { option in
            [
                option.longName.map { Spelling(text: $0, option: option, isNegated: false) },
                option.negation.map { Spelling(text: $0, option: option, isNegated: true) },
            ].compactMap { $0 }
        }
    }

    /// A long name as it may be typed: the option's own, or the one that takes it back.
    struct Spelling: Equatable {
        let text: String
        let option: Option
        let isNegated: Bool
    }
}
