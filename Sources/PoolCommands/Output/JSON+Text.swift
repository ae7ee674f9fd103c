internal import POSIX

/// A JSON value as text: what fits on a line stays on one, the rest is indented by two.
extension JSON {
    /// With the newline that ends the answer.
    var text: String {
        var text: [UInt8] = []
        write(to: &text, indent: 0)
        text += "\n"
        return String(decoding: text, as: UTF8.self)
    }

    private static let lineLength = 100

    private func write(to text: inout [UInt8], indent: Int) {
        let start = text.count
        if writeLine(to: &text, endingBefore: start + JSON.lineLength - indent) { return }
        text.removeLast(text.count - start)
        switch self {
        case .null, .bool, .integer, .decimal, .string: break
        case .array(let values):
            JSON.writeLines(values, between: "[", "]", to: &text, indent: indent) {
                $0.write(to: &$1, indent: indent + 2)
            }
        case .object(let members):
            JSON.writeLines(members, between: "{", "}", to: &text, indent: indent) {
                JSON.writeName($0, to: &$1)
                $0.value.write(to: &$1, indent: indent + 2)
            }
        }
    }

    private static func writeLines<Item>(
        _ items: [Item], between open: String, _ close: String, to text: inout [UInt8], indent: Int,
        _ write: (Item, inout [UInt8]) -> Void
    ) {
        let margin = "\n" + String(repeating: " ", count: indent)
        let inner = margin + "  "
        text += open
        for (index, item) in items.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            text += inner
            write(item, &text)
        }
        text += margin
        text += close
    }

    /// - Returns: whether it has room; if not, part of it is there. What can only stand on one line always has.
    private func writeLine(to text: inout [UInt8], endingBefore end: Int) -> Bool {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .decimal(let digits): text += digits
        case .string(let value): JSON.quote(value, to: &text)
        case .array(let values):
            return JSON.writeLine(values, between: "[", "]", to: &text, endingBefore: end) {
                $0.writeLine(to: &$1, endingBefore: end)
            }
        case .object(let members):
            // With an empty name and one digit each it would be longer.
            guard members.count * "\"\": 0".utf8.count <= end - text.count else { return false }
            return JSON.writeLine(members, between: "{", "}", to: &text, endingBefore: end) {
                JSON.writeName($0, to: &$1)
                return $0.value.writeLine(to: &$1, endingBefore: end)
            }
        }
        return true
    }

    private static func writeLine<Item>(
        _ items: [Item], between open: String, _ close: String, to text: inout [UInt8], endingBefore end: Int,
        _ write: (Item, inout [UInt8]) -> Bool
    ) -> Bool {
        text += open
        for (index, item) in items.enumerated() {
            if index > 0 { text += ", " }
            guard write(item, &text), text.count < end else { return false }
        }
        text += close
        return text.count <= end
    }

    private static func writeName(_ member: Member, to text: inout [UInt8]) {
        quote(member.name, to: &text)
        text.append(UInt8(ascii: ":"))
        text.append(UInt8(ascii: " "))
    }

    private static func quote(_ string: String, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        if Printable.isPlainInQuotes(string) {
            text += string
        } else {
            for scalar in string.unicodeScalars { text += escaped(scalar) }
        }
        text.append(UInt8(ascii: "\""))
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": "\\\""
        case "\\": "\\\\"
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        case "\u{8}": "\\b"
        case "\u{C}": "\\f"
        // RFC 8259 asks for the first range; the second would reach a terminal as commands.
        case "\0"..<" ", "\u{7F}"..."\u{9F}":
            "\\u00" + (scalar.value < 0x10 ? "0" : "") + String(scalar.value, radix: 16)
        default: String(scalar)
        }
    }
}
