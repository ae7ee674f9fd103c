import CPOSIX
import Foundation
import Glibc
import POSIX
import Testing

/// A started program. It ends with the test: whoever holds the `Scratch` kills what still runs.
final class Background {
    let command: String
    let pid: Int32
    private let files: (out: String, err: String)
    /// The writing end of a piped standard input, -1 without.
    private var feed: Int32
    private var status: Int32?

    /// Streams are files, never pipes: a descendant that keeps one open cannot make a wait hang.
    init(
        _ words: [String], in directory: String, environment: [String: String], input: Scratch.Input,
        files: (out: String, err: String)
    ) throws {
        command = words.joined(separator: " ")
        self.files = files
        var ends: [Int32] = [-1, -1]
        switch input {
        case .none: ends[0] = open("/dev/null", O_RDONLY | O_CLOEXEC)
        case .file(let path): ends[0] = open(path, O_RDONLY | O_CLOEXEC)
        case .pipe: cposix_pipe_cloexec(&ends)
        }
        feed = ends[1]
        let out = open(files.out, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o600)
        let err = open(files.err, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o600)
        defer { for end in [ends[0], out, err] { close(end) } }

        let program = try #require(Background.find(words[0], environment["PATH"] ?? ""), "no \(words[0]) on PATH")
        var arguments = words.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for word in arguments + variables { free(word) } }
        var started: pid_t = 0
        let rc = cposix_spawn(
            &started, program, &arguments, &variables, directory, ends[0], out, err, nil, 0,
            Int32(CPOSIX_SPAWN_NEW_GROUP))
        try #require(rc == 0, "cannot start \(command): \(String(cString: strerror(rc)))")
        pid = started
    }

    deinit { kill() }

    var out: String { Background.text(files.out) }
    var err: String { Background.text(files.err) }
    var isRunning: Bool { reap() == nil }
    /// Those that are stopped, of the program and all that it has started.
    var stopped: [Int32] {
        isRunning ? ProcessTree.members(from: [pid]).filter { ProcessTable.isStopped($0) } : []
    }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(feed, bytes, bytes.count)
    }

    func endInput() {
        if feed >= 0 { close(feed) }
        feed = -1
    }

    /// Lets go on what is stopped.
    func goOn() { for pid in stopped { _ = Glibc.kill(pid, SIGCONT) } }

    func signal(_ number: Int32) { if isRunning { _ = Glibc.kill(pid, number) } }

    /// Kills the program and its process group, and waits for its end.
    func kill() {
        endInput()
        guard isRunning else { return }
        _ = Glibc.kill(pid, SIGCONT)
        _ = Glibc.kill(-pid, SIGKILL)
        _ = Glibc.kill(pid, SIGKILL)
        _ = Scratch.poll(10) { !isRunning }
    }

    /// Waits for the end; after `seconds` the program is killed and the test ends.
    func wait(_ seconds: Double = 60, at location: SourceLocation = #_sourceLocation) throws -> Outcome {
        let ended = Scratch.poll(seconds) { !isRunning }
        if !ended { kill() }
        try #require(ended, "still running after \(seconds) s: \(command)\n\(out)\n\(err)", sourceLocation: location)
        let bytes = (try? Data(contentsOf: URL(fileURLWithPath: files.out))) ?? Data()
        return Outcome(
            command: command, status: status ?? -1, out: String(decoding: bytes, as: UTF8.self), err: err, bytes: bytes)
    }

    /// The status as a shell would report it, nil while the program runs.
    private func reap() -> Int32? {
        if let status { return status }
        var raw: Int32 = 0
        guard waitpid(pid, &raw, WNOHANG) == pid else { return nil }
        status = cposix_exited(raw) != 0 ? cposix_exit_status(raw) : 128 + cposix_term_signal(raw)
        return status
    }

    private static func text(_ path: String) -> String {
        String(decoding: (try? Data(contentsOf: URL(fileURLWithPath: path))) ?? Data(), as: UTF8.self)
    }

    private static func find(_ name: String, _ path: String) -> String? {
        if name.contains("/") { return name }
        return path.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }
}
