internal import Git
internal import GitPool

/// `git pool land`: a lease's branch goes into its target once it was merged and tested in its own worktree.
enum LandCommand {
    static let syntax = Syntax(
        "land",
        summary: "merge a lease's branch into the branch it came from",
        forms: ["git pool land [<options>] [(<name> | <path>)...]"],
        options: [
            .value("strategy", "(no-ff|ff|squash|rebase)", "how the work lands"),
            .value("test", "command", "run this on the merged tree first"),
            .value("m", "text", "describe the commit that is made"),
            .value("into", "branch", "land in this branch instead"),
        ],
        operands: 0...Int.max
    )

    static func run(_ session: Session) throws -> Int32 {
        let pool = try session.openPool()
        try session.tend(pool)
        var strategy: LandStrategy?
        if let word = session.arguments.value("strategy") {
            strategy = LandStrategy(rawValue: word)
            guard strategy != nil else {
                let words = LandStrategy.allCases.map(\.rawValue).joined(separator: ", ")
                throw session.arguments.error(
                    .invalidValue(option: "strategy", expectation: "expects one of \(words)"))
            }
        }
        var worst: Int32 = 0
        for slot in try chosen(session, pool) {
            guard let lease = slot.lease else { throw PoolError.notALease(path: session.directory) }
            var request = try session.landRequest(slot, in: pool, test: session.arguments.value("test"))
            request.strategy = strategy ?? request.strategy
            let paragraphs = session.arguments.values("m")
            if !paragraphs.isEmpty { request.message = paragraphs.joined(separator: "\n\n") }
            request.into = session.arguments.value("into")
            do {
                let report = try pool.land(slot.number, lease, request)
                session.tell(report, of: lease)
                if let commit = report.commit { try session.answer(line: commit) }
            } catch {
                worst = max(worst, session.fail(error))
            }
        }
        return worst
    }

    private static func chosen(_ session: Session, _ pool: Pool) throws -> [Slot] {
        let slots = try pool.peek()
        guard !session.arguments.operands.isEmpty else { return [try session.slot(in: pool)] }
        return try session.arguments.operands.map { word in
            do { return try pool.find(word, from: session.userDirectory, among: slots) } catch {
                // A lease whose session ended clean is no more; its branch is.
                if try pool.git.resolve(RefName.branch(word)) != nil {
                    session.report([
                        .hint(
                            "branch '\(word)' is there: lease it with '\(Words.pool("add", word, "-b", word))', then land it"
                        )
                    ])
                }
                throw error
            }
        }
    }
}
