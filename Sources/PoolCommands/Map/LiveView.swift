internal import POSIX

/// Lines at the bottom of a terminal that are drawn anew in place; nothing that was printed above them is touched.
struct LiveView {
    private let descriptor: Int32
    /// As they stand on the terminal.
    private var lines: [String] = []

    /// Nil where `descriptor` is no terminal that can move its cursor.
    init?(_ descriptor: Int32, environment: [String: String]) {
        let type = environment["TERM"] ?? ""
        guard Streams.isTerminal(descriptor), !type.isEmpty, type != "dumb" else { return nil }
        self.descriptor = descriptor
    }

    /// Only what fits is drawn: one line of text is one line of the terminal.
    mutating func draw(_ new: [String]) {
        let size = Streams.terminalSize(descriptor) ?? (columns: 80, rows: 24)
        let fitting = new.prefix(max(1, size.rows - 1))
            .map { DisplayWidth.truncate(Printable.line($0), to: max(1, size.columns - 1)) }
        guard Array(fitting) != lines else { return }
        let text = eraser(size.columns) + fitting.map { $0 + "\n" }.joined()
        lines = Array(fitting)
        Streams.write(text, to: descriptor)
    }

    /// Makes room for what is to be printed for good.
    mutating func erase() {
        Streams.write(eraser(Streams.terminalSize(descriptor)?.columns ?? 80), to: descriptor)
        lines = []
    }

    /// Up to the first line, and everything from there on. A terminal that became narrower has broken long lines.
    private func eraser(_ columns: Int) -> String {
        guard !lines.isEmpty else { return "" }
        let rows = lines.reduce(0) { $0 + max(1, (DisplayWidth.of($1) + columns - 1) / max(1, columns)) }
        return "\r\u{1B}[\(rows)A\u{1B}[J"
    }
}
