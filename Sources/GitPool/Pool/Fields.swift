internal import POSIX

/// The fields of a record being read, in the order in which they were written: what nobody takes in its turn is left
/// over, and then nobody understood all of it.
///
/// A thousand records are read on the way of nearly every command: one walk over the bytes finds the fields, and a text
/// is made of each that is there.
struct Fields {
    private let bytes: [UInt8]
    /// Whether all values stand there as they are: neither an escape nor a letter of more than one byte.
    private let isPlain: Bool
    /// The lines that nobody took yet.
    private var rest: Range<Int>
    private var hasUnreadable = false

    /// A line that no field can be: it stands at the end, and nowhere else.
    static let ending = Array("\nend\n".utf8)

    /// Nil unless the first line is `version` and the last one `end`; between them are lines `key value`.
    init?(_ bytes: [UInt8], version: String) {
        let start = version.utf8.count + 1
        let end = bytes.count - Fields.ending.count + 1
        guard start <= end, bytes.span.extracting(first: start - 1).isSame(as: version.utf8.span),
            bytes[start - 1] == 0x0A, bytes.span.extracting(last: Fields.ending.count).isSame(as: Fields.ending.span)
        else { return nil }
        self.bytes = bytes
        rest = start..<end
        isPlain = Fields.isPlain(bytes.span.extracting(rest))
    }

    /// Neither a letter of more than one byte, nor an escape, nor a NUL. Without a way out of the loop many bytes are
    /// looked at at a time.
    private static func isPlain(_ span: Span<UInt8>) -> Bool {
        var others: UInt8 = 0
        for index in span.indices {
            let byte = span[index]
            others |= byte & 0x80 | (byte == UInt8(ascii: "%") ? 1 : 0) | (byte == 0 ? 1 : 0)
        }
        return others == 0
    }

    /// Whether every field was taken, and understood.
    var isUsedUp: Bool { !hasUnreadable && rest.isEmpty }

    /// Whether the next field is this one.
    func isNext(_ key: StaticString) -> Bool {
        let end = rest.lowerBound + key.utf8CodeUnitCount
        guard end < rest.upperBound, bytes[end] == UInt8(ascii: " ") else { return false }
        return bytes.span.extracting(rest.lowerBound..<end).isSame(as: key)
    }

    /// Nil where it is not the next field.
    mutating func text(_ key: StaticString) -> String? {
        isNext(key) ? text(takeValue(behind: key.utf8CodeUnitCount)) : nil
    }

    /// The value of the next line, whose key is so long. Each line has its end.
    private mutating func takeValue(behind length: Int) -> Range<Int> {
        let start = rest.lowerBound + length + 1
        let end = bytes.span.firstIndex(of: 0x0A, from: start) ?? rest.upperBound
        rest = end + 1..<rest.upperBound
        return start..<end
    }

    private mutating func text(_ value: Range<Int>) -> String? {
        guard isPlain || Fields.isPlain(bytes.span.extracting(value)) else {
            return understood(Fields.unescaped(bytes[value]))
        }
        return String(decoding: bytes[value], as: UTF8.self)
    }

    /// What stands there and cannot be read is not the same as nothing.
    private mutating func understood<Value>(_ value: Value?) -> Value? {
        if value == nil { hasUnreadable = true }
        return value
    }

    mutating func flag(_ key: StaticString) -> Bool {
        guard let text = text(key) else { return false }
        return understood(text == "yes" ? true : nil) ?? false
    }

    mutating func integer(_ key: StaticString) -> Int? { integer64(key).map { Int($0) } }

    /// Small enough to be reckoned with; `.max` is for ever.
    mutating func integer64(_ key: StaticString) -> Int64? {
        guard isNext(key) else { return nil }
        let value = takeValue(behind: key.utf8CodeUnitCount)
        if let small = digits(value) { return small }
        let number = text(value).flatMap { Int64($0) }
        return understood(number.flatMap { $0.magnitude <= 1 << 53 || $0 == .max ? $0 : nil })
    }

    /// A number as nearly all are written; nil for any other text.
    private func digits(_ value: Range<Int>) -> Int64? {
        guard (1...15).contains(value.count) else { return nil }
        var number: Int64 = 0
        for index in value {
            let byte = bytes[index]
            guard (0x30...0x39).contains(byte) else { return nil }
            number = number * 10 + Int64(byte - 0x30)
        }
        return number
    }

    /// `prefix0`, `prefix1`, … in order.
    mutating func list(_ prefix: String) -> [String] {
        var items: [String] = []
        // Most records have none: it is not worth the text of a key.
        while isNext(beginning: prefix) {
            let key = prefix + String(items.count)
            guard isNext(beginning: key + " "), let item = text(takeValue(behind: key.utf8.count)) else { break }
            items.append(item)
        }
        return items
    }

    private func isNext(beginning start: String) -> Bool {
        bytes.span.extracting(rest).extracting(first: start.utf8.count).isSame(as: start.utf8.span)
    }

    /// All whose keys begin so, with their keys, which are in their order and no two the same.
    mutating func all(prefixed prefix: String) -> [(key: String, value: String)] {
        var found: [(key: String, value: String)] = []
        while isNext(beginning: prefix), let key = nextKey, found.last.map({ $0.key < key }) ?? true,
            let value = text(takeValue(behind: key.utf8.count))
        {
            found.append((key, value))
        }
        return found
    }

    /// Nil for a line that is none of a field.
    private var nextKey: String? {
        let line = bytes[rest].prefix { $0 != 0x0A }
        return line.firstIndex(of: UInt8(ascii: " ")).flatMap { String(validating: line[..<$0], as: UTF8.self) }
    }

    /// Nil where an escape is broken, or what it stands for is not UTF-8; or if there is a NUL in it, where a path would
    /// end for the system and not for us.
    static func unescaped(_ value: ArraySlice<UInt8>) -> String? {
        var result: [UInt8] = []
        var rest = value
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                result.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            // A sign would be taken for a digit.
            guard digits.count == 2, digits.allSatisfy({ $0 >= 0x30 }),
                let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else { return nil }
            result.append(code)
            rest = rest.dropFirst(2)
        }
        return result.contains(0) ? nil : String(validating: result, as: UTF8.self)
    }
}
