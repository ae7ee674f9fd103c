internal import GitPool

/// What is said of limits.
enum LimitWords {
    /// `memory 64M (watched), time 2m (enforced)`.
    static func summary(_ plan: LimitPlan) -> String {
        LimitKind.allCases.compactMap { kind in
            plan.level(kind).map { "\(kind.rawValue) \(value(kind, plan.limits)) (\($0.rawValue))" }
        }.joined(separator: ", ")
    }

    static func shortfall(_ shortfall: PoolError.LimitShortfall) -> String {
        let reason =
            switch shortfall.kind {
            case .cpu: "no cgroup with a cpu controller may be made here"
            case .memory: "neither may a cgroup be made here, nor does the system show what a process takes"
            case .disk, .time: "this system has no means"
            }
        let level = shortfall.level == .none ? "is not kept" : "can only be \(shortfall.level.rawValue)"
        return "the \(shortfall.kind.rawValue) limit \(level): \(reason)"
    }

    static func passed(_ kind: LimitKind, by name: String, _ limits: Limits) -> Diagnostic {
        .error("'\(name)' passed its \(kind.rawValue) limit of \(value(kind, limits))")
    }

    private static func value(_ kind: LimitKind, _ limits: Limits) -> String {
        switch kind {
        case .memory: Size(bytes: limits.memory ?? 0).description
        case .cpu: "\(limits.cpu ?? 0)%"
        case .disk: Size(bytes: limits.disk ?? 0).description
        case .time: Duration(seconds: limits.time ?? 0).description
        }
    }
}
