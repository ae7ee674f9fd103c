internal import Glibc

/// A signal that this program has something to do about.
package enum Signal: CaseIterable, Sendable {
    case interrupt, quit, terminate, hangUp, user1, user2, kill, resume, child, resize

    package var number: Int32 {
        switch self {
        case .interrupt: SIGINT
        case .quit: SIGQUIT
        case .terminate: SIGTERM
        case .hangUp: SIGHUP
        case .user1: SIGUSR1
        case .user2: SIGUSR2
        case .kill: SIGKILL
        case .resume: SIGCONT
        case .child: SIGCHLD
        case .resize: SIGWINCH
        }
    }

    init?(number: Int32) {
        guard let signal = Signal.allCases.first(where: { $0.number == number }) else { return nil }
        self = signal
    }

    /// To one process; one that is gone is no error.
    package func send(to pid: Int32) {
        if pid > 0 { _ = Glibc.kill(pid, number) }
    }

    package func send(toGroup group: Int32) {
        if group > 1 { _ = Glibc.kill(-group, number) }
    }
}
