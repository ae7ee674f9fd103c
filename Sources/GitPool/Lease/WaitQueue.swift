internal import POSIX

/// The order of those who wait for a slot: tickets with rising numbers, each flocked by its waiter, so that a ticket
/// whose waiter died is none.
struct WaitQueue {
    private let directory: String

    init(_ pool: Pool) { directory = Path.join(pool.directory, "queue") }

    struct Ticket: ~Copyable {
        let serial: Int
        fileprivate let path: String
        fileprivate let lock: FileLock

        /// Whoever has the slot or gave up leaves the queue.
        deinit {
            try? Files.unlink(path + ".idle")
            try? Files.unlink(path)
        }
    }

    /// Takes the next number.
    func join() throws -> Ticket {
        try Files.makeDirectories(directory)
        while true {
            let serial = (try serials().last ?? 0) + 1
            let path = Path.join(directory, String(serial))
            // Whoever takes the new file for a dead waiter's unlinks it before it is locked.
            guard !Files.exists(path), let lock = try FileLock.attempt(path), lock.isAt(path) else { continue }
            return Ticket(serial: serial, path: path, lock: lock)
        }
    }

    /// Whether it is this waiter's turn: as many slots are free as living tickets stand before it, and one more. Called
    /// under the pool lock. A ticket that let a free slot lie for 2 s belongs to a stopped process and is passed over.
    func admits(_ ticket: borrowing Ticket?, free: Int) -> Bool {
        let own: Int? =
            switch ticket {
            case .some(let mine): mine.serial;
            case .none: nil
            }
        let before = ((try? serials()) ?? []).filter {
            $0 < own ?? .max && isAlive($0) && !wasPassedOver($0, free: free)
        }
        return free > before.count
    }

    private func serials() throws -> [Int] {
        do { return try Directory.entries(directory).compactMap { Int($0) }.sorted() } catch {
            guard error.isNotFound else { throw error }
            return []
        }
    }

    private func isAlive(_ serial: Int) -> Bool {
        let path = Path.join(directory, String(serial))
        guard Files.exists(path) else { return false }
        guard let lock = try? FileLock.attempt(path) else { return true }
        // The file that was opened is gone: at its path may stand another waiter's.
        guard lock.isAt(path) else { return isAlive(serial) }
        try? Files.unlink(path + ".idle")
        try? Files.unlink(path)
        _ = consume lock
        return false
    }

    /// The first look at a free slot that the ticket's owner leaves writes the time beside the ticket.
    private func wasPassedOver(_ serial: Int, free: Int) -> Bool {
        let mark = Path.join(directory, "\(serial).idle")
        guard free > 0 else {
            try? Files.unlink(mark)
            return false
        }
        guard let bytes = try? Files.read(mark, limit: 64), let since = Int64(String(decoding: bytes, as: UTF8.self))
        else {
            try? Files.replace(mark, Array(String(Clock.sinceBoot()).utf8))
            return false
        }
        return Clock.sinceBoot() - since > 2000
    }
}
