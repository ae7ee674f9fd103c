internal import Glibc

/// Questions about bytes that the C library answers many bytes at a time, where a loop with checked bounds takes ten
/// times as long.
extension Span where Element == UInt8 {
    package func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        guard start < count else { return nil }
        return unsafe extracting(start...).withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, let found = unsafe memchr(base, Int32(byte), bytes.count) else {
                return nil
            }
            return unsafe start + (UnsafeRawPointer(found) - base)
        }
    }

    package func isSame(as other: Span<UInt8>) -> Bool {
        guard count == other.count, !isEmpty else { return count == other.count }
        return unsafe withUnsafeBytes { one in
            unsafe other.withUnsafeBytes { other in
                guard let one = one.baseAddress, let other = other.baseAddress else { return false }
                return unsafe memcmp(one, other, count) == 0
            }
        }
    }
}
