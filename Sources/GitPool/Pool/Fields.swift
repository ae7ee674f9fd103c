/// The fields of a record being read; each is taken once, so that what is left over is what nobody understood.
struct Fields {
    private var values: [String: String] = [:]
    private var hasUnreadable = false

    /// Nil if a line has no value, a key stands twice, an escape is broken, or it is not UTF-8. Lines are bytes: a value
    /// that begins with a combining mark makes one character with the space before it.
    init?(lines: [ArraySlice<UInt8>]) {
        values.reserveCapacity(lines.count)
        for line in lines {
            guard let space = line.firstIndex(of: UInt8(ascii: " ")),
                let key = String(validating: line[..<space], as: UTF8.self),
                let value = Fields.unescaped(line[(space + 1)...]), values.updateValue(value, forKey: key) == nil
            else { return nil }
        }
    }

    /// Whether every field was taken, and understood.
    var isUsedUp: Bool { values.isEmpty && !hasUnreadable }

    func contains(_ key: String) -> Bool { values[key] != nil }

    mutating func text(_ key: String) -> String? { values.removeValue(forKey: key) }

    mutating func flag(_ key: String) -> Bool { value(key) { $0 == "yes" ? true : nil } ?? false }

    mutating func integer(_ key: String) -> Int? { value(key) { Int($0) } }

    mutating func integer64(_ key: String) -> Int64? { value(key) { Int64($0) } }

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
        let found = values.filter { $0.key.hasPrefix(prefix) }
        for key in found.keys { values[key] = nil }
        return found
    }

    private static func unescaped(_ text: ArraySlice<UInt8>) -> String? {
        guard text.contains(UInt8(ascii: "%")) else { return String(validating: text, as: UTF8.self) }
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(code)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
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
