internal import Glibc

/// An exclusive flock(2) on a file that is never unlinked; the kernel drops it when the last descriptor of this opening
/// closes, so a child that inherits `number` keeps the lock after its parent was killed.
package struct FileLock: ~Copyable {
    private let descriptor: Descriptor

    /// For `Command.inherited`.
    package var number: Int32 { descriptor.number }

    /// Nil if another opening holds it.
    package static func attempt(_ path: String) throws(SystemError) -> FileLock? {
        let descriptor = try Descriptor(opening: path, for: .createOrOpen)
        guard try lock(descriptor, path) else { return nil }
        return FileLock(descriptor: descriptor)
    }

    /// Waits until `deadline`, then throws `ETIMEDOUT`; `waiting` is called once, after a second.
    package static func acquire(
        _ path: String, until deadline: Deadline, waiting: () -> Void = {}
    ) throws(SystemError) -> FileLock {
        let descriptor = try Descriptor(opening: path, for: .createOrOpen)
        var pause: Int64 = 1
        var waited: Int64 = 0
        while !(try lock(descriptor, path)) {
            guard !deadline.hasPassed else { throw SystemError(code: ETIMEDOUT, call: "flock", subject: path) }
            Clock.sleep(milliseconds: pause)
            if waited < 1000, waited + pause >= 1000 { waiting() }
            waited += pause
            pause = min(pause * 2, 20)
        }
        return FileLock(descriptor: descriptor)
    }

    /// Replaces the file's content, for whoever wants to know who holds the lock. Never read back to decide anything.
    package func describe(_ text: String) {
        guard ftruncate(number, 0) == 0, lseek(number, 0, SEEK_SET) == 0 else { return }
        try? descriptor.write(Array(text.utf8))
    }

    private static func lock(_ descriptor: borrowing Descriptor, _ path: String) throws(SystemError) -> Bool {
        while flock(descriptor.number, LOCK_EX | LOCK_NB) != 0 {
            if errno == EWOULDBLOCK { return false }
            guard errno == EINTR else { throw .last("flock", path) }
        }
        return true
    }
}
