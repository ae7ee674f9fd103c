internal import POSIX

/// Lines at the bottom of a terminal that are drawn anew in place; nothing that was printed above them is touched.
struct LiveView {
    private let descriptor: Int32
    /// As they stand on the terminal.
    private var lines: [String] = []
    private var isValid = true

    /// Nil where `descriptor` is no terminal that can move its cursor.
    init?(_ descriptor: Int32, environment: [String: String]) {
        let type = environment["TERM"] ?? ""
        guard Streams.isTerminal(descriptor), !type.isEmpty, type != "dumb" else { return nil }
        self.descriptor = descriptor
    }

    /// Only what fits is drawn: one line of text is one line of the terminal.
    mutating func draw(_ new: [String]) {
        let size = size
        replace(
            by: new.prefix(max(1, size.rows - 1))
                .map { DisplayWidth.truncate(Printable.line($0), to: max(1, size.columns - 1)) })
    }

    /// The same of lines that are painted, and cut to `columns`, already. The last row tells of those that do not fit.
    mutating func draw(painted new: [String]) {
        let most = max(2, size.rows - 1)
        let fits = new.count <= most
        replace(by: fits ? new : new.prefix(most - 1) + ["… \(new.count - most + 1) more"])
    }

    /// One is left free: what is written to the last makes some terminals wrap.
    var columns: Int { max(1, size.columns - 1) }

    /// Some terminals know only one of them.
    private var size: (columns: Int, rows: Int) { (Streams.columns(descriptor) ?? 80, Streams.rows(descriptor) ?? 24) }

    /// After the terminal changed its size, or somebody else wrote to it, the same lines are not where they were.
    mutating func invalidate() { isValid = false }

    /// Each line over the old one, in one write: nothing is empty in between.
    private mutating func replace(by new: [String]) {
        guard !isValid || new != lines else { return }
        let text = start + new.map { $0 + "\u{1B}[K\n" }.joined() + "\u{1B}[J"
        (lines, isValid) = (new, true)
        Streams.write(text, to: descriptor)
    }

    /// Makes room for what is to be printed for good.
    mutating func erase() {
        if !lines.isEmpty { Streams.write(start + "\u{1B}[J", to: descriptor) }
        lines = []
    }

    /// Up to the first line. A terminal that became narrower has broken long lines.
    private var start: String {
        guard !lines.isEmpty else { return "" }
        let columns = max(1, size.columns)
        let rows = lines.reduce(0) { $0 + max(1, (Style.width(ofPainted: $1) + columns - 1) / columns) }
        return "\r\u{1B}[\(rows)A"
    }
}
