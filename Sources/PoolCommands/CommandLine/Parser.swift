/// Reads words as git's parse-options does: options may follow operands, the last mention wins, nothing is guessed.
///
/// Works on scalars and bytes: as characters, a dash and a combining accent after it are one.
struct Parser {
    private let syntax: Syntax
    private var rest: ArraySlice<String>
    private var mentions: [Arguments.Mention] = []
    private var operands: [String] = []
    private var command: [String]?

    static func parse(_ words: [String], by syntax: Syntax) throws(UsageError) -> Request {
        var parser = Parser(syntax: syntax, rest: words[...])
        if let explanation = try parser.readAll() { return explanation }
        let arguments = Arguments(
            syntax: syntax,
            mentions: parser.mentions,
            operands: parser.operands,
            command: parser.command
        )
        try arguments.check()
        return .run(arguments)
    }

    private init(syntax: Syntax, rest: ArraySlice<String>) {
        self.syntax = syntax
        self.rest = rest
    }

    /// Nil once every word is read, or the request to explain that ended the reading.
    private mutating func readAll() throws(UsageError) -> Request? {
        while let word = rest.popFirst() {
            if word == "--" {
                takeRest()
            } else if word == "--end-of-options" {
                while let operand = rest.popFirst(), !(syntax.takesCommand && operand == "--") {
                    operands.append(operand)
                }
                takeRest()
            } else if word.utf8.starts(with: "--".utf8) {
                if let explanation = try readLong(String(word.unicodeScalars.dropFirst(2))) { return explanation }
            } else if word.utf8.first == UInt8(ascii: "-"), word.utf8.count > 1 {
                if let explanation = try readShort(word) { return explanation }
            } else {
                operands.append(word)
                if syntax.stopsAtOperand { takeRest() }
            }
        }
        return nil
    }

    private mutating func takeRest() {
        if syntax.takesCommand { command = Array(rest) } else { operands += rest }
        rest = []
    }

    private mutating func readLong(_ typed: String) throws(UsageError) -> Request? {
        if typed == "help" { return .manual }
        if typed == "help-all" { return .usage(all: true) }
        let parts = typed.unicodeScalars.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let stuck = parts.count > 1 ? String(parts[1]) : nil
        let spelling = try lookUp(String(parts[0]), typed: typed)
        let option = spelling.option
        guard !spelling.isNegated else {
            guard stuck == nil else { throw UsageError(.unexpectedValue(spelling.text), syntax) }
            mention(option, isNegated: true)
            return nil
        }
        switch option.kind {
        case .flag:
            guard stuck == nil else { throw UsageError(.unexpectedValue(spelling.text), syntax) }
            mention(option)
        case .optionalValue: mention(option, value: stuck)
        case .value:
            guard let value = stuck ?? rest.popFirst() else {
                throw UsageError(.missingValue(spelling.text), syntax)
            }
            mention(option, value: value)
        }
        return nil
    }

    private func lookUp(_ name: String, typed: String) throws(UsageError) -> Syntax.Spelling {
        let spellings = syntax.spellings
        if let exact = spellings.first(where: { $0.text == name }) { return exact }
        let matches = name.isEmpty ? [] : spellings.filter { $0.text.utf8.starts(with: name.utf8) }
        guard let match = matches.first else { throw UsageError(.unknownOption(typed), syntax) }
        guard matches.count == 1 else {
            throw UsageError(.ambiguousOption(name, candidates: matches.map { "--" + $0.text }), syntax)
        }
        return match
    }

    private mutating func readShort(_ word: String) throws(UsageError) -> Request? {
        var letters = word.unicodeScalars.dropFirst()
        try refuseLongNameWithOneDash(String(letters))
        while let letter = letters.popFirst() {
            guard let option = syntax.option(short: letter) else {
                if letter == "h" { return .usage(all: false) }
                throw UsageError(letter.isASCII ? .unknownSwitch(letter) : .unknownNonASCII(word), syntax)
            }
            switch option.kind {
            case .flag: mention(option)
            case .optionalValue:
                mention(option, value: letters.isEmpty ? nil : String(letters))
                return nil
            case .value:
                guard let value = letters.isEmpty ? rest.popFirst() : String(letters) else {
                    throw UsageError(.missingSwitchValue(letter), syntax)
                }
                mention(option, value: value)
                return nil
            }
        }
        return nil
    }

    /// `-json` is nearly always `--json`, never the five switches it would otherwise be read as.
    private func refuseLongNameWithOneDash(_ letters: String) throws(UsageError) {
        guard letters.utf8.count >= 3, let first = letters.unicodeScalars.first else { return }
        if let option = syntax.option(short: first), option.kind != .flag { return }
        guard syntax.spellings.contains(where: { $0.text.utf8.starts(with: letters.utf8) }) else { return }
        throw UsageError(.singleDash(letters), syntax)
    }

    private mutating func mention(_ option: Option, value: String? = nil, isNegated: Bool = false) {
        mentions.append(Arguments.Mention(name: option.name, isNegated: isNegated, value: value))
    }
}

extension Arguments {
    /// What can be said about the words only when all are read.
    fileprivate func check() throws(UsageError) {
        for group in syntax.exclusive {
            let given = group.filter(has)
            guard given.count < 2 else { throw error(.exclusive(given.map(spelling))) }
        }
        for (dependent, needed) in syntax.needs.sorted(by: { $0.key < $1.key }) where has(dependent) && !has(needed) {
            throw error(.needs(spelling(dependent), spelling(needed)))
        }
        guard operands.count >= syntax.operands.lowerBound else { throw error(.tooFewArguments) }
        guard operands.count <= syntax.operands.upperBound else { throw error(.tooManyArguments) }
        guard !syntax.takesCommand || command?.isEmpty == false else { throw error(.noCommand) }
    }

    private func spelling(_ name: String) -> String { syntax.option(named: name)?.spelling ?? name }
}
