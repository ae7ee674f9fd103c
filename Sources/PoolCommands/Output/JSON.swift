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
