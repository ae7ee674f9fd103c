internal import POSIX

/// What somebody who waits for a slot is woken by: a record that changes, or the time to look whether a holder died with
/// no keeper to see it. A look at all records twenty times a second takes a tenth of a processor for each who waits.
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
