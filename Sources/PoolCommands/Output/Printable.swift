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

    /// Whether each of its bytes is a character of its own that takes one column.
    static func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control && scalar != "\t"
    }
}
