package import POSIX

/// A process that may stand inside during a release: whoever called `done`, or one of its ancestors. Another one with
/// its pid started at another time.
package struct Bystander: Sendable, Equatable {
    package let pid: Int32
    private let startTicks: UInt64

    package init(_ facts: ProcessFacts) { (pid, startTicks) = (facts.pid, facts.startTicks) }

    /// Nil for what is no `pid:start`.
    package init?(text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let pid = Int32(parts[0]), let startTicks = UInt64(parts[1]) else { return nil }
        (self.pid, self.startTicks) = (pid, startTicks)
    }

    var text: String { "\(pid):\(startTicks)" }
}
