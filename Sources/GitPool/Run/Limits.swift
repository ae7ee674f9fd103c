/// What a command and all that it starts may take; nil is as much as there is.
package struct Limits: Equatable, Sendable {
    /// Bytes.
    package var memory: Int64?
    /// Percent of one processor.
    package var cpu: Int?
    /// Bytes by which the worktree may grow.
    package var disk: Int64?
    /// Seconds.
    package var time: Int64?

    package init() {}

    package var isEmpty: Bool { self == Limits() }

    package func has(_ kind: LimitKind) -> Bool {
        switch kind {
        case .memory: memory != nil
        case .cpu: cpu != nil
        case .disk: disk != nil
        case .time: time != nil
        }
    }
}

package enum LimitKind: String, CaseIterable, Sendable { case memory, cpu, disk, time }

/// How well a limit holds, from the worst on.
package enum LimitLevel: String, Comparable, CaseIterable, Sendable {
    case none
    /// The scheduler is asked, and may do otherwise.
    case requested
    /// We look again and again, and end what has passed it: it may be passed for a moment.
    case watched
    /// It cannot be passed.
    case enforced

    package static func < (one: LimitLevel, other: LimitLevel) -> Bool {
        (allCases.firstIndex(of: one) ?? 0) < (allCases.firstIndex(of: other) ?? 0)
    }
}
