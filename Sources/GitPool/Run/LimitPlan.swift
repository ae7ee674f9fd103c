internal import POSIX

/// How each limit of a command will be enforced here: decided before the command starts, and told to the user then.
package struct LimitPlan: Sendable {
    package let limits: Limits
    /// Where a cgroup can be made that keeps some of them; nil where none can.
    let place: ControlGroup.Place?
    private let controllers: Set<String>

    package init(_ limits: Limits) {
        self.limits = limits
        var wanted: [String] = []
        if limits.memory != nil { wanted.append("memory") }
        if limits.cpu != nil { wanted.append("cpu") }
        // Both, or the one that can be had.
        let choices = [Set(wanted)] + wanted.map { [$0] }
        let found = choices.lazy.filter { !$0.isEmpty }
            .compactMap { choice in ControlGroup.Place(with: choice).map { (choice, $0) } }.first
        controllers = found?.0 ?? []
        place = found?.1
    }

    /// Nil for what is not limited.
    package func level(_ kind: LimitKind) -> LimitLevel? {
        guard limits.has(kind) else { return nil }
        switch kind {
        case .memory:
            return controllers.contains("memory") ? .enforced : LimitPlan.canWatchMemory ? .watched : LimitLevel.none
        case .cpu: return controllers.contains("cpu") ? .enforced : .requested
        case .disk: return .watched
        case .time: return .enforced
        }
    }

    /// Whether a cgroup could do better than we can.
    package var lacksGroup: Bool { [.memory, .cpu].contains { kind in level(kind).map { $0 < .enforced } ?? false } }

    /// Those that are kept less well than by looking.
    package var shortfalls: [LimitKind] { LimitKind.allCases.filter { level($0).map { $0 < .watched } ?? false } }

    private static var canWatchMemory: Bool { ProcessTree.residentBytes(ProcessTable.ownPID()) > 0 }

    func makeGroup() throws(SystemError) -> ControlGroup? {
        guard let place else { return nil }
        return try ControlGroup(
            in: place, memory: controllers.contains("memory") ? limits.memory : nil,
            cpu: controllers.contains("cpu") ? limits.cpu : nil)
    }
}
