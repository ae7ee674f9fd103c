/// A moment in seconds since 1970, written as RFC 3339 in UTC: no locale and no time zone has a say in it.
struct Timestamp: Equatable, Sendable, CustomStringConvertible {
    let seconds: Int64

    init(seconds: Int64) { self.seconds = seconds }

    /// `2026-11-21T07:49:18Z`. RFC 3339 knows the years 0000 to 9999 only, so a moment beyond is shown as the last.
    var description: String {
        let clamped = min(max(seconds, -62_167_219_200), 253_402_300_799)
        let days = (clamped >= 0 ? clamped : clamped - 86_399) / 86_400
        let ofDay = clamped - days * 86_400
        let date = Self.civil(fromDays: days)
        var text: [UInt8] = []
        text.reserveCapacity(20)
        Self.put(date.year, from: 1000, "-", into: &text)
        Self.put(date.month, from: 10, "-", into: &text)
        Self.put(date.day, from: 10, "T", into: &text)
        Self.put(ofDay / 3600, from: 10, ":", into: &text)
        Self.put(ofDay / 60 % 60, from: 10, ":", into: &text)
        Self.put(ofDay % 60, from: 10, "Z", into: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Howard Hinnant's `civil_from_days`: the year starts in March, so that the leap day is its last.
    private static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let ofEra = shifted - era * 146_097
        let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * ofYear + 2) / 153
        let day = ofYear - (153 * fromMarch + 2) / 5 + 1
        let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    /// The digits of a number from this place on, zeros where it is smaller, and a mark.
    private static func put(_ number: Int64, from first: Int64, _ mark: Unicode.Scalar, into text: inout [UInt8]) {
        var place = first
        while place > 0 {
            text.append(UInt8(ascii: "0") + UInt8(number / place % 10))
            place /= 10
        }
        text.append(UInt8(ascii: mark))
    }
}
