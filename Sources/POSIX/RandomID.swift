internal import CPOSIX

/// Names nobody can predict: 64 bits of the kernel's randomness as 16 hexadecimal digits.
package enum RandomID {
    package static func make() -> String {
        let digits = String(number(), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Whether `make` may have made it.
    package static func isOne(_ text: Substring) -> Bool {
        let digits = text.utf8
        return digits.count == 16 && digits.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    package static func number() -> UInt64 {
        var value: UInt64 = 0
        _ = unsafe cposix_random(&value, 8)
        return value
    }
}
