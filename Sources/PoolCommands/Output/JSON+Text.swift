internal import POSIX

/// A JSON value as text: what fits on a line stays on one, the rest is indented by two.
extension JSON {
    /// With the newline that ends the answer.
    var text: String {
        var text: [UInt8] = []
        write(to: &text, indent: 0)
        text.append(UInt8(ascii: "\n"))
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
        let margin = [UInt8(ascii: "\n")] + Array(repeating: UInt8(ascii: " "), count: indent)
        text += open.utf8
        for (index, item) in items.enumerated() {
            if index > 0 { text += ",".utf8 }
            text += margin
            text += "  ".utf8
            write(item, &text)
        }
        text += margin
        text += close.utf8
    }

    /// - Returns: whether it has room; if not, part of it is there. What can only stand on one line always has.
    private func writeLine(to text: inout [UInt8], endingBefore end: Int) -> Bool {
        switch self {
        case .null: text += "null".utf8
        case .bool(let value): text += (value ? "true" : "false").utf8
        case .integer(let value): text += String(value).utf8
        case .decimal(let digits): text += digits.utf8
        case .string(let value): JSON.quote(value, to: &text)
        case .array(let values):
            return JSON.writeLine(values, between: "[", "]", to: &text, endingBefore: end) {
                $0.writeLine(to: &$1, endingBefore: end)
            }
        case .object(let members):
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
        text += open.utf8
        for (index, item) in items.enumerated() {
            if index > 0 { text += ", ".utf8 }
            guard write(item, &text), text.count < end else { return false }
        }
        text += close.utf8
        return text.count <= end
    }

    private static func writeName(_ member: Member, to text: inout [UInt8]) {
        quote(member.name, to: &text)
        text += ": ".utf8
    }

    private static func quote(_ string: String, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        if isPlain(string) {
            text += string.utf8
        } else {
            for scalar in string.unicodeScalars { text += escaped(scalar).utf8 }
        }
        text.append(UInt8(ascii: "\""))
    }

    /// Whether all of it stands for itself, as in nearly every string.
    private static func isPlain(_ string: String) -> Bool {
        let bytes = string.utf8.span
        return Printable.isPlain(string) && bytes.firstIndex(of: UInt8(ascii: "\""), from: 0) == nil
            && bytes.firstIndex(of: UInt8(ascii: "\\"), from: 0) == nil
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
