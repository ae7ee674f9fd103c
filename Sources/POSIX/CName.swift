/// Names as the C library takes them: bytes, which need be no text, and a NUL at their end.
extension [CChar] {
    init(name bytes: some Sequence<UInt8>) { self = bytes.map { CChar(bitPattern: $0) } + [0] }
}
