/// FNV-1a of 64 bits: other bytes nearly always give another one. It detects accidents, never attacks.
package struct Fingerprint {
    private var hash: UInt64 = 0xCBF2_9CE4_8422_2325

    package init() {}

    package init(_ bytes: Span<UInt8>) { add(bytes) }

    /// Nearly every command adds a kilobyte: a generic parameter, called from another module, costs ten times as much.
    package mutating func add(_ bytes: Span<UInt8>) {
        for index in bytes.indices { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01B3 }
    }

    package var text: String { String(hash, radix: 16) }
}
