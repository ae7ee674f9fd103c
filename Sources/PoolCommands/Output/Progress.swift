internal import POSIX

/// A count on standard error that is written over itself, as git's own progress is; silent where nobody watches.
struct Progress {
    private let title: String
    private let total: Int
    private let isShown: Bool
    private(set) var count = 0

    /// Shown on a terminal, or where `--progress` asks for it.
    init(_ title: String, _ session: Session, total: Int) {
        self.title = title
        self.total = total
        let isWanted = session.arguments.setting("progress") ?? Streams.isTerminal(2)
        isShown = isWanted && !session.isQuiet && total > 0
        show()
    }

    mutating func advance() {
        count += 1
        show()
    }

    func end() {
        if isShown { Streams.write(count >= total ? ", done.\n" : "\n", to: 2) }
    }

    private func show() {
        guard isShown else { return }
        Streams.write("\r" + Progress.line(title, count, total), to: 2)
    }

    /// As git has it (progress.c).
    static func line(_ title: String, _ count: Int, _ total: Int) -> String {
        let share = String(min(100, count * 100 / max(total, 1)))
        let padding = String(repeating: " ", count: 3 - share.utf8.count)
        return "\(title): \(padding)\(share)% (\(count)/\(total))"
    }
}
