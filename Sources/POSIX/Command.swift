internal import CPOSIX
internal import Glibc

/// A program to run: its words, its whole environment, and where its three streams lead.
package struct Command: Sendable {
    package enum Input: Sendable {
        case null, inherited, bytes([UInt8])
        /// What `Child.send` will say.
        case later
    }
    package enum Output: Sendable {
        case null, inherited, captured, standardError
        /// One of ours that is open for writing.
        case descriptor(Int32)
    }
    package enum Session: Sendable {
        case shared
        /// setsid(2), default signals, and not one descriptor of ours beyond the three standard ones.
        case detached
    }

    package var executable: String
    /// What the program is told as its own name; the executable's path if nil.
    package var name: String?
    /// Without the program's own name.
    package var arguments: [String]
    package var environment: [String: String]
    package var directory: String?
    package var input: Input = .null
    package var output: Output = .captured
    package var error: Output = .captured
    package var session: Session = .shared
    /// Descriptors that stay open in the child under the same number.
    package var inherited: [Int32] = []
    /// Whether it is ended where it waits for a FIFO; see `FifoWatch`.
    package var endsAtFifo = false

    package init(_ executable: String, _ arguments: [String], environment: [String: String]) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
    }

    /// Whether none of its streams leads to us.
    var isMute: Bool {
        switch (output, error) {
        case (.captured, _), (_, .captured): false
        case (.null, _), (.inherited, _), (.standardError, _), (.descriptor, _): true
        }
    }

    /// Starts the program and waits for its end, feeding and reading its streams meanwhile.
    package func run() throws(SystemError) -> Outcome {
        var child = try Child(starting: self)
        return try child.finish()
    }

    /// Becomes the program, under the same process id; returns only where that cannot be.
    package func replaceProcess() throws(SystemError) {
        let words = CStringArray([name ?? executable] + arguments)
        let variables = CStringArray(environment: environment)
        _ = unsafe execve(executable, words.pointers, variables.pointers)
        throw .last("exec", executable)
    }

    /// `PATH`, or what a shell takes where there is none.
    package static func searchPath(_ environment: [String: String]) -> String {
        environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    }

    /// The first executable file called `name` in a `PATH`-like list; a name with a slash stands for itself.
    package static func find(_ name: String, in path: String) -> String? {
        if name.utf8.contains(UInt8(ascii: "/")) { return name }
        for folder in path.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false) {
            let candidate = Path.join(folder.isEmpty ? "." : String(Substring(folder)), name)
            if Files.isExecutable(candidate) { return candidate }
        }
        return nil
    }
}

package enum Termination: Equatable, Sendable {
    case exited(Int32)
    case signalled(Int32)

    init(status: Int32) {
        self = cposix_exited(status) != 0 ? .exited(cposix_exit_status(status)) : .signalled(cposix_term_signal(status))
    }

    /// As a shell would report it: 128 and the signal's number after a death by signal.
    package var shellStatus: Int32 {
        switch self {
        case .exited(let status): status
        case .signalled(let signal): 128 + signal
        }
    }
}

/// What a program left behind.
package struct Outcome: Sendable {
    package let termination: Termination
    package let output: [UInt8]
    package let error: [UInt8]

    package var isSuccess: Bool { termination == .exited(0) }
}
