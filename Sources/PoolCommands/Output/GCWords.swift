internal import GitPool
internal import POSIX

/// What `gc` did with a slot, or would do, in words.
enum GCWords {
    static func plan(_ plan: CollectPlan, _ slot: Slot) -> String {
        switch plan {
        case .nothing: nothing(slot)
        case .rollBack: "roll back: what made it was killed"
        case .reap: "release: its holder is dead"
        case .notice: "keep for a while: its holder died right after the lease"
        case .goOn: "go on with its release"
        case .expire: "save what is in it and recycle: its time is over"
        case .deleteTrash: "delete its files"
        case .forget: "forget: its worktree was removed by hand"
        case .trim: "remove: it waited longer than idle worktrees are kept"
        case .warm: "make it ready"
        case .park: "check out the newest commit of the branch it waits on"
        case .keep(let until): "keep: \(reason(slot, until))\(time(until))"
        }
    }

    /// Stable, for scripts.
    private static func identifier(_ plan: CollectPlan) -> String {
        switch plan {
        case .nothing: "none"
        case .rollBack: "rollBack"
        case .reap: "reap"
        case .notice: "notice"
        case .goOn: "goOn"
        case .expire: "expire"
        case .deleteTrash: "deleteTrash"
        case .forget: "forget"
        case .trim: "trim"
        case .warm: "warm"
        case .park: "park"
        case .keep: "keep"
        }
    }

    static func json(_ plan: CollectPlan, _ slot: Slot) -> JSON {
        .object([
            .init("slot", JSON(slot.number)), .init("name", JSON(slot.lease?.name)),
            .init("state", JSON(slot.state.shown)), .init("plan", JSON(identifier(plan))),
            .init("reason", JSON(GCWords.plan(plan, slot))),
        ])
    }

    static func warm(_ count: Int) -> String { "make \(count) \(count == 1 ? "slot" : "slots") ready" }

    static func drop(_ saved: Saved) -> String { "drop \(saved.ref), which is \(saved.id): it is past its time" }

    /// A save stands in no slot and has no state, but a reference.
    static func json(_ saved: Saved) -> JSON {
        .object([
            .init("slot", .null), .init("name", JSON(saved.name)), .init("state", .null), .init("plan", "dropSave"),
            .init("reason", JSON(drop(saved))), .init("ref", JSON(saved.ref)), .init("commit", JSON(saved.id)),
        ])
    }

    static func line(_ report: Pool.CollectReport) -> String {
        let name = report.name.map { "'\($0)'" } ?? "slot \(report.number)"
        let reasons = report.keptBecause.isEmpty && report.plan == .keep(until: nil) ? [away] : report.keptBecause
        let kept = reasons.isEmpty ? "" : " (\(reasons.joined(separator: ", ")))"
        let (from, to) = (report.from.shown, report.to?.shown ?? "gone")
        if from != to { return "\(name): \(from) -> \(to)\(kept)" }
        switch report.plan {
        case .notice: return "\(name): still leased (its holder died right after the lease, and is given time)"
        case .park: return "\(name): still idle, at the newest commit of its branch"
        case .nothing, .rollBack, .reap, .goOn, .expire, .deleteTrash, .forget, .trim, .warm, .keep:
            let isWaiting = report.to == .releasing && report.failure == nil
            return "\(name): \(isWaiting ? "its release waits" : "still \(to)")\(kept)"
        }
    }

    static func json(_ report: Pool.CollectReport) -> JSON {
        .object([
            .init("slot", JSON(report.number)), .init("name", JSON(report.name)),
            .init("plan", JSON(identifier(report.plan))), .init("from", JSON(report.from.shown)),
            .init("to", JSON(report.to?.shown)), .init("keptBecause", JSON(report.keptBecause)),
        ])
    }

    private static func nothing(_ slot: Slot) -> String {
        guard slot.record != nil else { return "nothing: its record cannot be read, see 'git pool doctor'" }
        return switch slot.state {
        case .idle: "nothing: ready to be leased"
        case .leased: "nothing: its holder is not proven dead"
        case .broken: "nothing: it is broken, see 'git pool doctor'"
        case .warming, .leasing, .releasing, .expiring, .orphaned, .cleaning, .trash: "nothing"
        }
    }

    private static let away = "its worktree is not where it was, see 'git pool doctor'"

    private static func reason(_ slot: Slot, _ until: Int64?) -> String {
        let reasons = slot.lease?.keptBecause ?? []
        let isAsked = until != nil && until == slot.lease?.keepUntil
        switch slot.state {
        case .leased where until == nil, .expiring where until == nil, .orphaned where until == nil:
            return away
        case .leased where isAsked: return "its holder is dead, 'git pool keep' holds it"
        case .leased: return "its holder died right after the lease, and is given time"
        case .warming, .idle, .leasing, .releasing, .expiring, .orphaned, .cleaning, .trash, .broken:
            if !reasons.isEmpty { return reasons.joined(separator: ", ") }
            return isAsked ? "released, 'git pool keep' holds it" : "released, its time is not over"
        }
    }

    private static func time(_ until: Int64?) -> String {
        guard let until else { return "" }
        guard until < .max else { return ", until 'git pool keep --no-keep'" }
        return ", for another \(Duration(seconds: max(0, until - Clock.wall())).age)"
    }
}
