internal import GitPool
internal import POSIX

/// What the keeper's log says.
enum KeeperWords {
    static func line(_ event: Keeper.Event) -> String {
        switch event {
        case .started: "keeper (pid \(ProcessTable.ownPID())) started"
        case .took(let report): GCWords.line(report) + (report.failure.map { ": " + words($0) } ?? "")
        case .noSlot(let error): "no slot was made: " + words(error)
        case .unreadableSettings(let error): "settings unreadable, the former ones stay: " + words(error)
        case .ended(.nothingLeft): "ended: nothing left to wait for"
        case .ended(.terminated): "ended by a signal"
        case .ended(.replaced): "ended: the program was replaced, another keeper is started"
        }
    }

    private static func words(_ error: any Error) -> String {
        ErrorText(error).diagnostics.first?.lines.joined(separator: " ") ?? "\(error)"
    }
}
