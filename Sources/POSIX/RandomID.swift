internal import CPOSIX

/// Names nobody can predict: 64 bits of the kernel's randomness as 16 hexadecimal digits.
package enum RandomID {
    package static func make() -> String {
        let digits = String(number(), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    package static func number() -> UInt64 {
        var value: UInt64 = 0
        _ = unsafe cposix_random(&value, 8)
        return value
    }
}
