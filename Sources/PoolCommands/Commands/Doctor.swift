internal import Git
internal import GitPool
internal import POSIX

/// `git pool doctor`: says what is wrong with a pool and what it stands on, and changes nothing unless told to.
enum DoctorCommand {
    static let syntax = Syntax(
        "doctor",
        summary: "check the pool and what it stands on",
        forms: ["git pool doctor [<options>]"],
        options: [
            .flag("fix", "mend what can be mended without loss"),
            .flag("moved", "the repository was moved here: it is no copy"),
            .flag("json", "print the findings as JSON"),
        ],
        needs: ["moved": "fix"]
    )

    static func run(_ session: Session) throws -> Int32 {
        let pool = try openPool(session)
        var examination = Examination(of: pool)
        var report = DoctorReport(examination)
        if session.arguments.flag("fix") {
            try pool.requireGit()
            let found = examination.findings
            let mending = try Mending(pool, isMoved: session.arguments.flag("moved"))
            for failure in mending.failures {
                session.warn("'\(failure.path)' stays as it is: \(reason(failure.error))")
            }
            examination = Examination(of: pool)
            report = DoctorReport(examination, repairs: mending.repairs, found: found)
        }
        try session.answer(
            session.arguments.flag("json") ? report.json.text : report.text(session.style(pool.settings)))
        return examination.hasProblems ? 1 : 0
    }

    /// An error's own words, without what they call it.
    private static func reason(_ error: any Error) -> String {
        ErrorText(error).diagnostics.first.flatMap(\.lines.first) ?? "\(error)"
    }

    /// git finds nothing from inside a worktree whose admin directory is broken; that one names the repository all the
    /// same. But what is another user's may be what git refused for it (`safe.directory`): its word stands then.
    private static func openPool(_ session: Session) throws -> Pool {
        do { return try session.openPool(anyGit: true) } catch let error as GitError {
            var folder: String? = session.directory
            while let tree = folder {
                if let admin = AdminDirectory.named(byTree: tree), let worktrees = Path.parent(admin.path),
                    let common = Path.parent(worktrees),
                    [tree, admin.path, common].allSatisfy({ (try? Files.status($0))?.isOurs ?? false })
                {
                    return try Session.pool(at: common, session.environment)
                }
                folder = Path.parent(tree)
            }
            throw error
        }
    }
}
