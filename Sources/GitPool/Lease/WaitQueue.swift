internal import Git
internal import POSIX

/// The queue for one thing, such as a slot: tickets with rising numbers, each locked by its waiter, so that a dead
/// waiter's ticket no longer counts.
struct WaitQueue {
    private let directory: String

    init(_ pool: Pool) { directory = Path.join(pool.directory, "queue") }

    init(in directory: String) { self.directory = directory }

    struct Ticket: ~Copyable {
        let serial: Int
        fileprivate let path: String
        fileprivate let lock: FileLock

        /// Whoever had its turn or gave up leaves the queue.
        deinit { WaitQueue.remove(path) }
    }

    /// Takes the next number.
    func join() throws -> Ticket {
        try Files.makeDirectories(directory)
        while true {
            // Nobody has come so far that none comes after it: such a file is no ticket.
            let serial = (try serials().last { $0 < .max } ?? 0) + 1
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
            case .some(let mine): mine.serial
            case .none: nil
            }
        let before = ((try? serials()) ?? []).filter {
            $0 < own ?? .max && isAlive($0) && !wasPassedOver($0, free: free)
        }
        return free > before.count
    }

    /// The living tickets before this one, lowest first.
    func before(_ ticket: borrowing Ticket) -> [Int] {
        let own = ticket.serial
        return ((try? serials()) ?? []).filter { $0 < own && isAlive($0) }
    }

    /// Who says to have a ticket, and the process that holds it.
    func owner(_ serial: Int) -> (name: String?, pid: Int32?) {
        let path = Path.join(directory, String(serial))
        let name = (try? Files.read(path + ".name", limit: 4096)).map(Text.line)
        return (name, FileLock.holder(of: path))
    }

    /// For the messages of those behind.
    func sign(_ ticket: borrowing Ticket, _ name: String) throws {
        try Files.replace(ticket.path + ".name", Array((name + "\n").utf8))
    }

    private static func remove(_ path: String) {
        for name in [path + ".idle", path + ".name", path] { try? Files.unlink(name) }
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
        WaitQueue.remove(path)
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
        return since < Clock.sinceBoot() - 2000
    }
}
