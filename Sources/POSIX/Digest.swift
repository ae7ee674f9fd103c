internal import CPOSIX

/// The hash function that a repository names its objects by.
package enum Digest: Sendable {
    case sha1, sha256

    /// By git's name of the object format.
    package init(format: String) { self = format == "sha256" ? .sha256 : .sha1 }

    /// Bytes of a result.
    package var size: Int {
        switch self {
        case .sha1: 20
        case .sha256: 32
        }
    }

    var number: Int32 {
        switch self {
        case .sha1: Int32(CPOSIX_SHA1)
        case .sha256: Int32(CPOSIX_SHA256)
        }
    }

    package func of(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var state = cposix_digest()
        unsafe cposix_digest_start(&state, number)
        unsafe bytes.withUnsafeBytes { unsafe cposix_digest_add(&state, $0.baseAddress, $0.count) }
        return unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = unsafe cposix_digest_finish(&state, buffer.baseAddress)
        }
    }
}
