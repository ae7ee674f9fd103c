/// Lengths of time as users write them: `90s 4m 2h 30d`, or a bare number of seconds.
package enum Seconds {
    package enum Invalid: Error, Equatable { case malformed, tooLong }

    /// - Throws: `malformed` for anything else and for a negative length, `tooLong` for more than fits.
    package static func parse(_ text: String) throws(Invalid) -> Int64 {
        let scale: Int64? =
            switch text.last {
            case "s": 1
            case "m": 60
            case "h": 3600
            case "d": 86400
            default: nil
            }
        let digits = scale == nil ? text[...] : text.dropLast()
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { throw .malformed }
        guard let number = Int64(digits),
            case let (seconds, overflow) = number.multipliedReportingOverflow(by: scale ?? 1), !overflow
        else { throw .tooLong }
        return seconds
    }
}
