internal import POSIX

/// The fields of a record being read; each is taken once, so that what is left over is what nobody understood.
///
/// A thousand records are read on the way of nearly every command: one walk over the bytes finds the fields, a text is
/// made of what is asked for only, and a key is looked for from where the last one was found, as readers ask in the
/// order of writers.
struct Fields {
    /// Where a field lies in the bytes.
    private struct Field {
        let key: Range<Int>
        let value: Range<Int>
        /// Whether the value stands there as it is: neither an escape nor a letter of more than one byte.
        let isPlain: Bool
        var isTaken = false
    }

    private let bytes: [UInt8]
    private var fields: [Field] = []
    /// The shapes of all keys: most keys that are not there are told by it.
    private var shapes: UInt64 = 0
    private var next = 0
    private var hasUnreadable = false

    /// So many are looked through for each; of more, all keys are compared at once.
    private static let few = 64

    /// Of lines that each end in a line feed. Nil if a line has no value, a key stands twice, an escape is broken, or it
    /// is not UTF-8; or if there is a NUL in it, where a path would end for the system and not for us. Lines are bytes: a
    /// value that begins with a combining mark makes one character with the space before it.
    init?(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        fields.reserveCapacity(40)
        let span = bytes.span.extracting(first: range.upperBound)
        let isPlain = Fields.isPlain(span.extracting(range))
        var start = range.lowerBound
        while start < range.upperBound {
            guard let end = addLine(of: span, from: start, isPlain) else { return nil }
            start = end + 1
        }
        guard fields.count <= Fields.few || Set(fields.map { bytes[$0.key] }).count == fields.count else { return nil }
    }

    /// The same of lines without their ends.
    init?(lines: [ArraySlice<UInt8>]) {
        let bytes = lines.reduce(into: [UInt8]()) { $0 += $1 + [0x0A] }
        self.init(bytes, 0..<bytes.count)
    }

    /// - Returns: where its line feed is.
    private mutating func addLine(of span: Span<UInt8>, from start: Int, _ isPlain: Bool) -> Int? {
        guard let end = span.firstIndex(of: 0x0A, from: start),
            let space = span.firstIndex(of: UInt8(ascii: " "), from: start), space < end
        else { return nil }
        let (key, value) = (start..<space, space + 1..<end)
        let name = span.extracting(key)
        guard isPlain || Fields.isPlain(name) || isText(key) else { return nil }
        let shape = Fields.shape(name)
        if shapes & shape != 0, fields.count <= Fields.few {
            for field in fields where span.extracting(field.key).isSame(as: name) { return nil }
        }
        let field = Field(key: key, value: value, isPlain: isPlain || Fields.isPlain(span.extracting(value)))
        guard field.isPlain || unescaped(value) != nil else { return nil }
        fields.append(field)
        shapes |= shape
        return end
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

    /// One bit for all keys of a length and a last letter.
    private static func shape(_ key: Span<UInt8>) -> UInt64 {
        1 << UInt64((key.count &* 5 &+ Int(key.isEmpty ? 0 : key[key.count - 1])) & 63)
    }

    private func isText(_ range: Range<Int>) -> Bool { String(validating: bytes[range], as: UTF8.self) != nil }

    /// Whether every field was taken, and understood.
    var isUsedUp: Bool { !hasUnreadable && fields.allSatisfy(\.isTaken) }

    func contains(_ key: String) -> Bool { index(of: key) != nil }

    mutating func text(_ key: String) -> String? {
        guard let index = index(of: key) else { return nil }
        return take(index)
    }

    private mutating func take(_ index: Int) -> String? {
        fields[index].isTaken = true
        next = index + 1
        let field = fields[index]
        return field.isPlain ? String(decoding: bytes[field.value], as: UTF8.self) : unescaped(field.value)
    }

    /// Nearly all that is asked for is the next one, or not there at all.
    private func index(of key: String) -> Int? {
        let key = key.utf8.span
        guard shapes & Fields.shape(key) != 0 else { return nil }
        if next < fields.count, isAt(next, key) { return next }
        return fields.indices.first { isAt($0, key) }
    }

    private func isAt(_ index: Int, _ key: Span<UInt8>) -> Bool {
        let field = fields[index]
        return !field.isTaken && field.key.count == key.count && bytes.span.extracting(field.key).isSame(as: key)
    }

    mutating func flag(_ key: String) -> Bool { value(key) { $0 == "yes" ? true : nil } ?? false }

    mutating func integer(_ key: String) -> Int? { integer64(key).map { Int($0) } }

    /// Small enough to be reckoned with; `.max` is for ever.
    mutating func integer64(_ key: String) -> Int64? {
        guard let index = index(of: key) else { return nil }
        let field = fields[index]
        if field.isPlain, let small = Fields.digits(bytes[field.value]) {
            fields[index].isTaken = true
            next = index + 1
            return small
        }
        return value(key) { Int64($0).flatMap { $0.magnitude <= 1 << 53 || $0 == .max ? $0 : nil } }
    }

    /// A number as nearly all are written; nil for any other text.
    private static func digits(_ text: ArraySlice<UInt8>) -> Int64? {
        guard (1...15).contains(text.count) else { return nil }
        var number: Int64 = 0
        for byte in text {
            guard (0x30...0x39).contains(byte) else { return nil }
            number = number * 10 + Int64(byte - 0x30)
        }
        return number
    }

    /// What stands there and cannot be read is not the same as nothing.
    private mutating func value<Value>(_ key: String, _ read: (String) -> Value?) -> Value? {
        guard let text = text(key) else { return nil }
        let value = read(text)
        if value == nil { hasUnreadable = true }
        return value
    }

    /// `prefix0`, `prefix1`, … in order.
    mutating func list(_ prefix: String) -> [String] {
        var items: [String] = []
        // Most records have none: it is not worth the text of a key.
        guard fields.indices.contains(where: { hasUntaken($0, prefix) }) else { return items }
        while let item = text(prefix + String(items.count)) { items.append(item) }
        return items
    }

    /// All that nobody took whose keys begin so, with their keys.
    mutating func all(prefixed prefix: String) -> [(key: String, value: String)] {
        fields.indices.compactMap { index in
            guard hasUntaken(index, prefix), let value = take(index) else { return nil }
            return (String(decoding: bytes[fields[index].key], as: UTF8.self), value)
        }
    }

    private func hasUntaken(_ index: Int, _ prefix: String) -> Bool {
        let (field, prefix) = (fields[index], prefix.utf8.span)
        return !field.isTaken && field.key.count >= prefix.count
            && bytes.span.extracting(field.key).extracting(first: prefix.count).isSame(as: prefix)
    }

    private func unescaped(_ range: Range<Int>) -> String? {
        var result: [UInt8] = []
        var rest = bytes[range]
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

/// The lines of a record being written, each with its end; a field without a value is left out.
struct FieldWriter {
    private var text: String

    /// - Parameter version: the first line.
    init(_ version: String) { text = version + "\n" }

    /// The whole record, with its last line.
    consuming func ended() -> String {
        text += "end\n"
        return text
    }

    mutating func put(_ key: String, _ value: String?) {
        guard let value else { return }
        text += key
        text += " "
        text += FieldWriter.escaped(value)
        text += "\n"
    }

    mutating func put(_ key: String, _ value: some BinaryInteger) { put(key, String(value)) }

    mutating func put(_ key: String, _ value: Int64?) { put(key, value.map { String($0) }) }

    mutating func put(_ key: String, _ value: Bool) { put(key, value ? "yes" : nil) }

    private static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "%") || $0 == 0x7F }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if scalar.value < 0x20 || scalar == "%" || scalar.value == 0x7F {
                let code = String(scalar.value, radix: 16)
                result += "%" + (code.count == 1 ? "0" : "") + code
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
