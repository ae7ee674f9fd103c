/// One option of a command, defined once: the parser, the usage text and the completions all read this value.
struct Option: Equatable, Sendable {
    /// What may follow the name; the text is the placeholder of the usage line, without its brackets.
    enum Kind: Equatable, Sendable {
        case flag
        case value(String)
        /// A value that must be stuck to the name (`--wait=30s`): anything else would swallow an operand.
        case optionalValue(String)
    }

    /// The long name, or the letter of an option that has only a letter.
    let name: String
    let short: Unicode.Scalar?
    let kind: Kind
    let help: String

    private init(_ name: String, _ short: Unicode.Scalar?, _ kind: Kind, _ help: String) {
        let hasLongName = name.utf8.count > 1
        self.name = name
        self.short = hasLongName ? short : name.unicodeScalars.first
        self.kind = kind
        self.help = help
    }

    static func flag(_ name: String, short: Unicode.Scalar? = nil, _ help: String) -> Option {
        Option(name, short, .flag, help)
    }

    static func value(
        _ name: String, short: Unicode.Scalar? = nil, _ placeholder: String, _ help: String
    ) -> Option {
        Option(name, short, .value(placeholder), help)
    }

    static func optionalValue(
        _ name: String, short: Unicode.Scalar? = nil, _ placeholder: String, _ help: String
    ) -> Option {
        Option(name, short, .optionalValue(placeholder), help)
    }

    var longName: String? { name.utf8.count > 1 ? name : nil }

    /// The long spelling that takes the option back; as in git, that of `--no-holder` is `--holder`.
    var negation: String? {
        guard let longName, takesRequiredValue == false else { return nil }
        return longName.hasPrefix("no-") ? String(longName.dropFirst(3)) : "no-" + longName
    }

    var takesRequiredValue: Bool {
        switch kind {
        case .flag, .optionalValue: false
        case .value: true
        }
    }

    /// As messages name it: `--branch`, or `-z` where there is no long name.
    var spelling: String { longName.map { "--" + $0 } ?? "-" + name }

    /// As the usage text names it: `-b, --branch <branch>`.
    var usage: String {
        let letter = short.map { "-" + String($0) }
        let long = longName.map { "--" + $0 }
        let names = [letter, long].compactMap { $0 }.joined(separator: ", ")
        switch kind {
        case .flag: return names
        case .value(let placeholder): return names + " " + Self.bracketed(placeholder)
        case .optionalValue(let placeholder):
            return names + (long == nil ? "[" : "[=") + Self.bracketed(placeholder) + "]"
        }
    }

    /// A placeholder that is a choice, such as `(bash|zsh)`, already says what to type.
    private static func bracketed(_ placeholder: String) -> String {
        placeholder.contains { "()<>[]|".contains($0) } ? placeholder : "<" + placeholder + ">"
    }
}
