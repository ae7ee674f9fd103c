/// Whether a program runs without the libraries of the machine it was built on, as its own first bytes tell.
enum LinkKind: Equatable {
    case isStatic, isDynamic

    private static let interpreter = 3

    /// ELF, 64 bits, little-endian: dynamic if a program header names an interpreter (elf(5)). Anything else counts as
    /// static, since nothing can be said of it.
    init(of bytes: [UInt8]) {
        func number(_ offset: Int, _ width: Int) -> Int {
            guard offset >= 0, offset + width <= bytes.count else { return 0 }
            return bytes[offset..<(offset + width)].reversed().reduce(0) { $0 << 8 | Int($1) }
        }
        self = .isStatic
        guard bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]) else { return }
        let (start, size, count) = (number(32, 4), number(54, 2), number(56, 2))
        if (0..<count).contains(where: { number(start + $0 * size, 4) == LinkKind.interpreter }) { self = .isDynamic }
    }
}
