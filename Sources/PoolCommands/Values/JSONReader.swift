/// Reads one value exactly as RFC 8259 has it: what comes from elsewhere is data within bounds, or is refused whole.
struct JSONReader {
    struct Malformed: Error, Equatable {
        enum Problem: Equatable { case tooLarge, tooDeep, notText, unexpected, truncated, repeatedName, loneSurrogate }

        let problem: Problem
        /// In bytes, from 0.
        let offset: Int
    }

    static let mostBytes = 1 << 20
    static let mostLevels = 64

    private let bytes: [UInt8]
    private var next = 0

    static func read(_ bytes: [UInt8]) throws(Malformed) -> JSON {
        guard bytes.count <= mostBytes else { throw Malformed(problem: .tooLarge, offset: mostBytes) }
        var reader = JSONReader(bytes: bytes)
        let value = try reader.value(level: 0)
        reader.skipSpace()
        guard reader.next == bytes.count else { throw reader.malformed(.unexpected) }
        return value
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func malformed(_ problem: Malformed.Problem) -> Malformed { Malformed(problem: problem, offset: next) }

    /// Nil at the end.
    private var current: UInt8? { next < bytes.count ? bytes[next] : nil }

    private func wrong() -> Malformed { malformed(current == nil ? .truncated : .unexpected) }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { next += 1 }
    }

    /// Whether the byte was there; then it is behind us.
    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard current == UInt8(ascii: scalar) else { return false }
        next += 1
        return true
    }

    private mutating func need(_ scalar: Unicode.Scalar) throws(Malformed) {
        guard take(scalar) else { throw wrong() }
    }

    private mutating func value(level: Int) throws(Malformed) -> JSON {
        skipSpace()
        guard let byte = current else { throw malformed(.truncated) }
        switch byte {
        case UInt8(ascii: "{"): return try object(level: level + 1)
        case UInt8(ascii: "["): return try array(level: level + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw wrong()
        }
    }

    private mutating func word(_ text: StaticString, _ value: JSON) throws(Malformed) -> JSON {
        for scalar in text.description.unicodeScalars { try need(scalar) }
        return value
    }

    private mutating func object(level: Int) throws(Malformed) -> JSON {
        guard level <= JSONReader.mostLevels else { throw malformed(.tooDeep) }
        try need("{")
        var members: [JSON.Member] = []
        var names: Set<[UInt8]> = []
        skipSpace()
        if take("}") { return .object([]) }
        repeat {
            skipSpace()
            let name = try string()
            // Which of two counts is anybody's guess, so that two readers may see two events in one. Of bytes: to Swift,
            // a name and its other normal form are one.
            guard names.insert(Array(name.utf8)).inserted else { throw malformed(.repeatedName) }
            skipSpace()
            try need(":")
            members.append(JSON.Member(name, try value(level: level)))
            skipSpace()
        } while take(",")
        try need("}")
        return .object(members)
    }

    private mutating func array(level: Int) throws(Malformed) -> JSON {
        guard level <= JSONReader.mostLevels else { throw malformed(.tooDeep) }
        try need("[")
        var values: [JSON] = []
        skipSpace()
        if take("]") { return .array([]) }
        repeat {
            values.append(try value(level: level))
            skipSpace()
        } while take(",")
        try need("]")
        return .array(values)
    }

    private mutating func number() throws(Malformed) -> JSON {
        let start = next
        _ = take("-")
        if !take("0") { try digits() }
        var isWhole = true
        if take(".") {
            isWhole = false
            try digits()
        }
        if take("e") || take("E") {
            isWhole = false
            if !take("+") { _ = take("-") }
            try digits()
        }
        let text = String(decoding: bytes[start..<next], as: UTF8.self)
        return (isWhole ? Int64(text) : nil).map(JSON.integer) ?? .decimal(text)
    }

    /// One at the least.
    private mutating func digits() throws(Malformed) {
        let start = next
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { next += 1 }
        guard next > start else { throw wrong() }
    }

    private mutating func string() throws(Malformed) -> String {
        try need("\"")
        let start = next
        var text: [UInt8] = []
        while let byte = current, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw malformed(.unexpected) }
            next += 1
            if byte == UInt8(ascii: "\\") { text += String(try escaped()).utf8 } else { text.append(byte) }
        }
        try need("\"")
        guard let valid = String(validating: text, as: UTF8.self) else {
            throw Malformed(problem: .notText, offset: start)
        }
        return valid
    }

    /// What stands behind the backslash.
    private mutating func escaped() throws(Malformed) -> Unicode.Scalar {
        guard let letter = current else { throw malformed(.truncated) }
        let plain: Unicode.Scalar? =
            switch letter {
            case UInt8(ascii: "\""): "\""
            case UInt8(ascii: "\\"): "\\"
            case UInt8(ascii: "/"): "/"
            case UInt8(ascii: "b"): "\u{8}"
            case UInt8(ascii: "f"): "\u{C}"
            case UInt8(ascii: "n"): "\n"
            case UInt8(ascii: "r"): "\r"
            case UInt8(ascii: "t"): "\t"
            default: nil
            }
        if let plain {
            next += 1
            return plain
        }
        try need("u")
        let start = next
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        // Only halves of a pair are no scalars; the first half needs the second one behind it.
        guard first < 0xDC00, take("\\"), take("u") else {
            throw Malformed(problem: current == nil ? .truncated : .loneSurrogate, offset: start)
        }
        let second = try hexadecimal()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + UInt32(second) - 0xDC00)
        else { throw Malformed(problem: .loneSurrogate, offset: start) }
        return scalar
    }

    private mutating func hexadecimal() throws(Malformed) -> UInt16 {
        var number: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw wrong() }
            number = number << 4 | UInt16(digit)
            next += 1
        }
        return number
    }
}
