/// A JSON value whose objects keep the order they were written in; its text is always valid RFC 8259.
enum JSON: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// Any other number, as it is written: nothing here computes with one.
    case decimal(String)
    case string(String)
    case array([JSON])
    case object([Member])

    struct Member: Equatable, Sendable {
        let name: String
        let value: JSON

        init(_ name: String, _ value: JSON) {
            self.name = name
            self.value = value
        }
    }

    /// Absent is null, never missing: these take what may be absent.
    init(_ value: String?) { self = value.map(JSON.string) ?? .null }
    init(_ value: Bool?) { self = value.map(JSON.bool) ?? .null }
    init(_ value: (some FixedWidthInteger & Sendable)?) { self = value.map { .integer(Int64(clamping: $0)) } ?? .null }
    init(_ value: Timestamp?) { self = value.map { .string($0.description) } ?? .null }
    init(_ values: [String]) { self = .array(values.map(JSON.string)) }

    /// A member of an object; nil where this is none, or lacks it.
    subscript(name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// With the newline that ends the answer.
    var text: String {
        var text = ""
        write(to: &text, indent: 0)
        return text + "\n"
    }

    private static let lineLength = 100

    /// What fits on a line stays on one; the rest is indented by two.
    private func write(to text: inout String, indent: Int) {
        let line = onOneLine
        guard line.utf8.count > Self.lineLength - indent else {
            text += line
            return
        }
        switch self {
        case .null, .bool, .integer, .decimal, .string: text += line
        case .array(let values):
            Self.write(values.map { ("", $0) }, between: ("[", "]"), to: &text, indent: indent)
        case .object(let members):
            let named = members.map { (Self.quoted($0.name) + ": ", $0.value) }
            Self.write(named, between: ("{", "}"), to: &text, indent: indent)
        }
    }

    private static func write(
        _ items: [(label: String, value: JSON)],
        between brackets: (String, String),
        to text: inout String,
        indent: Int
    ) {
        let margin = "\n" + String(repeating: " ", count: indent)
        text += brackets.0
        for (index, item) in items.enumerated() {
            text += (index == 0 ? "" : ",") + margin + "  " + item.label
            item.value.write(to: &text, indent: indent + 2)
        }
        text += margin + brackets.1
    }

    private var onOneLine: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .decimal(let text): text
        case .string(let value): Self.quoted(value)
        case .array(let values): "[" + values.map(\.onOneLine).joined(separator: ", ") + "]"
        case .object(let members):
            "{" + members.map { Self.quoted($0.name) + ": " + $0.value.onOneLine }.joined(separator: ", ") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\u{8}": quoted += "\\b"
            case "\u{C}": quoted += "\\f"
            // RFC 8259 asks for the first range; the second would reach a terminal as commands.
            case "\0"..<" ", "\u{7F}"..."\u{9F}":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(integerLiteral value: Int64) { self = .integer(value) }
    init(arrayLiteral elements: JSON...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSON)...) { self = .object(elements.map { Member($0.0, $0.1) }) }
    init(nilLiteral: ()) { self = .null }
}
