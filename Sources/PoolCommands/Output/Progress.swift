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
        let share = String(min(100, count * 100 / total))
        let padding = String(repeating: " ", count: 3 - share.utf8.count)
        Streams.write("\r\(title): \(padding)\(share)% (\(count)/\(total))", to: 2)
    }
}
