internal import GitPool
internal import POSIX

/// Waits, in the kernel, for one command that shares this process's terminal and process group: what is typed reaches
/// it by itself, and signals that other processes send us are passed on.
struct Supervision: ~Copyable {
    private var bell: SignalBell
    private let faults: FaultPoints

    /// From now on no signal ends this process.
    init(_ faults: FaultPoints) throws {
        self.faults = faults
        bell = try SignalBell(for: [.interrupt, .quit, .terminate, .hangUp, .user1, .user2, .child])
    }

    mutating func wait(for command: inout RunningCommand) throws {
        let pid = command.pid
        while true {
            // Before the look at the children: one that ends after the look rings again, and is not waited for in vain.
            let notes = bell.take()
            while let event = ChildEvent.next() {
                switch event {
                case .ended(pid, let termination, let peak): command.note(termination, peakBytes: peak)
                case .stopped(pid): if !command.isEnding { JobControl.suspend(with: pid) }
                case .ended, .stopped: break
                }
            }
            if command.termination == nil { faults.reach(.runLooked) }
            for note in notes where note.sender != nil && note.signal != .child && command.termination == nil {
                note.signal.send(to: pid)
            }
            command.tend()
            if command.isOver { return command.leave() }
            let time = command.wakeAt.map { max(0, $0 - Clock.sinceBoot()) }
            // What is used again at once is not worth dropping.
            if time.map({ $0 > 1000 }) ?? true { Readiness.shrink() }
            _ = try Readiness.wait(for: [bell.number], milliseconds: time)
        }
    }
}
