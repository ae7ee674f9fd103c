internal import GitPool

/// What is said of limits.
enum LimitWords {
    /// `memory 64M (watched), time 2m (enforced)`.
    static func summary(_ plan: LimitPlan) -> String {
        LimitKind.allCases.compactMap { kind in
            plan.level(kind).map { "\(kind.rawValue) \(value(kind, plan.limits)) (\($0.rawValue))" }
        }.joined(separator: ", ")
    }

    /// What the configuration limits, and how well a limit of each kind would be kept here.
    static func json(_ configured: Limits) -> JSON {
        func figure(_ number: (some FixedWidthInteger & Sendable)?) -> JSON { JSON(number == 0 ? nil : number) }
        var all = configured
        all.memory = configured.memory ?? 1
        all.cpu = configured.cpu ?? 1
        all.disk = configured.disk ?? 1
        all.time = configured.time ?? 1
        let plan = LimitPlan(all)
        return .object(
            LimitKind.allCases.map { kind in
                let limit =
                    switch kind {
                    case .memory: figure(configured.memory)
                    case .cpu: figure(configured.cpu)
                    case .disk: figure(configured.disk)
                    case .time: figure(configured.time)
                    }
                return JSON.Member(
                    kind.rawValue, .object([.init("limit", limit), .init("level", JSON(plan.level(kind)?.rawValue))]))
            })
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
