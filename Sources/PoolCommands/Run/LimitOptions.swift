internal import GitPool
internal import POSIX

/// The options of `run` and `map` that limit a command, and what is said of them before it starts.
enum LimitOptions {
    static let options: [Option] = [
        .value("memory", "size", "end the command when it takes more memory"),
        .value("cpu", "percent", "let the command take this much of one processor"),
        .value("disk", "size", "end the command when the worktree grows by more"),
        .value("time", "duration", "end the command after this long"),
        .flag("best-effort", "go on where a limit cannot be kept"),
    ]
}

extension Session {
    /// What the command line says, else the configuration; 0 is no limit. To be called before anything is changed or
    /// read from standard input: the program may start anew here.
    /// - Throws: `PoolError.limitsUnavailable`, with nothing changed.
    func limitPlan(_ pool: Pool) throws -> LimitPlan {
        let configured = pool.settings.limits.limits
        var limits = Limits()
        limits.memory = try arguments.size("memory")?.bytes ?? configured.memory
        limits.cpu = try percent() ?? configured.cpu
        limits.disk = try arguments.size("disk")?.bytes ?? configured.disk
        limits.time = try arguments.duration("time")?.seconds ?? configured.time
        if limits.memory == 0 { limits.memory = nil }
        if limits.cpu == 0 { limits.cpu = nil }
        if limits.disk == 0 { limits.disk = nil }
        if limits.time == 0 { limits.time = nil }
        let plan = LimitPlan(limits)
        UserScope.enter(for: plan, self)
        let shortfalls = plan.shortfalls.compactMap { kind in
            plan.level(kind).map { PoolError.LimitShortfall(kind: kind, level: $0) }
        }
        guard shortfalls.isEmpty || arguments.flag("best-effort") else { throw PoolError.limitsUnavailable(shortfalls) }
        for shortfall in shortfalls { warn(LimitWords.shortfall(shortfall)) }
        if !limits.isEmpty { note("limits: " + LimitWords.summary(plan)) }
        return plan
    }

    private func percent() throws -> Int? {
        guard let text = arguments.value("cpu") else { return nil }
        guard case .number(let number) = WholeNumber(text.hasSuffix("%") ? text.dropLast() : text[...]),
            number < 1 << 20
        else {
            throw arguments.error(.invalidValue(option: "cpu", expectation: "expects a percentage such as 50 or 200"))
        }
        return Int(number)
    }
}
