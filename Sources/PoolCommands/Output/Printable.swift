/// Text as it may reach a terminal: without control characters, as git's own messages have it.
enum Printable {
    /// C0 but for the tab, DEL and C1 each become `?`; a newline too, since a line is one line.
    static func line(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var clean = String.UnicodeScalarView()
        clean.append(contentsOf: text.unicodeScalars.lazy.map { isControl($0) ? "?" : $0 })
        return String(clean)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control && scalar != "\t"
    }
}
