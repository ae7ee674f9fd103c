internal import Git
internal import GitPool
internal import POSIX

/// `git pool doctor`: says what is wrong with a pool and what it stands on, and changes nothing.
enum DoctorCommand {
    static let syntax = Syntax(
        "doctor",
        summary: "check the pool and what it stands on",
        forms: ["git pool doctor [<options>]"],
        options: [.flag("json", "print the findings as JSON")]
    )

    static func run(_ session: Session) throws -> Int32 {
        let pool = try openPool(session)
        let examination = Examination(of: pool)
        if session.arguments.flag("json") {
            session.answer(DoctorReport(examination).json.text)
        } else {
            session.answer(DoctorReport(examination).text(session.style(pool.settings)))
        }
        return examination.hasProblems ? 1 : 0
    }

    /// git finds nothing from inside a worktree whose admin directory is broken; that one names the repository all the same.
    private static func openPool(_ session: Session) throws -> Pool {
        do { return try session.openPool(anyGit: true) } catch let error as GitError {
            var folder: String? = session.directory
            while let tree = folder {
                if let admin = AdminDirectory.named(byTree: tree), let worktrees = Path.parent(admin.path),
                    let common = Path.parent(worktrees)
                {
                    return try Session.pool(at: common, session.environment)
                }
                folder = Path.parent(tree)
            }
            throw error
        }
    }
}
