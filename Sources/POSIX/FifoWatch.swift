internal import CPOSIX
internal import Glibc

/// Ends a program that waits in open(2) for the other end of a FIFO: it may wait for ever, and all who wait for it. However
/// long a program takes for anything else, nothing is done to it, and while it speaks nobody looks.
struct FifoWatch {
    /// Milliseconds of silence before there is a look, and between two.
    static let pause: Int64 = 1000
    /// Milliseconds in which the other end may yet come.
    private static let patience: Int64 = 2000

    private let root: Int32
    private var seen: (pid: Int32, path: String, since: Int64)?
    /// The FIFO, once the program was told to end.
    private(set) var fifo: String?

    init(_ root: Int32) { self.root = root }

    /// Looks at the program, and at what runs below it under the same name: a shell, or a filter of the user's, has its
    /// own reasons to wait.
    mutating func look() {
        guard let name = ProcessTable.command(root) else { return }
        for pid in ProcessTree.members(from: [root]) where pid == root || ProcessTable.command(pid) == name {
            guard let path = FifoWatch.awaited(pid) else { continue }
            guard let seen, seen.pid == pid, seen.path == path else {
                return seen = (pid, path, Clock.sinceBoot())
            }
            guard Clock.sinceBoot() - seen.since >= FifoWatch.patience else { return }
            // The first lets it take its lock files back.
            (fifo == path ? Signal.kill : .terminate).send(to: pid)
            return fifo = path
        }
        seen = nil
    }

    private static func awaited(_ pid: Int32) -> String? {
        var path = [CChar](repeating: 0, count: 8300)
        guard unsafe cposix_awaited_fifo(pid, &path, path.count) != 0 else { return nil }
        return String(decoding: path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
