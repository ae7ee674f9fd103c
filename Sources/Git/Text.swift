/// Splits what git prints; bytes stay bytes, because a path need not be UTF-8.
package enum Text {
    /// The text without its last line feed.
    package static func line(_ bytes: [UInt8]) -> String {
        let body = bytes.last == 0x0A ? bytes.dropLast() : bytes[...]
        return String(decoding: body, as: UTF8.self)
    }

    package static func lines(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The parts of a `-z` output.
    package static func records(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        bytes.split(separator: 0, omittingEmptySubsequences: false).dropLast()
    }

    /// Such parts as `-z` reads them, a NUL after each.
    package static func terminated(_ records: [[UInt8]]) -> [UInt8] {
        records.reduce(into: []) { $0 += $1 + [0] }
    }

    /// Of a line such as `mode id stage TAB path`: what stands before the tab.
    package static func words(beforeTab line: ArraySlice<UInt8>) -> [Substring] {
        String(decoding: line.prefix { $0 != 0x09 }, as: UTF8.self).split(separator: " ")
    }

    /// Of such a line the path, which may hold tabs of its own.
    package static func path(afterTab line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        line.drop { $0 != 0x09 }.dropFirst()
    }

    /// An object name of its bytes.
    static func hex(_ id: ArraySlice<UInt8>) -> String {
        id.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Whether the text is an object name of either hash.
    package static func isObjectID(_ text: String) -> Bool {
        let digits = text.utf8
        guard digits.count == 40 || digits.count == 64 else { return false }
        return digits.allSatisfy { digit in
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
            default: false
            }
        }
    }
}
