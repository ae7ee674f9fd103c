/// A never negative number of bytes, as git writes it: `512M`, `2G`, in powers of 1024; a bare number is bytes.
struct Size: Equatable, Comparable, Sendable, CustomStringConvertible {
    struct Invalid: Error, Equatable {
        let text: String
        let isTooLarge: Bool

        /// Goes after "option `memory' " or "pool.maxDisk ".
        var expectation: String {
            isTooLarge ? "is larger than any disk" : "expects a size such as 512M or 2G"
        }
    }

    private static let units: [(letter: String, shift: Int64)] = [("T", 40), ("G", 30), ("M", 20), ("K", 10)]

    let bytes: Int64

    init(bytes: Int64) { self.bytes = max(0, bytes) }

    init(_ text: String) throws(Invalid) {
        let unit = Self.units.first { $0.letter.utf8.first == text.utf8.last.map { $0 & 0xDF } }
        let digits = unit == nil ? text[...] : text.dropLast()
        switch WholeNumber(digits) {
        case .number(let count):
            let (bytes, overflow) = count.multipliedReportingOverflow(by: 1 << (unit?.shift ?? 0))
            guard !overflow else { throw Invalid(text: text, isTooLarge: true) }
            self.bytes = bytes
        case .tooLarge: throw Invalid(text: text, isTooLarge: true)
        case .malformed: throw Invalid(text: text, isTooLarge: false)
        }
    }

    /// Never without a unit.
    var text: String { bytes < 1 << 10 ? "\(bytes) \(bytes == 1 ? "byte" : "bytes")" : description }

    /// For people, rounded up as `du -h` does: `812`, `1.5G`, `20M`. Too much is the safer mistake about a disk.
    var description: String {
        guard let unit = Self.units.first(where: { bytes >= 1 << $0.shift }) else { return "\(bytes)" }
        let whole = bytes >> unit.shift
        let rest = bytes & ((1 << unit.shift) - 1)
        if whole < 10 {
            // The rest is below 2^40, so ten of it cannot overflow.
            let tenths = whole * 10 + (rest * 10 + (1 << unit.shift) - 1) >> unit.shift
            if tenths < 100 { return "\(tenths / 10).\(tenths % 10)\(unit.letter)" }
            return "10\(unit.letter)"
        }
        return "\(whole + (rest > 0 ? 1 : 0))\(unit.letter)"
    }

    static func < (left: Size, right: Size) -> Bool { left.bytes < right.bytes }
}
