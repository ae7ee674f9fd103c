internal import CPOSIX
internal import Glibc

/// An open file descriptor, closed exactly once, and never inherited by a child unless a `Command` names it.
package struct Descriptor: ~Copyable {
    package let number: Int32

    /// Takes over an open descriptor.
    package init(adopting number: Int32) { self.number = number }

    deinit { _ = close(number) }

    /// Gives the number away: whoever gets it closes it.
    consuming func release() -> Int32 {
        let number = number
        discard self
        return number
    }

    package enum Access {
        case read
        /// Never waits, neither for a FIFO's writer nor for what it writes.
        case readAtOnce
        /// The same, but of no file that a link leads to.
        case readInPlace
        case write
        /// A FIFO that somebody reads.
        case ring
        case append
        /// Creates the file, failing if anything stands there.
        case create
        /// Reads and writes, creating the file if it is missing.
        case createOrOpen
        /// A FIFO that is there: holding both ends, its reader never meets an end of file.
        case bothEnds
    }

    /// Opens without following a final symbolic link where it may create, so that a planted link is an error.
    package init(opening path: String, for access: Access, mode: UInt32 = 0o600) throws(SystemError) {
        let flags =
            switch access {
            case .read: O_RDONLY
            case .readAtOnce: O_RDONLY | O_NONBLOCK
            case .readInPlace: O_RDONLY | O_NONBLOCK | O_NOFOLLOW
            case .write: O_WRONLY | O_NONBLOCK
            case .ring: O_WRONLY | O_NONBLOCK | O_NOFOLLOW
            case .append: O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK
            case .create: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
            case .createOrOpen: O_RDWR | O_CREAT | O_NOFOLLOW
            case .bothEnds: O_RDWR | O_NONBLOCK | O_NOFOLLOW
            }
        let number = unsafe open(path, flags | O_CLOEXEC | O_NOCTTY, mode_t(mode))
        guard number >= 0 else { throw .last("open", path) }
        self.number = number
    }

    /// To read a file of an open folder by its name there, without ever waiting.
    package init(opening name: String, in folder: borrowing Descriptor) throws(SystemError) {
        let number = unsafe openat(folder.number, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        guard number >= 0 else { throw .last("open", name) }
        self.number = number
    }

    /// Everything up to the end of the file; `EFBIG` beyond `limit` bytes, `EAGAIN` where one would have to wait.
    ///
    /// - Parameter ending: what stands at the end of such a file and nowhere else, if that is known: once it is read,
    ///   nobody asks whether more follows.
    package func readAll(limit: Int = 1 << 30, ending: [UInt8] = []) throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        // Most files are small: a large buffer for each makes the heap grow and shrink every time.
        var size = Descriptor.recordSize
        while let chunk = try Descriptor.readChunk(number, size) {
            guard !chunk.isEmpty else { throw SystemError(code: EAGAIN, call: "read") }
            if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
            guard bytes.count <= limit else { throw SystemError(code: EFBIG, call: "read") }
            if !ending.isEmpty, chunk.count < size, bytes.suffix(ending.count) == ending[...] { break }
            if chunk.count == size { size = Descriptor.chunkSize }
        }
        return bytes
    }

    private static let chunkSize = 65536
    /// More than nearly all records and notes take.
    private static let recordSize = 4096

    /// At most `count` bytes from `offset` on, fewer only at the end of the file.
    package func bytes(at offset: Int64, _ count: Int) throws(SystemError) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let rest = unsafe UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
                let got = unsafe pread(number, rest.baseAddress, rest.count, off_t(offset) + filled)
                if got == 0 || (got < 0 && errno != EINTR) {
                    failure = got < 0 ? errno : 0
                    return
                }
                filled += max(got, 0)
            }
        }
        guard failure == 0 else { throw SystemError(code: failure, call: "read") }
        return bytes
    }

    /// What one read(2) gives, at most 64 KiB; nil at the end of the file, an empty array if nothing is there yet.
    package func readChunk() throws(SystemError) -> [UInt8]? {
        try Descriptor.readChunk(number)
    }

    static func readChunk(_ number: Int32, _ size: Int = chunkSize) throws(SystemError) -> [UInt8]? {
        var failure: Int32 = 0
        let chunk = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            var got = -1
            repeat { got = unsafe read(number, buffer.baseAddress, buffer.count) } while got < 0 && errno == EINTR
            failure = got < 0 ? errno : 0
            count = max(got, 0)
        }
        if failure == EAGAIN { return [] }
        guard failure == 0 else { throw SystemError(code: failure, call: "read") }
        return chunk.isEmpty ? nil : chunk
    }

    package func write(_ bytes: [UInt8]) throws(SystemError) { try write(bytes[...]) }

    package func write(_ bytes: ArraySlice<UInt8>) throws(SystemError) {
        var rest = bytes
        while !rest.isEmpty { rest = rest.dropFirst(try writeSome(rest)) }
    }

    /// Writes what fits without waiting, at least nothing, and says how much that was.
    func writeSome(_ bytes: ArraySlice<UInt8>) throws(SystemError) -> Int {
        try Descriptor.writeSome(number, bytes)
    }

    static func writeSome(_ number: Int32, _ bytes: ArraySlice<UInt8>) throws(SystemError) -> Int {
        let written = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(number, $0.baseAddress, $0.count) }
        if written < 0 {
            guard errno == EAGAIN || errno == EINTR else { throw .last("write") }
            return 0
        }
        return written
    }
}

/// The two ends of a pipe, both closed on exec.
package struct Pipe: ~Copyable {
    package let reading: Descriptor
    package let writing: Descriptor

    package init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        guard unsafe cposix_pipe_cloexec(&ends) == 0 else { throw .last("pipe") }
        reading = Descriptor(adopting: ends[0])
        writing = Descriptor(adopting: ends[1])
    }
}
