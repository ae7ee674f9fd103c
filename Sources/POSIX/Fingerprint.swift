/// FNV-1a of 64 bits: bytes that differ nearly always have another one. It notices an accident, never an attack.
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
