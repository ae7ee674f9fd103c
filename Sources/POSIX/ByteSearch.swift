internal import Glibc

/// Questions about bytes that the C library answers many bytes at a time, where a loop with checked bounds takes ten
/// times as long.
extension Span where Element == UInt8 {
    package func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        guard start < count else { return nil }
        return unsafe withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress,
                let found = unsafe memchr(base + start, Int32(byte), bytes.count - start)
            else { return nil }
            return unsafe UnsafeRawPointer(found) - base
        }
    }

    package func contains(_ byte: UInt8) -> Bool { firstIndex(of: byte, from: 0) != nil }

    package func isSame(as other: Span<UInt8>) -> Bool {
        guard count == other.count, !isEmpty else { return count == other.count }
        return unsafe withUnsafeBytes { one in
            unsafe other.withUnsafeBytes { other in
                guard let one = one.baseAddress, let other = other.baseAddress else { return false }
                return unsafe memcmp(one, other, count) == 0
            }
        }
    }

    package func isSame(as word: StaticString) -> Bool {
        guard count == word.utf8CodeUnitCount else { return false }
        return unsafe withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return true }
            return unsafe memcmp(base, word.utf8Start, count) == 0
        }
    }
}

extension [UInt8] {
    /// Text as the bytes that it is; what is appended again and again is put together in half the time of a `String`.
    package static func += (bytes: inout [UInt8], text: String) {
        unsafe text.utf8.span.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }
}

extension ArraySlice<UInt8> {
    /// Takes the next word off; words stand apart by blanks.
    mutating func popWord() -> ArraySlice<UInt8>? {
        guard let start = firstIndex(where: { $0 != 0x20 }) else { return nil }
        let end = self[start...].firstIndex(of: 0x20) ?? endIndex
        defer { self = self[end...] }
        return self[start..<end]
    }
}
