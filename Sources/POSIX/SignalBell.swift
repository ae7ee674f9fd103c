internal import CPOSIX
internal import Glibc

/// Turns signals into something to wait for: each leaves a note, in order of arrival, and has no other effect. There is
/// one per process.
package struct SignalBell: ~Copyable {
    package struct Note: Equatable, Sendable {
        package let signal: Signal
        /// Nil if a terminal sent it, to its whole foreground process group.
        package let sender: Int32?
    }

    private let pipe: Pipe
    /// When the terminal last sent which signal, by the clock since boot.
    private var typed: [Signal: Int64] = [:]

    /// Signals that are ignored already stay so, for this process and what it starts.
    package init(for signals: [Signal]) throws(SystemError) {
        pipe = try Pipe()
        _ = fcntl(pipe.reading.number, F_SETFL, O_NONBLOCK)
        _ = fcntl(pipe.writing.number, F_SETFL, O_NONBLOCK)
        let numbers = signals.map(\.number)
        unsafe cposix_ring_signals(pipe.writing.number, numbers, numbers.count)
    }

    deinit { cposix_ring_signals(-1, nil, 0) }

    /// For `Readiness`.
    package var number: Int32 { pipe.reading.number }

    /// What came since the last time.
    ///
    /// A terminal sends Ctrl-C to `git` as well, which passes it on to us (git.c, `clean_on_exit`): that echo is left
    /// out, or one Ctrl-C would count as two.
    package mutating func take() -> [Note] {
        var bytes: [UInt8] = []
        while let chunk = try? pipe.reading.readChunk(), !chunk.isEmpty { bytes += chunk }
        let size = MemoryLayout<cposix_note>.size
        return stride(from: 0, to: bytes.count - bytes.count % size, by: size).compactMap { start in
            let raw = unsafe bytes.withUnsafeBytes {
                unsafe $0.loadUnaligned(fromByteOffset: start, as: cposix_note.self)
            }
            guard let signal = Signal(number: raw.number) else { return nil }
            let now = Clock.sinceBoot()
            if raw.sender == 0 { typed[signal] = now }
            if raw.sender == getppid(), let last = typed[signal], now - last < 1000 { return nil }
            return Note(signal: signal, sender: raw.sender == 0 ? nil : raw.sender)
        }
    }
}
