/// xorshift64: the same bytes in every run.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}

/// Makes inputs that a parser nearly takes: real ones with a few bytes, numbers or lines changed.
struct Mutator {
    private let samples: [[UInt8]]
    private var dice: Dice

    init(_ samples: [[UInt8]], seed: UInt64) {
        self.samples = samples
        dice = Dice(seed)
    }

    /// What breaks parsers: borders of integers, halves of escapes, marks that melt with the letter before them.
    private static let tokens: [[UInt8]] =
        [
            "-1", "9223372036854775807", "-9223372036854775808", "18446744073709551616", "99999999999999999999999", "%",
            "%0", "%zz", "%-1", "%00", "%ff", "\u{301}", "\u{1B}[2J", "../..", "=", "(", ")", "\t", "'", "\r\n", "-",
            "--",
            "\"", "\\",
        ].map { Array($0.utf8) } + [[0], [0x0A], [0xFF, 0xFE], [0xC3], [0xED, 0xA0, 0x80], [0x20], [0x0A, 0x0A]]

    mutating func next() -> [UInt8] {
        var bytes = samples.randomElement(using: &dice) ?? []
        for _ in 0..<Int.random(in: 1...4, using: &dice) { change(&bytes) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let place = Int.random(in: 0...bytes.count, using: &dice)
        let token = Mutator.tokens.randomElement(using: &dice) ?? []
        switch Int.random(in: 0..<9, using: &dice) {
        case 0: if place < bytes.count { bytes[place] = UInt8.random(in: 0...255, using: &dice) }
        case 1: if place < bytes.count { bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &dice) }
        case 2: bytes.removeSubrange(place...)
        case 3: bytes.removeSubrange(..<place)
        case 4: bytes.insert(contentsOf: token, at: place)
        case 5: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...8, using: &dice)))
        case 6: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 40)], at: place)
        case 7: replaceNumber(&bytes, from: place, with: token)
        default: bytes.insert(contentsOf: [UInt8](repeating: token.first ?? 0, count: 300), at: place)
        }
    }

    private func replaceNumber(_ bytes: inout [UInt8], from place: Int, with token: [UInt8]) {
        func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
        guard let start = bytes[place...].firstIndex(where: isDigit) else { return }
        let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
        bytes.replaceSubrange(start..<end, with: token)
    }
}
