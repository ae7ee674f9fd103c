internal import Git
internal import POSIX

/// The order in which work lands in one branch, so that each landing is tested once and not once for every other.
///
/// It only saves work: safety comes from the compare-and-swap at the end. So a process in front that is stopped, or
/// takes very long, is passed over, and every wait is bounded.
struct LandQueue: ~Copyable {
    private let queue: WaitQueue
    private let ticket: WaitQueue.Ticket
    private let patience: Int64

    init(_ pool: Pool, target: String, name: String) throws {
        let folder = Path.join(pool.directory, "land/" + LandQueue.fingerprint(target))
        let queue = WaitQueue(in: folder)
        let ticket = try queue.join()
        try queue.sign(ticket, name)
        self.queue = queue
        self.ticket = ticket
        patience = pool.patience(600_000)
    }

    /// Returns when everybody in front has landed, failed, died or was passed over.
    func wait(_ tell: (_ name: String, _ pid: Int32?) -> Void) {
        var passed: Set<Int> = []
        var first: Int?
        var began = Clock.sinceBoot()
        var pause: Int64 = 5
        while let serial = queue.before(ticket).first(where: { !passed.contains($0) }) {
            let owner = queue.owner(serial)
            if serial != first {
                (first, began) = (serial, Clock.sinceBoot())
                tell(owner.name ?? "another lease", owner.pid)
            }
            let waited = Clock.sinceBoot() - began
            if waited > patience || (waited > 2000 && ProcessTable.isStopped(owner.pid)) { passed.insert(serial) }
            Clock.sleep(milliseconds: pause)
            pause = min(pause * 2, 100)
        }
    }

    /// A folder's name for a ref of any length. Two that met would only wait for each other.
    private static func fingerprint(_ ref: String) -> String { Fingerprint(ref.utf8.span).text }
}
