internal import GitPool
internal import POSIX

/// `git pool done`: ends leases, and refuses rather than lose work.
enum DoneCommand {
    static let syntax = Syntax(
        "done",
        summary: "end leases and save what they hold",
        forms: ["git pool done [<options>] [(<name> | <path>)...]"],
        options: [
            .flag("mine", "end every lease of the calling process's holder"),
            .value("session", "id", "end every lease of this session"),
            .flag("all", "end every lease"),
            .flag("save", "save uncommitted work, then recycle"),
            .flag("discard", "drop uncommitted work"),
            .optionalValue("keep", "duration", "keep the worktree for inspection"),
            .flag("failed", "the work failed: keep the worktree as configured"),
            .flag("keep-branch", "keep the branch"),
            .flag("delete-branch", "delete the branch, and save commits of its own"),
            .flag("n", "only show what would be done"),
            .flag("json", "print the outcome as JSON"),
        ],
        exclusive: [["mine", "session", "all"], ["save", "discard"], ["keep-branch", "delete-branch"]],
        operands: 0...Int.max
    )

    static func run(_ session: Session) throws -> Int32 {
        let pool = try session.openPool(asksCallers: true)
        let slots = try session.tend(pool)
        let request = try releaseRequest(session, pool)
        var worst: Int32 = 0
        let isJSON = session.arguments.flag("json")
        var reports: [JSON] = []
        for choice in try chosen(among: slots, session, pool) {
            do {
                guard let slot = try choice.slot(), let lease = slot.lease else { continue }
                try pool.askBeforeDone(slot, lease, request)
                let isInside = session.isHolderInside(slot)
                guard let report = try pool.done(slot.number, lease, request) else { continue }
                tell(report, session, request)
                tellHook(report, session, pool, request)
                if !request.isDryRun, !session.leadShell(outOf: report, in: pool), isInside, Streams.isTerminal(2) {
                    session.advise(["this shell still stands in its worktree: cd \(ShellQuote.quote(pool.mainTree))"])
                }
                if isJSON { reports.append(describe(report)) }
            } catch {
                worst = max(worst, session.fail(error))
            }
        }
        if isJSON { try session.answer(JSON.array(reports).text) }
        if !request.isDryRun { session.goOn(pool) }
        return worst
    }

    private static func releaseRequest(_ session: Session, _ pool: Pool) throws -> ReleaseRequest {
        let arguments = session.arguments
        var request = ReleaseRequest()
        if arguments.flag("save") { request.work = .save }
        if arguments.flag("discard") { request.work = .discard }
        if arguments.flag("keep-branch") { request.branchPolicy = .keep }
        if arguments.flag("delete-branch") { request.branchPolicy = .delete }
        if arguments.has("keep") {
            let length = arguments.value("keep")?.isEmpty == false ? try arguments.duration("keep")?.seconds : nil
            request.inspection = length.map { .seconds($0) } ?? .usual
        } else if pool.settings.keepDone || (arguments.flag("failed") && pool.settings.keepFailed) {
            request.inspection = .byRule
        }
        request.isDryRun = arguments.flag("n")
        request.excused = session.excused
        return request
    }

    /// What a word of the command line comes to.
    private enum Choice {
        case lease(Slot)
        /// Its name is gone, which is no error.
        case gone
        case unclear(PoolError)

        func slot() throws(PoolError) -> Slot? {
            switch self {
            case .lease(let slot): return slot
            case .gone: return nil
            case .unclear(let error): throw error
            }
        }
    }

    private static func chosen(among slots: [Slot], _ session: Session, _ pool: Pool) throws -> [Choice] {
        let arguments = session.arguments
        // Only where to look is learnt here: each is read again under its slot's lock.
        let held = slots.filter { $0.state.counts && $0.lease != nil }
        let unreadable = slots.filter { $0.record == nil }
        if arguments.flag("all") {
            return held.map { .lease($0) } + unreadable.map { .unclear(broken("slot \($0.number)", $0)) }
        }
        if let key = arguments.value("session") {
            return held.filter { $0.lease?.session == key }.map { .lease($0) }
        }
        if arguments.flag("mine") {
            guard let mine = session.currentHolder(in: pool) else { return [] }
            return held.filter { $0.lease.map { $0.holder.isSameProcess(as: mine) } ?? false }.map { .lease($0) }
        }
        guard !arguments.operands.isEmpty else {
            if let slot = pool.slot(at: session.directory, among: held) { return [.lease(slot)] }
            // Said before: the slot is being cleaned, or idle again.
            guard pool.slot(at: session.directory, among: slots) != nil else {
                throw PoolError.notALease(path: session.directory)
            }
            session.note("no lease here any more; nothing to release")
            return []
        }
        return arguments.operands.map { word in
            if let slot = try? pool.find(word, from: session.userDirectory, among: held) { return .lease(slot) }
            // It may be the one whose record cannot be read: nobody knows that it was released.
            if let slot = unreadable.first { return .unclear(broken(word, slot)) }
            session.note("no lease named '\(word)'; nothing to release")
            if let name = held.lazy.compactMap(\.lease).first(where: { $0.branch == word })?.name {
                session.advise(["'\(name)' is on the branch '\(word)': \(Words.pool("done", name))"])
            }
            return .gone
        }
    }

    private static func broken(_ name: String, _ slot: Slot) -> PoolError {
        .broken(name: name, .unreadableSlot(slot.number))
    }

    private static func tell(_ report: ReleaseReport, _ session: Session, _ request: ReleaseRequest) {
        let name = report.lease.name
        if request.isDryRun {
            return session.note(
                "would release '\(name)'"
                    + (report.risks.isEmpty ? "" : ": " + report.risks.map(\.summary).joined(separator: ", ")))
        }
        if let saved = report.saved {
            session.note(
                "saved the work of '\(name)' in \(saved)", "bring it back with '\(Words.pool("restore", name))'")
        }
        guard report.isMissing else {
            session.note("released '\(name)'")
            guard report.state == .releasing, let standing = report.risks.first(where: \.isProcess) else { return }
            return session.note("its worktree stays as it is until this has left: \(standing.summary)")
        }
        session.note(
            "released '\(name)', which had no worktree at '\(report.record.path)'",
            "what was staged there is saved; files that were moved elsewhere are as they were")
    }

    /// The lease has ended: what the hook makes of that changes nothing.
    static func tellHook(
        _ report: ReleaseReport, _ session: Session, _ pool: Pool, _ request: ReleaseRequest
    ) {
        do { try pool.tellAfterDone(report, request) } catch {
            for diagnostic in ErrorText(error).diagnostics { session.warn(diagnostic.lines.joined(separator: " ")) }
        }
    }

    private static func describe(_ report: ReleaseReport) -> JSON {
        .object([
            .init("schema", 1), .init("slot", JSON(report.record.slot)), .init("name", JSON(report.lease.name)),
            .init("path", JSON(report.record.path)), .init("saved", JSON(report.saved)),
            .init("risks", JSON(report.risks.map(\.summary))),
        ])
    }
}
