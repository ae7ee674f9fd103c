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

    mutating func wait(for pid: Int32) throws -> Termination {
        while true {
            while let event = ChildEvent.next() {
                switch event {
                case .ended(pid, let termination, _): return termination
                case .stopped(pid): JobControl.suspend(with: pid)
                case .ended, .stopped: break
                }
            }
            for note in bell.take() where note.sender != nil && note.signal != .child { note.signal.send(to: pid) }
            Readiness.shrink()
            _ = try Readiness.wait(for: [bell.number], milliseconds: nil)
        }
    }
}
