internal import CPOSIX
internal import Glibc

/// A started program that has not been waited for; `finish` or `wait` does so, once.
package struct Child: ~Copyable {
    package let pid: Int32
    /// The ends that are ours, -1 when closed.
    private var feeding: Int32
    private var output: Int32
    private var error: Int32
    private var unsent: ArraySlice<UInt8>
    /// Nil for a program that may wait for whatever it likes.
    private var watch: FifoWatch?
    /// Whether no stream of it tells of its end.
    private let isMute: Bool

    package init(starting command: Command) throws(SystemError) {
        let null = try Descriptor(opening: "/dev/null", for: .read)
        let sink = try Descriptor(opening: "/dev/null", for: .write)
        let toInput = try Pipe()
        let fromOutput = try Pipe()
        let fromError = try Pipe()

        let (standardInput, input): (Int32, [UInt8]) =
            switch command.input {
            case .null: (null.number, [])
            case .inherited: (-1, [])
            case .bytes(let bytes): (toInput.reading.number, bytes)
            case .later: (toInput.reading.number, [])
            }
        func target(_ stream: Command.Output, _ pipe: Int32) -> Int32 {
            switch stream {
            case .null: sink.number
            case .inherited: -1
            case .captured: pipe
            case .standardError: 2
            case .descriptor(let number): number
            }
        }
        let started = try Child.spawn(
            command, standardInput, target(command.output, fromOutput.writing.number),
            target(command.error, fromError.writing.number))

        pid = started
        unsent = input[...]
        watch = command.endsAtFifo ? FifoWatch(started) : nil
        isMute = command.isMute
        feeding = toInput.writing.release()
        output = fromOutput.reading.release()
        error = fromError.reading.release()
        _ = fcntl(feeding, F_SETFL, O_NONBLOCK)
        switch command.input {
        case .later: break
        case .null, .inherited, .bytes: if unsent.isEmpty { Child.finish(&feeding) }
        }
    }

    /// Bytes of what a child says on standard error that are kept: it may never end to say something.
    private static let mostSaid = 1 << 20

    deinit {
        for end in [feeding, output, error] where end >= 0 { _ = Glibc.close(end) }
        // Nobody waits for it any more, and it may wait for ever.
        if watch != nil, !Child.hasEnded(pid) { Signal.terminate.send(to: pid) }
    }

    /// Says to a child what `Command.Input.later` left open: what a pipe holds at once, the rest while `finish` reads.
    package mutating func send(_ bytes: [UInt8]) {
        unsent = bytes[...]
        feed()
    }

    /// Feeds and reads the captured streams until all are closed, then waits. Once.
    ///
    /// - Parameter hears: is given what comes on standard error, as it comes.
    package mutating func finish(
        _ hears: (ArraySlice<UInt8>) -> Void = { _ in }
    ) throws(SystemError) -> Outcome {
        var collected: (output: [UInt8], error: [UInt8]) = ([], [])
        var heard = 0
        while try serve(&collected.output, &collected.error) {
            guard heard < collected.error.count else { continue }
            hears(collected.error[heard...])
            heard = collected.error.count
        }
        let termination = try Child.end(of: pid, isMute, &watch)
        return Outcome(termination: termination, output: collected.output, error: collected.error)
    }

    /// What the child says next, fed meanwhile; nil at the end of its output.
    package mutating func read(_ said: inout [UInt8]) throws(SystemError) -> [UInt8]? {
        var piece: [UInt8] = []
        while piece.isEmpty, output >= 0, try serve(&piece, &said) {}
        return piece.isEmpty ? nil : piece
    }

    /// One step of feeding and reading; false once all streams are closed.
    private mutating func serve(
        _ collected: inout [UInt8], _ said: inout [UInt8]
    ) throws(SystemError) -> Bool {
        guard feeding >= 0 || output >= 0 || error >= 0 else { return false }
        var waits = [
            pollfd(fd: feeding, events: Int16(POLLOUT), revents: 0),
            pollfd(fd: output, events: Int16(POLLIN), revents: 0),
            pollfd(fd: error, events: Int16(POLLIN), revents: 0),
        ]
        let ready = unsafe poll(&waits, nfds_t(waits.count), watch == nil ? -1 : Int32(FifoWatch.pause))
        guard ready >= 0 || errno == EINTR else { throw .last("poll") }
        if ready == 0 { watch?.look() }
        if waits[0].revents != 0 { feed() }
        if waits[1].revents != 0 { try Child.collect(&output, &collected) }
        if waits[2].revents != 0 { try Child.collect(&error, &said) }
        if said.count > Child.mostSaid { said.removeSubrange(Child.mostSaid...) }
        return true
    }

    /// From now on SIGINT, SIGTERM, SIGHUP and their like do not end this process: the one that came last waits for the
    /// child that is about to be started.
    package static func holdSignals() { cposix_hold_signals() }

    /// The signal that was held goes to the child, and from now on whatever somebody else sends to us; what the terminal
    /// sends to its whole process group has reached it already. For one child at a time.
    package func receiveSignals() { cposix_forward_signals(pid) }

    /// Takes `holdSignals` back; the signal that meanwhile would have ended this process, if one came.
    package static func stopReceivingSignals() -> Int32? {
        let number = cposix_stop_forwarding()
        return number == 0 ? nil : number
    }

    /// Waits for the end without touching the streams.
    package func wait() throws(SystemError) -> Termination {
        var watch = watch
        return try Child.end(of: pid, isMute, &watch)
    }

    private static func end(
        of pid: Int32, _ isMute: Bool, _ watch: inout FifoWatch?
    ) throws(SystemError) -> Termination {
        var end = ProcessEnds()
        if watch != nil, isMute, end.hold(pid) {
            while try Readiness.wait(for: end.numbers, milliseconds: FifoWatch.pause).isEmpty { watch?.look() }
        }
        var status: Int32 = 0
        while unsafe waitpid(pid, &status, 0) < 0 {
            guard errno == EINTR else { throw .last("waitpid") }
        }
        if let fifo = watch?.fifo { throw .waited(forFifo: fifo) }
        return Termination(status: status)
    }

    /// Whether a child that was not waited for has ended; then it is waited for.
    package static func hasEnded(_ pid: Int32) -> Bool {
        var status: Int32 = 0
        return unsafe waitpid(pid, &status, WNOHANG) != 0
    }

    /// A child that closes its input early is no error: what it says by its status counts.
    private mutating func feed() {
        let sent = (try? Descriptor.writeSome(feeding, unsent)) ?? unsent.count
        unsent = unsent.dropFirst(sent)
        if unsent.isEmpty { Child.finish(&feeding) }
    }

    private static func collect(_ end: inout Int32, _ bytes: inout [UInt8]) throws(SystemError) {
        if let chunk = try Descriptor.readChunk(end) { bytes += chunk } else { finish(&end) }
    }

    private static func finish(_ end: inout Int32) {
        _ = Glibc.close(end)
        end = -1
    }

    private static func spawn(
        _ command: Command, _ input: Int32, _ output: Int32, _ error: Int32
    ) throws(SystemError) -> Int32 {
        let flags =
            switch command.session {
            case .shared: 0
            case .detached: CPOSIX_SPAWN_NEW_SESSION | CPOSIX_SPAWN_CLOSE_REST
            }
        let words = CStringArray([command.name ?? command.executable] + command.arguments)
        let variables = CStringArray(environment: command.environment)
        var pid: pid_t = 0
        let rc = unsafe cposix_spawn(
            &pid, command.executable, words.pointers, variables.pointers, command.directory,
            input, output, error, command.inherited, command.inherited.count, Int32(flags))
        guard rc == 0 else { throw SystemError(code: rc, call: "posix_spawn", subject: command.executable) }
        return pid
    }
}
