internal import GitPool
internal import POSIX

/// One command that this process waits for, in the kernel, sharing terminal and process group with it: what is typed
/// reaches the command by itself, and what a process sends us is passed on.
struct Supervision: ~Copyable {
    private var bell: SignalBell

    /// From now on no signal ends this process.
    init() throws {
        bell = try SignalBell(for: [.interrupt, .quit, .terminate, .hangUp, .user1, .user2, .child])
    }

    mutating func wait(for command: inout RunningCommand) throws {
        let pid = command.pid
        while true {
            while let event = ChildEvent.next() {
                switch event {
                case .ended(pid, let termination, let peak): command.note(termination, peakBytes: peak)
                case .stopped(pid): if !command.isEnding { JobControl.suspend(with: pid) }
                case .ended, .stopped: break
                }
            }
            for note in bell.take() where note.sender != nil && note.signal != .child && command.termination == nil {
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
