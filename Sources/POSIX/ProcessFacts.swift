/// What the kernel said about one process at one moment; it is never refreshed, and may be out of date by now.
package struct ProcessFacts: Equatable, Sendable {
    package var pid: Int32
    /// 0 where the parent is outside of our pid namespace, or there is none.
    package var parent: Int32
    package var group: Int32
    package var session: Int32
    /// Device number of the controlling terminal, 0 without one.
    package var terminal: Int32
    /// The letter of /proc/PID/stat, such as `S`, `T` or `Z`.
    package var state: Character
    package var threads: Int
    /// Clock ticks since boot, raw: converted to a wall clock it would move with every step of that clock (psutil #2526).
    package var startTicks: UInt64
    /// Where the stack begins: chosen by exec, kept by fork. 0 where the kernel hides it from us.
    package var stackAddress: UInt64
    /// At most 15 bytes; the process may have chosen it.
    package var command: String
    /// The path of the running program, nil where the kernel hides it from us.
    package var executable: String?
    /// The process may have overwritten these as well; empty for a zombie.
    package var arguments: [String]
    /// The real user id.
    package var user: UInt32

    package init(
        pid: Int32, parent: Int32, group: Int32 = 0, session: Int32 = 0, terminal: Int32 = 0, state: Character = "S",
        threads: Int = 1, startTicks: UInt64, stackAddress: UInt64 = 0, command: String, executable: String? = nil,
        arguments: [String] = [], user: UInt32 = 0
    ) {
        self.pid = pid
        self.parent = parent
        self.group = group
        self.session = session
        self.terminal = terminal
        self.state = state
        self.threads = threads
        self.startTicks = startTicks
        self.stackAddress = stackAddress
        self.command = command
        self.executable = executable
        self.arguments = arguments
        self.user = user
    }

    /// Ended, though perhaps not waited for. The state alone would call a process dead whose main thread is gone while
    /// another lives (measured: `Z` with two threads).
    package var hasEnded: Bool { (state == "Z" || state == "X") && threads <= 1 }

    /// By a signal or a debugger: it does nothing until somebody lets it go on.
    package var isStopped: Bool { state == "T" || state == "t" }

    /// The line of /proc/PID/stat; the command stands in parentheses and may hold any byte, so that the last `)` counts
    /// (proc_pid_stat(5)). Nil where the line is not what that page says.
    package init?(statLine bytes: [UInt8]) {
        guard let open = bytes.firstIndex(of: UInt8(ascii: "(")), let close = bytes.lastIndex(of: UInt8(ascii: ")")),
            open < close, let pid = Int32(ProcessFacts.text(bytes[..<open].prefix { $0 != UInt8(ascii: " ") }))
        else { return nil }
        // The fields after the command: the state is the first of them and number 3 on the page.
        var rest = bytes[(close + 1)...].prefix { $0 != UInt8(ascii: "\n") }
        var fields: [ArraySlice<UInt8>] = []
        fields.reserveCapacity(26)
        while fields.count < 26, let field = rest.popWord() { fields.append(field) }
        func number<Number: FixedWidthInteger>(_ index: Int) -> Number? { Number(ProcessFacts.text(fields[index])) }
        guard fields.count >= 26, let state = ProcessFacts.text(fields[0]).first, let parent: Int32 = number(1),
            let group: Int32 = number(2), let session: Int32 = number(3), let terminal: Int32 = number(4),
            let threads: Int = number(17), let start: UInt64 = number(19), let stack: UInt64 = number(25)
        else { return nil }
        self.init(
            pid: pid, parent: parent, group: group, session: session, terminal: terminal, state: state,
            threads: threads, startTicks: start, stackAddress: stack,
            command: ProcessFacts.text(bytes[(open + 1)..<close]))
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
