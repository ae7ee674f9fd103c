internal import Glibc

/// Notices names that appear and disappear in one folder (inotify(7)); where that cannot be had, waiters look now and
/// then.
package struct FolderWatch: ~Copyable {
    private let descriptor: Descriptor

    /// Nil where the folder is not there, or the system has no more watches to give.
    package init?(_ path: String) {
        #if canImport(Glibc)
        let number = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        guard number >= 0 else { return nil }
        let descriptor = Descriptor(adopting: number)
        let events = UInt32(IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR)
        guard unsafe inotify_add_watch(descriptor.number, path, events) >= 0 else { return nil }
        self.descriptor = descriptor
        #else
        return nil
        #endif
    }

    /// For `Readiness`.
    package var number: Int32 { descriptor.number }

    /// Takes note of all that happened so far.
    package func silence() {
        while let chunk = try? descriptor.readChunk(), !chunk.isEmpty {}
    }
}
