internal import POSIX

/// Something said on stderr, as git says it; whatever its subject holds, each line stays one harmless line.
struct Diagnostic: Equatable, Sendable {
    enum Severity: Equatable, Sendable {
        case fatal, error, warning, hint
        /// Narration: no prefix, and silent under `-q`.
        case note

        fileprivate var prefix: String {
            switch self {
            case .fatal: "fatal: "
            case .error: "error: "
            case .warning: "warning: "
            case .hint: "hint: "
            case .note: ""
            }
        }
    }

    let severity: Severity
    let lines: [String]

    init(_ severity: Severity, _ lines: [String]) {
        self.severity = severity
        self.lines = lines
    }

    static func fatal(_ lines: String...) -> Diagnostic { Diagnostic(.fatal, lines) }
    static func error(_ lines: String...) -> Diagnostic { Diagnostic(.error, lines) }
    static func warning(_ lines: String...) -> Diagnostic { Diagnostic(.warning, lines) }
    static func hint(_ lines: String...) -> Diagnostic { Diagnostic(.hint, lines) }
    static func note(_ lines: String...) -> Diagnostic { Diagnostic(.note, lines) }

    /// As in git, every line of a hint carries the prefix and only the first of anything else.
    var text: String {
        lines.enumerated().map { index, line in
            let prefix = index == 0 || severity == .hint ? severity.prefix : ""
            let text = prefix + Printable.line(line)
            // An empty line of a hint ends in the colon, as in newer gits.
            return (text.hasSuffix(": ") && line.isEmpty ? String(text.dropLast()) : text) + "\n"
        }.joined()
    }

    /// In one write, so that the lines of concurrent commands do not mix.
    func print() { Streams.write(text, to: 2) }
}
