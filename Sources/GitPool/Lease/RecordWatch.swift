internal import POSIX

/// Wakes a waiting `add`: when a record changes, or in time to see that a holder died without a keeper to notice.
/// (Reading all records twenty times a second costs each waiter a tenth of a processor.)
struct RecordWatch: ~Copyable {
    private let folder: FolderWatch?

    /// Of no folder where nobody waits.
    init(_ path: String?) { if let path { folder = FolderWatch(path) } else { folder = nil } }

    /// Takes note of all that happened so far.
    func silence() {
        switch folder {
        case .some(let folder): folder.silence()
        case .none: break
        }
    }

    /// - Parameter isFull: where it is not, the room belongs to another waiter, whose time is running.
    func wait(isFull: Bool, _ patience: Deadline) {
        Clock.sleep(milliseconds: 50)
        guard isFull else { return }
        switch folder {
        case .some(let folder):
            _ = try? Readiness.wait(for: [folder.number], milliseconds: min(450, patience.remaining))
        case .none: break
        }
    }
}
