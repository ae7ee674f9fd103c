internal import CPOSIX
internal import Glibc

/// A FIFO of which only one thing counts: that somebody wrote to it.
package struct Doorbell: ~Copyable {
    private let descriptor: Descriptor

    /// Makes the FIFO if there is none, and listens until this value goes. In anything else one would read for ever.
    package init(at path: String) throws(SystemError) {
        do { try Files.makeFifo(path) } catch {
            guard error.isExisting else { throw error }
            if try Files.status(path).kind != .other {
                try Files.unlink(path)
                try Files.makeFifo(path)
            }
        }
        descriptor = try Descriptor(opening: path, for: .bothEnds)
    }

    /// For `Readiness`.
    package var number: Int32 { descriptor.number }

    /// Takes note of all that was rung so far.
    package func silence() {
        while let chunk = try? descriptor.readChunk(), !chunk.isEmpty {}
    }

    /// From now on SIGTERM, SIGINT and SIGHUP ring instead of ending the process. Once a process.
    package func ringOnTermination() { cposix_catch_termination(number) }

    package static var isTerminated: Bool { cposix_termination_caught() != 0 }

    /// Whether somebody listens at `path`; if so, it has rung there.
    package static func ring(_ path: String) -> Bool {
        // Without a reader, opening fails at once (ENXIO, fifo(7)).
        guard let end = try? Descriptor(opening: path, for: .ring), (try? Files.status(of: end))?.kind == .other
        else { return false }
        // A pipe that is full rings already.
        return (try? end.writeSome([0])) != nil
    }
}
