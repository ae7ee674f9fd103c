/// Usage text in the exact layout of git's parse-options, so that it reads, and can be taken apart, like git's own.
enum Usage {
    private static let indent = 4
    private static let width = 24
    private static let gap = 2

    static func text(_ syntax: Syntax) -> String {
        heading(syntax.forms) + syntax.options.map { line($0.usage, $0.help) }.joined() + "\n"
    }

    /// The usage of `git pool` itself: its commands.
    static func overview(showsHidden: Bool = false) -> String {
        let shown = Syntax.all.filter { showsHidden || !$0.isHidden }
        return heading(["git pool [<options>]", "git pool <command> [<options>] [<argument>...]"])
            + "Commands\n" + shown.map { line($0.name, $0.summary) }.joined() + "\n"
    }

    private static func heading(_ forms: [String]) -> String {
        let lines = forms.enumerated().map { ($0.offset == 0 ? "usage: " : "   or: ") + $0.element + "\n" }
        return lines.joined() + "\n"
    }

    private static func line(_ left: String, _ help: String) -> String {
        let used = indent + DisplayWidth.of(left)
        let start = spaces(indent) + left
        let padding = used <= width ? spaces(width - used) : "\n" + spaces(width)
        return start + padding + spaces(gap) + help + "\n"
    }

    private static func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }
}
