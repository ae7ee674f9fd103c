internal import Glibc

/// A system call that failed: which, on what, and the errno it left.
package struct SystemError: Error, Equatable {
    package let code: Int32
    package let call: String
    package let subject: String?

    package init(code: Int32, call: String, subject: String? = nil) {
        self.code = code
        self.call = call
        self.subject = subject
    }

    /// Captures errno, so it must be made before anything else is called.
    static func last(_ call: String, _ subject: String? = nil) -> SystemError {
        SystemError(code: errno, call: call, subject: subject)
    }

    /// Something with a name that no `String` can hold as it is.
    package static func noText(_ subject: String) -> SystemError {
        SystemError(code: EILSEQ, call: "read", subject: subject)
    }

    /// A program or file that was looked for and is nowhere.
    package static func missing(_ name: String) -> SystemError {
        SystemError(code: ENOENT, call: "find", subject: name)
    }

    /// A program was ended because it waited for the other end of this FIFO.
    static func waited(forFifo path: String) -> SystemError {
        SystemError(code: EDEADLK, call: "open", subject: path)
    }

    /// The FIFO that a program waited for, if that is why it was ended.
    package var fifo: String? { code == EDEADLK && call == "open" ? subject : nil }

    package var isNotFound: Bool { code == ENOENT || code == ENOTDIR }
    /// A link stands where none is followed.
    package var isLink: Bool { code == ELOOP }
    package var isExisting: Bool { code == EEXIST || code == ENOTEMPTY }
    package var isNotPermitted: Bool { code == EACCES || code == EPERM || code == EROFS }
    /// To this user, of a file system that others may write to.
    package var isDenied: Bool { code == EACCES || code == EPERM }
    /// Also where no more is allowed than there is.
    package var isDiskFull: Bool { code == ENOSPC || code == EDQUOT || (code == EFBIG && call == "write") }
    /// Of a folder that cannot be moved however often that is tried: in a lower layer of an overlay, or immutable.
    package var isUnmovable: Bool { code == EXDEV || code == EPERM || code == EACCES || code == EBUSY }
    package var isTimeout: Bool { code == ETIMEDOUT }
    package var isUnsupported: Bool { code == ENOSYS || code == EOPNOTSUPP || code == EINVAL }
    /// A path that no `String` can hold as it is, or a file of the kernel's that is not what its manual says.
    package var isNoText: Bool { code == EILSEQ }
    package var isNoSuchProcess: Bool { code == ESRCH }

    /// The C library's words for the errno, such as `No such file or directory`.
    package var reason: String { unsafe String(cString: strerror(code)) }
}
