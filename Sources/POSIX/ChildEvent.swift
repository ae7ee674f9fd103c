internal import CPOSIX
internal import Glibc

/// What the kernel tells of any child of this process, each once; an adopted orphan is a child too.
package enum ChildEvent: Sendable {
    /// `peakBytes`: the largest resident set that it, or a descendant it waited for, ever had.
    case ended(pid: Int32, Termination, peakBytes: Int64)
    case stopped(pid: Int32)

    /// Without waiting; nil when there is nothing to tell.
    package static func next() -> ChildEvent? {
        var status: Int32 = 0
        var usage = rusage()
        while true {
            let pid = unsafe wait4(-1, &status, WNOHANG | WUNTRACED, &usage)
            if pid < 0, errno == EINTR { continue }
            guard pid > 0 else { return nil }
            if cposix_stop_signal(status) != 0 { return .stopped(pid: pid) }
            return .ended(pid: pid, Termination(status: status), peakBytes: Int64(usage.ru_maxrss) * 1024)
        }
    }

    /// The largest resident set this process itself had: a child begins with it (getrusage(2), `ru_maxrss`).
    package static func ownPeakBytes() -> Int64 { cposix_own_peak_bytes() }
}
