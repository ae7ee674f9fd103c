internal import CPOSIX
internal import Glibc

/// Waits for descriptors in the kernel, without using the processor.
package enum Readiness {
    /// Those that are readable, ended or failed; empty when the time is over or a signal came. No time is for ever.
    package static func wait(for numbers: [Int32], milliseconds: Int64?) throws(SystemError) -> Set<Int32> {
        var waits = numbers.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let time = milliseconds.map { Int32(clamping: max(0, $0)) } ?? -1
        guard unsafe poll(&waits, nfds_t(waits.count), time) >= 0 || errno == EINTR else { throw .last("poll") }
        return Set(waits.filter { $0.revents != 0 }.map(\.fd))
    }

    /// Before a long wait: the program's code is mapped in again as it is used (measured: 5 of 6 MB).
    package static func shrink() { cposix_drop_text() }
}
