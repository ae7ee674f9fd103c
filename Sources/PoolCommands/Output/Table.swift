/// Rows in columns: never wider than the terminal while a flexible column can give way, never a trailing space.
struct Table {
    struct Column {
        enum Alignment { case left, right }

        let header: String
        /// May be cut, with `…` at its end, when the terminal is too narrow.
        let isFlexible: Bool
        let alignment: Alignment

        init(_ header: String, isFlexible: Bool = false, alignment: Alignment = .left) {
            self.header = header
            self.isFlexible = isFlexible
            self.alignment = alignment
        }
    }

    struct Cell: ExpressibleByStringLiteral {
        let text: String
        let role: Style.Role?

        init(_ text: String, _ role: Style.Role? = nil) {
            // A tab would move by a distance only the terminal knows.
            self.text = String(Printable.line(text).map { $0 == "\t" ? " " : $0 })
            self.role = role
        }

        init(stringLiteral value: String) { self.init(value) }
    }

    private static let gap = "  "
    private static let narrowest = 8

    let columns: [Column]
    private(set) var rows: [[Cell]] = []

    init(_ columns: [Column]) { self.columns = columns }

    mutating func append(_ cells: [Cell]) {
        precondition(cells.count == columns.count, "a row has one cell a column")
        rows.append(cells)
    }

    /// `width` is nil where there is no terminal: nothing is cut then.
    func text(width: Int?, style: Style, showsHeader: Bool = true) -> String {
        let header = columns.map { Cell($0.header, .faint) }
        let lines = (showsHeader ? [header] : []) + rows
        let widths = fitted(natural(lines), to: width)
        return lines.map { line($0, widths, style) }.joined()
    }

    private func natural(_ lines: [[Cell]]) -> [Int] {
        lines.reduce(into: columns.map { _ in 0 }) { widths, cells in
            for (index, cell) in cells.enumerated() { widths[index] = max(widths[index], DisplayWidth.of(cell.text)) }
        }
    }

    /// The widest flexible column gives way first, so that short ones stay whole.
    private func fitted(_ natural: [Int], to width: Int?) -> [Int] {
        guard let width else { return natural }
        var widths = natural
        var excess = widths.reduce(0, +) + Self.gap.utf8.count * max(0, widths.count - 1) - width
        while excess > 0 {
            let candidates = widths.indices.filter { columns[$0].isFlexible && widths[$0] > Self.narrowest }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }

    private func line(_ cells: [Cell], _ widths: [Int], _ style: Style) -> String {
        let padded = cells.indices.map { index in
            let text = DisplayWidth.truncate(cells[index].text, to: widths[index])
            let padding = String(repeating: " ", count: max(0, widths[index] - DisplayWidth.of(text)))
            let painted = style.paint(text, cells[index].role)
            return columns[index].alignment == .left ? painted + padding : padding + painted
        }
        var line = padded.joined(separator: Self.gap)
        while line.utf8.last == UInt8(ascii: " ") { line.unicodeScalars.removeLast() }
        return line + "\n"
    }
}
