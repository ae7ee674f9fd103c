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

    package var text: String { "\(pid):\(startTicks)" }
}

extension Ancestry {
    /// This process and the git that it is a command of: both end with this call.
    package var leavers: [Bystander] { (Ancestry.own + [caller].compactMap { $0 }).map(Bystander.init) }

    /// This process and all its ancestors.
    package var bystanders: [Bystander] { (Ancestry.own + processes).map(Bystander.init) }

    private static var own: [ProcessFacts] {
        if case .present(let facts) = ProcessTable.read(ProcessTable.ownPID()) { [facts] } else { [] }
    }
}
