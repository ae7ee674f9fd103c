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
