internal import CPOSIX
internal import Glibc

/// A regular file below one folder and its copy at the same path below another; on the way to either no link is
/// followed and no repository is entered.
package struct FileCopy: Sendable {
    /// Why nothing is read or written there.
    package enum Refusal: Error {
        /// A link, or something else that is neither a folder on the way nor a plain file at its end.
        case obstructed
        /// A repository or worktree of its own lies on the way.
        case repository
        case failed(SystemError)
    }

    private let from: String
    private let to: String
    private let folders: [[CChar]]
    private let name: [CChar]
    private let shown: String

    /// Nil for a path that is not plainly below a folder: empty, absolute, or with `.`, `..` or `.git` on the way.
    package init?(from: String, to: String, _ path: [UInt8]) {
        let parts = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let isPlain = parts.allSatisfy { part in
            let text = String(decoding: part, as: UTF8.self).lowercased()
            return !["", ".", "..", ".git"].contains(text) && !part.contains(0)
        }
        guard isPlain, let last = parts.last else { return nil }
        self.from = from
        self.to = to
        folders = parts.dropLast().map { [CChar](name: $0) }
        name = [CChar](name: last)
        shown = String(decoding: path, as: UTF8.self)
    }

    /// Marks of the two files; nil where none stands.
    package func look() throws(Refusal) -> (source: FileMark?, copy: FileMark?) {
        (try mark(in: from), try mark(in: to))
    }

    /// Whether both files hold the same bytes.
    package func isEqual() throws(Refusal) -> Bool {
        guard let one = try opened(in: from), let other = try opened(in: to) else { return false }
        do {
            while true {
                let first = try one.readChunk()
                guard try first == other.readChunk() else { return false }
                if first == nil { return true }
            }
        } catch {
            throw .failed(error)
        }
    }

    /// Writes the copy, with the source's permissions, and gives its mark. Anything that stands there is an error
    /// unless it is to be replaced.
    package func write(replacing: Bool) throws(Refusal) -> FileMark {
        guard let source = try opened(in: from) else {
            throw .failed(SystemError(code: ENOENT, call: "open", subject: shown))
        }
        guard let folder = try folder(in: to, making: true) else { throw .obstructed }
        if replacing, unsafe unlinkat(folder.number, name, 0) != 0, errno != ENOENT {
            throw .failed(.last("unlink", shown))
        }
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let number = unsafe openat(folder.number, name, flags, mode_t(0o600))
        guard number >= 0 else {
            if errno == EEXIST { throw .obstructed }
            throw .failed(.last("open", shown))
        }
        let copy = Descriptor(adopting: number)
        var raw = stat()
        guard cposix_copy_file(source.number, copy.number) == 0, unsafe fstat(source.number, &raw) == 0,
            fchmod(copy.number, raw.st_mode & 0o777) == 0, unsafe fstat(copy.number, &raw) == 0
        else {
            let error = SystemError.last("copy", shown)
            _ = unsafe unlinkat(folder.number, name, 0)
            throw .failed(error)
        }
        return FileMark(raw)
    }

    private func mark(in top: String) throws(Refusal) -> FileMark? {
        guard let folder = try folder(in: top, making: false) else { return nil }
        var raw = stat()
        guard unsafe fstatat(folder.number, name, &raw, AT_SYMLINK_NOFOLLOW) == 0 else {
            if errno == ENOENT { return nil }
            throw .failed(.last("stat", shown))
        }
        guard raw.st_mode & S_IFMT == S_IFREG else { throw .obstructed }
        return FileMark(raw)
    }

    private func opened(in top: String) throws(Refusal) -> Descriptor? {
        guard let folder = try folder(in: top, making: false) else { return nil }
        let number = unsafe openat(folder.number, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard number >= 0 else {
            if errno == ENOENT { return nil }
            if errno == ELOOP { throw .obstructed }
            throw .failed(.last("open", shown))
        }
        let file = Descriptor(adopting: number)
        var raw = stat()
        guard unsafe fstat(file.number, &raw) == 0, raw.st_mode & S_IFMT == S_IFREG else { throw .obstructed }
        return file
    }

    /// The folder that the file lies in; nil if it is missing and not to be made.
    private func folder(in top: String, making: Bool) throws(Refusal) -> Descriptor? {
        let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
        let first = unsafe open(top, flags)
        guard first >= 0 else { throw .failed(.last("open", top)) }
        var current = Descriptor(adopting: first)
        for part in folders {
            var next = unsafe openat(current.number, part, flags | O_NOFOLLOW)
            if next < 0, errno == ENOENT {
                guard making else { return nil }
                guard unsafe mkdirat(current.number, part, 0o777) == 0 || errno == EEXIST else {
                    throw .failed(.last("mkdir", shown))
                }
                next = unsafe openat(current.number, part, flags | O_NOFOLLOW)
            }
            guard next >= 0 else {
                if errno == ENOTDIR || errno == ELOOP { throw .obstructed }
                throw .failed(.last("open", shown))
            }
            current = Descriptor(adopting: next)
            var raw = stat()
            guard unsafe fstatat(next, ".git", &raw, AT_SYMLINK_NOFOLLOW) != 0 else { throw .repository }
        }
        return current
    }
}
