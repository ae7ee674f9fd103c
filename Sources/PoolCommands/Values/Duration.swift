internal import GitPool

/// A whole, never negative number of seconds, as options and configuration write it: `90s`, `4m`, `2h`, `30d`, `90`.
struct Duration: Equatable, Comparable, Sendable, CustomStringConvertible {
    struct Invalid: Error, Equatable {
        let text: String
        let isTooLong: Bool

        /// Goes after "option `ttl' " or "pool.ttl ".
        var expectation: String {
            isTooLong ? "is longer than any clock runs" : "expects a duration such as 90s, 4m, 2h or 30d"
        }
    }

    private static let units: [(letter: String, seconds: Int64)] = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)]

    let seconds: Int64

    init(seconds: Int64) { self.seconds = max(0, seconds) }

    init(_ text: String) throws(Invalid) {
        do { seconds = try Seconds.parse(text) } catch { throw Invalid(text: text, isTooLong: error == .tooLong) }
    }

    /// Nil instead of an overflow: callers add milliseconds of clocks to this.
    var milliseconds: Int64? {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return overflow ? nil : product
    }

    /// Exact, in the largest unit that is: `4m`, `90s`.
    var description: String {
        let unit = Self.units.first { seconds % $0.seconds == 0 && seconds > 0 }
        return "\(seconds / (unit?.seconds ?? 1))\(unit?.letter ?? "s")"
    }

    /// Rounded down, for people: `3s`, `4m`, `2h`, `5d`.
    var age: String {
        let unit = Self.units.first { seconds >= $0.seconds }
        return "\(seconds / (unit?.seconds ?? 1))\(unit?.letter ?? "s")"
    }

    static func < (left: Duration, right: Duration) -> Bool { left.seconds < right.seconds }
}
