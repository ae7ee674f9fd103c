internal import CPOSIX
internal import Glibc

/// A reference to one process that no reuse of its id can turn to another (pidfd_open(2)).
package struct ProcessDescriptor: ~Copyable {
    package enum Opening: ~Copyable {
        case opened(ProcessDescriptor)
        case noSuchProcess
        /// Nothing is known of the process: no such call here, not allowed, no descriptor or memory left.
        case unavailable(SystemError)
    }

    private let descriptor: Descriptor

    package static func open(_ pid: Int32) -> Opening {
        let number = cposix_pidfd_open(pid)
        guard number >= 0 else {
            let error = SystemError.last("pidfd_open", String(pid))
            return error.isNoSuchProcess ? .noSuchProcess : .unavailable(error)
        }
        return .opened(ProcessDescriptor(descriptor: Descriptor(adopting: number)))
    }

    /// Gives the number away: whoever gets it closes it.
    consuming func release() -> Int32 { descriptor.release() }

    /// For poll(2): readable once the process has ended.
    package var number: Int32 { descriptor.number }

    /// True for a zombie, false for a stopped process and for one of which only the main thread is gone: no other way
    /// to ask is right in all of these cases.
    package func hasEnded() throws(SystemError) -> Bool {
        var wait = [pollfd(fd: number, events: Int16(POLLIN), revents: 0)]
        while unsafe poll(&wait, 1, 0) < 0 {
            guard errno == EINTR else { throw .last("poll") }
        }
        guard Int32(wait[0].revents) & (POLLNVAL | POLLERR) == 0 else { throw SystemError(code: EBADF, call: "poll") }
        return Int32(wait[0].revents) & (POLLIN | POLLHUP) != 0
    }

    /// A number no other process has in this boot (pidfs, Linux 6.9); nil where the kernel gives none.
    package var inode: UInt64? {
        let inode = cposix_pidfd_inode(number)
        return inode == 0 ? nil : inode
    }
}
