internal import CPOSIX
internal import Glibc

/// This process's own three streams and its surroundings, read once at the start and handed down as values.
package enum Streams {
    /// Whether the reader is still there.
    @discardableResult
    package static func write(_ text: String, to number: Int32) -> Bool {
        do { try writeAll(Array(text.utf8), to: number) } catch { return false }
        return true
    }

    /// Writes to standard output what whoever called came for: a disk that is full must not cut it short in silence. A
    /// reader that left, or that never was, is no error.
    package static func answer(_ text: String) throws(SystemError) {
        do { try writeAll(Array(text.utf8), to: 1) } catch {
            guard error.code == EPIPE || error.code == EBADF else {
                throw SystemError(code: error.code, call: "write", subject: "standard output")
            }
        }
    }

    private static func writeAll(_ bytes: [UInt8], to number: Int32) throws(SystemError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = try Descriptor.writeSome(number, rest)
            rest = rest.dropFirst(written)
            if written == 0 { Clock.sleep(milliseconds: 1) }
        }
    }

    package static func isTerminal(_ number: Int32) -> Bool { isatty(number) == 1 }

    /// Columns, or nil where `number` is no terminal.
    package static func columns(_ number: Int32) -> Int? {
        let columns = cposix_terminal_columns(number)
        return columns > 0 ? Int(columns) : nil
    }

    /// Rows, or nil where `number` is no terminal.
    package static func rows(_ number: Int32) -> Int? {
        let rows = cposix_terminal_rows(number)
        return rows > 0 ? Int(rows) : nil
    }

    /// Stops soon after `limit` bytes: whoever gave one sees by the count that there is more.
    package static func readStandardInput(limit: Int = .max) throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count <= limit, let chunk = try Descriptor.readChunk(0) {
            bytes += chunk
            if chunk.isEmpty { Clock.sleep(milliseconds: 1) }
        }
        return bytes
    }

    /// A file's bytes as they are; a reader that left is no error.
    package static func copy(_ path: String, to number: Int32) {
        guard let file = try? Descriptor(opening: path, for: .read) else { return }
        while let chunk = try? file.readChunk() {
            do { try writeAll(chunk, to: number) } catch { return }
        }
    }

    /// The words after the program's name. Swift's own `CommandLine` has none where there is no /proc.
    /// - Throws: EILSEQ for one that is not UTF-8: handed on as text, it would name something else.
    package static func arguments() throws(SystemError) -> [String] {
        guard var next = unsafe cposix_arguments() else { return [] }
        var words: [String] = []
        while let word = unsafe next.pointee {
            guard let text = unsafe words.isEmpty ? "" : String(validatingCString: word) else {
                throw SystemError(code: EILSEQ, call: "read", subject: unsafe String(cString: word))
            }
            words.append(text)
            unsafe next += 1
        }
        return Array(words.dropFirst())
    }

    /// One variable by itself, for whoever needs no more; of two of the same name the first.
    package static func variable(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }

    package static func environment() -> [String: String] {
        var count = 0
        while unsafe environ[count] != nil { count += 1 }
        var variables = [String: String](minimumCapacity: count)
        for index in 0..<count {
            // Bytes: an accent that comes first in a value would make another character of the sign.
            guard let entry = unsafe environ[index], let equals = unsafe strchr(entry, Int32(UInt8(ascii: "="))) else {
                continue
            }
            let name = unsafe UnsafeRawBufferPointer(start: entry, count: equals - entry)
            variables[unsafe String(decoding: name, as: UTF8.self)] = unsafe String(cString: equals + 1)
        }
        return variables
    }

    /// A pipe whose reader left must be an error we see, not a signal that kills us between two renames.
    /// So must a file that may not grow any more (setrlimit(2), `RLIMIT_FSIZE`).
    package static func ignoreBrokenPipes() {
        _ = signal(SIGPIPE, SIG_IGN)
        _ = signal(SIGXFSZ, SIG_IGN)
    }

    package static func userID() -> UInt32 { getuid() }

    /// Whether this process was started with rights that its caller does not have (a set-user-id file).
    package static var hasBorrowedRights: Bool { getuid() != geteuid() || getgid() != getegid() }

    package static func exit(_ status: Int32) -> Never { Glibc.exit(status) }

    package static var stopSignal: Int32 { SIGSTOP }
    package static var killSignal: Int32 { SIGKILL }

    /// Sends this process a signal with its default effect; returns only after one that does not end it.
    package static func raise(_ number: Int32) {
        _ = signal(number, SIG_DFL)
        _ = Glibc.raise(number)
    }
}
