/// Heights in one line: blocks where the locale can show them, else ASCII; never wider than the terminal.
struct Sparkline {
    private static let blocks = Array("▁▂▃▄▅▆▇█")
    private static let plain = Array("_.-=+*%#")

    private let width: Int
    private let levels: [Character]

    init(width: Int, environment: [String: String]) {
        self.width = width
        levels = Sparkline.isUTF8(environment) ? Sparkline.blocks : Sparkline.plain
    }

    /// The variable that decides is the first one that is set and not empty (locale(7)).
    private static func isUTF8(_ environment: [String: String]) -> Bool {
        let names = ["LC_ALL", "LC_CTYPE", "LANG"]
        let locale = names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        return locale.lowercased().filter { $0 != "-" }.hasSuffix("utf8")
    }

    /// Neighbours share a column where there are more values than columns. The highest is the highest of these.
    ///
    /// - Parameter taken: columns that stand before it.
    func text(_ values: [Int64], after taken: Int) -> String {
        // The last column of a terminal is left free: some wrap when it is written.
        let columns = min(values.count, width - taken - 1)
        guard columns >= 8 else { return "" }
        let size = (values.count + columns - 1) / columns
        // From the end on, so that only the oldest column could be of fewer; that one is left out.
        let sums = stride(from: values.count % size, to: values.count, by: size).map { start in
            values[start..<start + size].reduce(0, +)
        }
        guard let most = sums.max(), most > 0 else { return "" }
        // Nothing is told from little: a blank stands for none.
        return String(
            sums.map { $0 == 0 ? " " : levels[Int(min(Int64(levels.count) - 1, $0 * Int64(levels.count) / most))] })
    }
}
