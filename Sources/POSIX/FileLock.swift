internal import Glibc

/// An exclusive flock(2) on a file; the kernel drops it when the last descriptor of this opening closes, so a child
/// that inherits `number` keeps the lock after its parent was killed. Where others unlink such a file, a lock is good
/// only if `isAt` says so.
package struct FileLock: ~Copyable {
    private let descriptor: Descriptor

    /// For `Command.inherited`.
    package var number: Int32 { descriptor.number }

    /// Whether `path` still names the file that is locked; not once its folder was removed, or made anew.
    package func isAt(_ path: String) -> Bool {
        guard let held = try? Files.status(of: descriptor), let there = try? Files.status(path) else { return false }
        return held.inode == there.inode && held.device == there.device
    }

    /// Frees the lock even where a child still holds the descriptor: for the end of an operation all of whose children
    /// were waited for, of which one may have left a daemon behind.
    package consuming func unlock() { _ = flock(descriptor.number, LOCK_UN) }

    /// Nil if another opening holds it.
    package static func attempt(_ path: String) throws(SystemError) -> FileLock? {
        let descriptor = try Descriptor(opening: path, for: .createOrOpen)
        guard try lock(descriptor, path) else { return nil }
        return FileLock(descriptor: descriptor)
    }

    /// Waits until `deadline`, then throws `ETIMEDOUT`.
    package static func acquire(_ path: String, until deadline: Deadline) throws(SystemError) -> FileLock {
        let descriptor = try Descriptor(opening: path, for: .createOrOpen)
        var pause: Int64 = 1
        while !(try lock(descriptor, path)) {
            guard !deadline.hasPassed else { throw SystemError(code: ETIMEDOUT, call: "flock", subject: path) }
            Clock.sleep(milliseconds: pause)
            pause = min(pause * 2, 20)
        }
        return FileLock(descriptor: descriptor)
    }

    /// The process that the kernel says took the lock, for messages alone: it may have handed it to a child since.
    /// (proc_locks(5); nil elsewhere.)
    package static func holder(of path: String) -> Int32? {
        guard let file = try? Files.status(path), let table = try? Files.read("/proc/locks", limit: 1 << 24) else {
            return nil
        }
        for line in String(decoding: table, as: UTF8.self).split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 5, fields[1] == "FLOCK", fields[5].hasSuffix(":\(file.inode)") else { continue }
            return Int32(fields[4])
        }
        return nil
    }

    private static func lock(_ descriptor: borrowing Descriptor, _ path: String) throws(SystemError) -> Bool {
        while flock(descriptor.number, LOCK_EX | LOCK_NB) != 0 {
            if errno == EWOULDBLOCK { return false }
            guard errno == EINTR else { throw .last("flock", path) }
        }
        return true
    }
}
