internal import POSIX

/// Rows in columns: never wider than the terminal, never a trailing space. What matters least gives way first: columns
/// that may be cut, then columns that may be left out.
struct Table {
    struct Column {
        enum Alignment { case left, right }

        let header: String
        /// May be cut, with `…` at its end, when the terminal is too narrow.
        let isFlexible: Bool
        let alignment: Alignment
        /// Of no use when it is cut to less.
        let least: Int
        /// May be left out; the highest rank goes first.
        let rank: Int?

        init(
            _ header: String, isFlexible: Bool = false, alignment: Alignment = .left, least: Int = Table.narrowest,
            rank: Int? = nil
        ) {
            self.header = header
            self.isFlexible = isFlexible
            self.alignment = alignment
            self.least = least
            self.rank = rank
        }
    }

    struct Cell: ExpressibleByStringLiteral {
        let text: String
        let role: Style.Role?
        let width: Int

        init(_ text: String, _ role: Style.Role? = nil) {
            self.role = role
            if Printable.isPlain(text) {
                self.text = text
                width = text.utf8.count
            } else {
                // A tab would move by a distance only the terminal knows.
                self.text = String(Printable.line(text).map { $0 == "\t" ? " " : $0 })
                width = DisplayWidth.of(self.text)
            }
        }

        init(stringLiteral value: String) { self.init(value) }
    }

    private static let gap = "  "
    static let narrowest = 8

    let columns: [Column]
    private(set) var rows: [[Cell]] = []

    init(_ columns: [Column]) { self.columns = columns }

    mutating func append(_ cells: [Cell]) {
        precondition(cells.count == columns.count, "a row has one cell a column")
        rows.append(cells)
    }

    /// `width` is nil where there is no terminal: nothing is cut then.
    func text(width: Int?, style: Style, showsHeader: Bool = true) -> String {
        Table.text(lines(width: width, style: style, showsHeader: showsHeader))
    }

    static func text(_ lines: [String]) -> String {
        let bytes = lines.reduce(into: [UInt8]()) { bytes, line in
            bytes += line
            bytes += "\n"
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    func lines(width: Int?, style: Style, showsHeader: Bool = true) -> [String] {
        let header = columns.map { Cell($0.header, .faint) }
        let lines = (showsHeader ? [header] : []) + rows
        let shown = fitted(natural(lines), to: width)
        return lines.map { line($0, shown, style) }
    }

    private func natural(_ lines: [[Cell]]) -> [Int] {
        lines.reduce(into: columns.map { _ in 0 }) { widths, cells in
            for (index, cell) in cells.enumerated() { widths[index] = max(widths[index], cell.width) }
        }
    }

    /// The columns to be shown, with their widths. The widest flexible one gives way first, so that short ones stay whole.
    private func fitted(_ natural: [Int], to width: Int?) -> [(column: Int, width: Int)] {
        var shown = natural.indices.map { (column: $0, width: natural[$0]) }
        guard let width else { return shown }
        func excess() -> Int {
            shown.reduce(0) { $0 + $1.width } + Self.gap.utf8.count * max(0, shown.count - 1) - width
        }
        func least(_ index: Int) -> Int {
            let column = columns[shown[index].column]
            return column.isFlexible ? min(shown[index].width, column.least) : shown[index].width
        }
        // Whatever could not even be cut into its place is left out.
        while excess() > shown.indices.reduce(0, { $0 + shown[$1].width - least($1) }) {
            let last = shown.indices.filter { columns[shown[$0].column].rank != nil }
                .max { (columns[shown[$0].column].rank ?? 0) < (columns[shown[$1].column].rank ?? 0) }
            guard let last else { break }
            shown.remove(at: last)
        }
        while excess() > 0 {
            let candidates = shown.indices.filter { shown[$0].width > least($0) }
            guard let widest = candidates.max(by: { shown[$0].width < shown[$1].width }) else { break }
            shown[widest].width -= 1
        }
        return shown
    }

    private func line(_ cells: [Cell], _ shown: [(column: Int, width: Int)], _ style: Style) -> String {
        var line: [UInt8] = []
        var pending = 0
        for (column, width) in shown {
            let cell = cells[column]
            let fits = cell.width <= width
            let text = fits ? cell.text : DisplayWidth.truncate(cell.text, to: width)
            let padding = max(0, width - (fits ? cell.width : DisplayWidth.of(text)))
            let isLeft = columns[column].alignment == .left
            if !text.isEmpty {
                line += repeatElement(UInt8(ascii: " "), count: pending + (isLeft ? 0 : padding))
                line += style.paint(text, cell.role)
                pending = isLeft ? padding : 0
            } else {
                pending += padding
            }
            pending += Self.gap.utf8.count
        }
        while line.last == UInt8(ascii: " ") { line.removeLast() }
        return String(decoding: line, as: UTF8.self)
    }
}
