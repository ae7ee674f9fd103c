internal import GitPool
internal import POSIX

/// Shows how far the files of a lease are as git's checkout does: on a terminal, and only where it takes long.
enum FileMeter {
    /// What git's checkout and its filters say of their progress (unpack-trees.c, entry.c), in the C locale.
    private static let titles = ["Updating files: ", "Filtering content: "]

    /// Nil where nobody looks.
    static func watch(_ session: Session) -> FileProgress.Watch? {
        guard Streams.isTerminal(2), !session.isQuiet else { return nil }
        // So long git waits too (git(1), `GIT_PROGRESS_DELAY`).
        let seconds = session.environment["GIT_PROGRESS_DELAY"].flatMap { Int64($0) } ?? 2
        let patience = Deadline(in: seconds.multipliedOrMax(1000))
        return { progress in
            switch progress {
            case .cloned(let count, let total):
                guard patience.hasPassed else { return }
                let line = Progress.line("Updating files", count, total)
                Streams.write(line + (count < total ? "\r" : ", done.\n"), to: 2)
            case .told(let bytes):
                let text = String(decoding: bytes, as: UTF8.self)
                if titles.contains(where: text.hasPrefix) { Streams.write(text, to: 2) }
            }
        }
    }
}
