/// Whether output is coloured, decided once from values, and what each role then looks like.
struct Style: Equatable, Sendable {
    enum Role: Equatable, Sendable {
        case strong, good, attention, bad, faint

        fileprivate var code: String {
            switch self {
            case .strong: "1"
            case .good: "32"
            case .attention: "33"
            case .bad: "31"
            case .faint: "2"
            }
        }
    }

    static let plain = Style(isColoured: false)

    let isColoured: Bool

    init(isColoured: Bool) { self.isColoured = isColoured }

    /// `color.pool` before `color.ui`, each as git reads them; `NO_COLOR` only decides what they leave to the terminal.
    init(colorPool: String?, colorUI: String?, environment: [String: String], isTerminal: Bool) {
        switch (colorPool ?? colorUI).map(Setting.init) ?? .auto {
        case .always: isColoured = true
        case .never: isColoured = false
        case .auto:
            let isRefused = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
            let isDumb = environment["TERM"].map { $0.isEmpty || $0 == "dumb" } ?? true
            isColoured = isTerminal && !isRefused && !isDumb
        }
    }

    func paint(_ text: String, _ role: Role?) -> String {
        guard isColoured, let role, !text.isEmpty else { return text }
        return "\u{1B}[\(role.code)m\(text)\u{1B}[m"
    }

    /// Of text with what `paint` puts around it.
    static func width(ofPainted text: String) -> Int {
        var plain = String.UnicodeScalarView()
        var isCode = false
        for scalar in text.unicodeScalars {
            if scalar == "\u{1B}" { isCode = true }
            if !isCode { plain.append(scalar) }
            if scalar == "m" { isCode = false }
        }
        return DisplayWidth.of(String(plain))
    }

    /// `git_config_colorbool`: true means auto, and only `always` colours a pipe.
    private enum Setting {
        case always, never, auto

        init(_ value: String) {
            switch value.lowercased() {
            case "always": self = .always
            case "never", "false", "no", "off", "0", "": self = .never
            default: self = .auto
            }
        }
    }
}
