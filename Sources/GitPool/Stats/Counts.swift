internal import POSIX

/// Sums since the pool began to count; each is of things that happened, and never goes down.
package struct Counts: Sendable, Equatable {
    package internal(set) var made: Int64 = 0
    package internal(set) var reused: Int64 = 0
    package internal(set) var adopted: Int64 = 0
    /// Leases that queued for their slot, and for how many milliseconds in all.
    package internal(set) var waits: Int64 = 0
    package internal(set) var waited: Int64 = 0
    /// Leases whose holder was found dead.
    package internal(set) var reaped: Int64 = 0
    /// Slots that were made, for a lease or ahead of one.
    package internal(set) var slots: Int64 = 0
    package internal(set) var saves: Int64 = 0

    package var leases: Int64 { made &+ reused &+ adopted }
    /// Of the leases that wanted a slot, how many in a hundred found one waiting; nil if there was none.
    package var hitPercent: Int64? {
        let (all, overflow) = made.addingReportingOverflow(reused)
        guard all > 0, !overflow else { return nil }
        return all > 1 << 50 ? reused / (all / 100) : reused * 100 / all
    }

    mutating func add(_ lease: LeaseFacts) {
        switch lease.origin {
        case .made: made &+= 1
        case .reused: reused &+= 1
        case .adopted: adopted &+= 1
        }
        if let time = lease.waited {
            waits &+= 1
            waited = waited.addingOrMax(time)
        }
        if lease.isReaped { reaped &+= 1 }
    }

    /// By the names they have on the disk.
    static var names: [(name: String, path: WritableKeyPath<Counts, Int64>)] {
        [
            ("made", \.made), ("reused", \.reused), ("adopted", \.adopted), ("waits", \.waits), ("waited", \.waited),
            ("reaped", \.reaped), ("slots", \.slots), ("saves", \.saves),
        ]
    }
}
