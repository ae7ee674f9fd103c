/// A value on a porcelain line, quoted as git's quote_c_style does: one line, plain ASCII, and reversible.
enum CQuote {
    /// Unchanged where nothing needs quoting. Bytes above ASCII are quoted whatever `core.quotePath` says, because
    /// porcelain output does not depend on configuration.
    static func quote(_ text: String) -> String {
        if Printable.isPlainInQuotes(text) { return text }
        var quoted = "\""
        for byte in text.utf8 { quoted += escape(byte) ?? String(Unicode.Scalar(byte)) }
        return quoted + "\""
    }

    private static func escape(_ byte: UInt8) -> String? {
        switch byte {
        case 0x07: "\\a"
        case 0x08: "\\b"
        case 0x09: "\\t"
        case 0x0A: "\\n"
        case 0x0B: "\\v"
        case 0x0C: "\\f"
        case 0x0D: "\\r"
        case UInt8(ascii: "\""): "\\\""
        case UInt8(ascii: "\\"): "\\\\"
        case 0x20..<0x7F: nil
        default: "\\\(byte >> 6)\(byte >> 3 & 7)\(byte & 7)"
        }
    }
}
