internal import Glibc

/// The ends of several processes, each held by a descriptor of its own, as something to wait for.
package struct ProcessEnds: ~Copyable {
    private var held: [Int32: Int32] = [:]

    package init() {}

    deinit {
        for number in held.values { _ = close(number) }
    }

    package var isEmpty: Bool { held.isEmpty }

    /// For `Readiness`.
    package var numbers: [Int32] { Array(held.values) }

    /// Holds the process that has this id now; false where it cannot be held.
    package mutating func hold(_ pid: Int32) -> Bool {
        if held[pid] != nil { return true }
        switch ProcessDescriptor.open(pid) {
        case .noSuchProcess: return false
        case .unavailable: return false
        case .opened(let descriptor):
            held[pid] = descriptor.release()
            return true
        }
    }
}
