/// How many leases were held when: seconds of leases in cells of three widths, of which only the newest are kept.
package struct UseHistory: Sendable, Equatable {
    package struct Scale: Sendable, Equatable {
        /// Seconds.
        package let width: Int64
        package let count: Int
        package var span: Int64 { width * Int64(count) }
    }

    /// An hour, a day, a fortnight.
    package static let scales = [
        Scale(width: 60, count: 60), Scale(width: 600, count: 144), Scale(width: 7200, count: 168),
    ]

    /// Of each scale, by the number of the cell since 1970.
    private var cells: [[Int64: Int64]] = UseHistory.scales.map { _ in [:] }

    package init() {}

    mutating func add(from: Int64, to: Int64, at now: Int64) {
        for (index, scale) in UseHistory.scales.enumerated() {
            var start = max(from, 0, now - scale.span)
            let end = min(to, now)
            while start < end {
                let cell = start / scale.width
                let next = min(end, (cell + 1) * scale.width)
                cells[index][cell, default: 0] += next - start
                start = next
            }
        }
    }

    /// The cells of a scale up to now, oldest first; a cell that is not over has not had its time yet.
    package func cells(of scale: Scale, at now: Int64) -> [(from: Int64, seconds: Int64)] {
        guard let index = UseHistory.scales.firstIndex(of: scale) else { return [] }
        let last = max(0, now) / scale.width
        return (max(0, last - Int64(scale.count) + 1)...last).map { ($0 * scale.width, cells[index][$0] ?? 0) }
    }

    // MARK: - On the disk

    /// Without what is too old, or not yet.
    func lines(at now: Int64) -> [String] {
        zip(UseHistory.scales, cells).flatMap { scale, cells in
            let kept = self.cells(of: scale, at: now).filter { $0.seconds > 0 }
            return cells.isEmpty ? [] : kept.map { "use \(scale.width) \($0.from) \($0.seconds)" }
        }
    }

    /// False for what is no line of one.
    mutating func read(_ words: [Substring]) -> Bool {
        guard words.count == 4, let width = Int64(words[1]), let from = Int64(words[2]), let seconds = Int64(words[3]),
            let index = UseHistory.scales.firstIndex(where: { $0.width == width }), from >= 0, from % width == 0,
            (0...1 << 40).contains(seconds)
        else { return false }
        cells[index][from / width] = seconds
        return true
    }
}
