/// Text as it may reach a terminal: without control characters, as git's own messages have it.
enum Printable {
    /// C0 but for the tab, DEL and C1 each become `?`; a newline too, since a line is one line.
    static func line(_ text: String) -> String {
        if isPlain(text) { return text }
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var clean = String.UnicodeScalarView()
        clean.append(contentsOf: text.unicodeScalars.lazy.map { isControl($0) ? "?" : $0 })
        return String(clean)
    }

    /// Whether each of its bytes is a character of its own that takes one column. Without a way out of the loop many are
    /// looked at at a time.
    static func isPlain(_ text: String) -> Bool {
        let bytes = text.utf8.span
        var others: UInt8 = 0
        for index in bytes.indices { others |= bytes[index] < 0x20 || bytes[index] >= 0x7F ? 1 : 0 }
        return others == 0
    }

    /// The same, and whether quotes can stand around it: it has none, nor what escapes one.
    static func isPlainInQuotes(_ text: String) -> Bool {
        let bytes = text.utf8.span
        var others: UInt8 = 0
        for index in bytes.indices {
            let byte = bytes[index]
            let isOther = byte < 0x20 || byte >= 0x7F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
            others |= isOther ? 1 : 0
        }
        return others == 0
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control && scalar != "\t"
    }
}
