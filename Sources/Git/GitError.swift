package import POSIX

/// A git command that did not do what it was asked, with all it said.
package enum GitError: Error {
    case missing(searched: String)
    case launch(SystemError)
    /// It was ended, because it waited for the other end of this FIFO.
    case waited(fifo: String)
    /// With a line feed in it, which no list of paths by lines can hold, ours or git's.
    case unfitPath(String)
    case failed(Failure)

    package struct Failure: Sendable {
        package let arguments: [String]
        package let termination: Termination
        package let message: String
    }

    init(_ error: SystemError) { self = error.fifo.map { .waited(fifo: $0) } ?? .launch(error) }

    /// What git wrote to stderr; empty if it never ran.
    package var message: String {
        switch self {
        case .missing, .launch, .waited, .unfitPath: ""
        case .failed(let failure): failure.message
        }
    }

    /// The message in one line, as much of it as a record or a list has room for, or why there is none, such as the signal
    /// that ended git.
    package var reason: String {
        switch self {
        case .missing: "there is no git"
        case .launch(let error): error.reason
        case .waited(let path): "it waited for '\(path)', a FIFO that nobody writes to"
        case .unfitPath(let path): "'\(path)' has a line feed in its name"
        case .failed(let failure):
            switch failure.termination {
            case _ where !failure.message.isEmpty:
                GitError.shortened(failure.message.split(whereSeparator: \.isNewline).joined(separator: "; "))
            case .exited(let status): "it ended with status \(status)"
            case .signalled(let signal): "it was ended by signal \(signal)"
            }
        }
    }

    private static func shortened(_ text: String) -> String {
        text.utf8.count <= 2000 ? text : text.prefix(1000) + "…"
    }

    /// Whether git found no room on the disk: what it says where the errno is not lost on the way (strerror(3), csum-file.c).
    package var isDiskFull: Bool {
        switch self {
        case .missing, .waited, .unfitPath: false
        case .launch(let error): error.isDiskFull
        case .failed:
            ["No space left on device", "Disk quota exceeded", "Out of diskspace"].contains { message.contains($0) }
        }
    }

    /// Another git process was in the middle of `worktree add`, or held a lock that git does not wait for: worth
    /// another try. These are the texts of git 2.36 to 2.55.
    var isTransient: Bool {
        let texts = ["/commondir: ", "bad object worktrees/", "could not lock config file", "packed-refs.lock"]
        return texts.contains { message.contains($0) }
    }
}
