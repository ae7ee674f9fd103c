import Foundation
import Testing

/// A program under a pseudo-terminal, typed at and read like a person would. Closing it hangs the program up.
struct Terminal {
    let process: Background

    /// `exec`s the words under a terminal of 80 columns; the terminal is the program's own session.
    init(
        _ scratch: Scratch, _ words: [String], in directory: String? = nil, env: [String: String?] = [:]
    ) throws {
        process = try scratch.start(
            ["/usr/bin/python3", "-c", Terminal.script] + words, in: directory, env: env, input: .pipe)
    }

    /// All that the program has printed so far.
    var screen: String { process.out }
    /// The pid of the program itself, once it runs.
    var pid: Int32? { process.err.split(separator: "\n").first.flatMap { Int32($0) } }

    func type(_ text: String) { process.send(text) }
    /// Ctrl-D at the start of a line.
    func endOfFile() { process.send("\u{4}") }
    /// Drops the terminal: the kernel sends SIGHUP.
    func hangUp() { process.kill() }

    func wait(for text: String, within seconds: Double = 10, at location: SourceLocation = #_sourceLocation) throws {
        let came = Scratch.poll(seconds) { screen.contains(text) }
        try #require(came, "no \(text.debugDescription) on\n\(screen)\n\(process.err)", sourceLocation: location)
    }

    /// Pid first, then the screen; what arrives on standard input is typed. Ends with the program's status.
    private static let script = """
        import fcntl, os, pty, select, struct, sys, termios
        pid, terminal = pty.fork()
        if pid == 0:
            # Here, or a busy machine would undo what the program does about its size.
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
            os.execvp(sys.argv[1], sys.argv[1:])
        sys.stderr.write("%d\\n" % pid); sys.stderr.flush()
        sources = [terminal, 0]
        while True:
            for ready in select.select(sources, [], [])[0]:
                try: data = os.read(ready, 65536)
                except OSError: data = b""
                if ready == 0:
                    if data: os.write(terminal, data)
                    else: sources.remove(0)
                elif data: os.write(1, data)
                else:
                    status = os.waitpid(pid, 0)[1]
                    os._exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
        """
}
