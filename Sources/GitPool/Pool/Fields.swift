/// The fields of a record being read; each is taken once, so that what is left over is what nobody understood.
///
/// A hundred records are read on the way of nearly every command: nothing is hashed, and a key is looked for from where
/// the last one was found, as readers ask in the order of writers.
struct Fields {
    private struct Field {
        let key: ArraySlice<UInt8>
        let value: String
        var isTaken = false
    }

    private var fields: [Field] = []
    private var next = 0
    private var hasUnreadable = false

    /// Nil if a line has no value, a key stands twice, an escape is broken, or it is not UTF-8; or if there is a NUL in it,
    /// where a path would end for the system and not for us. Lines are bytes: a value that begins with a combining mark makes one character with the space before it.
    init?(lines: [ArraySlice<UInt8>]) {
        fields.reserveCapacity(lines.count)
        for line in lines { guard add(line) else { return nil } }
    }

    /// The same of lines that each end in a line feed.
    init?(text: ArraySlice<UInt8>) {
        fields.reserveCapacity(48)
        var start = text.startIndex
        while start < text.endIndex {
            guard let end = text[start...].firstIndex(of: 0x0A), add(text[start..<end]) else { return nil }
            start = end + 1
        }
    }

    private mutating func add(_ line: ArraySlice<UInt8>) -> Bool {
        // No record has so many, and each is looked for among those before it.
        guard let space = line.firstIndex(of: UInt8(ascii: " ")), fields.count < 1 << 14 else { return false }
        let key = line[..<space]
        guard !fields.contains(where: { $0.key.count == key.count && $0.key == key }),
            Fields.isASCII(key) || Fields.isUTF8(key),
            let value = Fields.unescaped(line[(space + 1)...])
        else { return false }
        fields.append(Field(key: key, value: value))
        return true
    }

    /// Whether every field was taken, and understood.
    var isUsedUp: Bool { !hasUnreadable && fields.allSatisfy(\.isTaken) }

    func contains(_ key: String) -> Bool { index(of: key) != nil }

    mutating func text(_ key: String) -> String? {
        guard let index = index(of: key) else { return nil }
        fields[index].isTaken = true
        next = index + 1
        return fields[index].value
    }

    private func index(of key: String) -> Int? {
        let bytes = key.utf8
        for offset in fields.indices {
            let index = next + offset < fields.count ? next + offset : next + offset - fields.count
            let field = fields[index]
            if !field.isTaken, field.key.count == bytes.count, field.key.elementsEqual(bytes) { return index }
        }
        return nil
    }

    mutating func flag(_ key: String) -> Bool { value(key) { $0 == "yes" ? true : nil } ?? false }

    mutating func integer(_ key: String) -> Int? { integer64(key).map { Int($0) } }

    /// Small enough to be reckoned with; `.max` is for ever.
    mutating func integer64(_ key: String) -> Int64? {
        value(key) { Int64($0).flatMap { $0.magnitude <= 1 << 53 || $0 == .max ? $0 : nil } }
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
        while let item = text(prefix + String(items.count)) { items.append(item) }
        return items
    }

    mutating func all(prefixed prefix: String) -> [String: String] {
        var found: [String: String] = [:]
        for index in fields.indices where !fields[index].isTaken && fields[index].key.starts(with: prefix.utf8) {
            fields[index].isTaken = true
            found[String(decoding: fields[index].key, as: UTF8.self)] = fields[index].value
        }
        return found
    }

    private static func isASCII(_ bytes: ArraySlice<UInt8>) -> Bool { bytes.allSatisfy { $0 < 0x80 } }

    private static func isUTF8(_ bytes: ArraySlice<UInt8>) -> Bool { String(validating: bytes, as: UTF8.self) != nil }

    private static func unescaped(_ text: ArraySlice<UInt8>) -> String? {
        // Far the most: neither an escape nor a letter of more than one byte.
        if text.allSatisfy({ $0 < 0x80 && $0 != UInt8(ascii: "%") && $0 != 0 }) {
            return String(decoding: text, as: UTF8.self)
        }
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            // A sign would be taken for a digit.
            guard digits.count == 2, digits.allSatisfy({ $0 >= 0x30 }),
                let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(code)
            rest = rest.dropFirst(2)
        }
        return bytes.contains(0) ? nil : String(validating: bytes, as: UTF8.self)
    }
}

/// The lines of a record being written; a field without a value is left out.
struct FieldWriter {
    private(set) var lines: [String] = []

    mutating func put(_ key: String, _ value: String?) {
        guard let value else { return }
        lines.append(key + " " + FieldWriter.escaped(value))
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
