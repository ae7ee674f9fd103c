internal import POSIX

/// The contents of blobs, one after another in the order they were named, as they are stored: past all filters, from one
/// git, and in pieces, so that no size is too large.
package struct BlobReader: ~Copyable {
    private let git: Git
    private let words = ["cat-file", "--batch"]
    private var child: Child
    private var unread: ArraySlice<UInt8> = []
    private var said: [UInt8] = []

    package init(_ ids: [String], _ git: Git) throws(GitError) {
        self.git = git
        child = try git.start(words, input: .bytes(ids.flatMap { Array($0.utf8) + [0x0A] }))
    }

    /// Gives all of the next blob to `take`.
    package mutating func next(_ take: (ArraySlice<UInt8>) throws -> Void) throws {
        var header: [UInt8] = []
        while let byte = try piece(1).first, byte != 0x0A { header.append(byte) }
        // "<id> blob <size>", or "<id> missing".
        let answer = String(decoding: header, as: UTF8.self)
        let fields = answer.split(separator: " ")
        guard fields.count == 3, fields[1] == "blob", var rest = Int(fields[2]) else { throw failure(answer) }
        while rest > 0 {
            let piece = try piece(rest)
            guard !piece.isEmpty else { throw failure("") }
            try take(piece)
            rest -= piece.count
        }
        // The line feed behind it.
        _ = try piece(1)
    }

    /// Waits for git's end.
    package consuming func finish() throws {
        let outcome = try child.finish()
        guard outcome.isSuccess else { throw git.failure(words, outcome) }
    }

    /// At most so many bytes; none at the end.
    private mutating func piece(_ count: Int) throws(GitError) -> ArraySlice<UInt8> {
        do { if unread.isEmpty { unread = try child.read(&said)?[...] ?? [] } } catch { throw GitError(error) }
        let piece = unread.prefix(count)
        unread = unread.dropFirst(piece.count)
        return piece
    }

    private mutating func failure(_ answer: String) -> GitError {
        let message = said.isEmpty ? "fatal: \(answer)" : String(decoding: said, as: UTF8.self)
        return .failed(.init(arguments: words, termination: .exited(128), message: message))
    }
}
