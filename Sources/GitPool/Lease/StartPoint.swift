internal import Git
internal import POSIX

/// The commit a lease starts from and the branch its work is meant for.
struct StartPoint: Sendable, Equatable {
    let commit: String
    /// Full name of the branch that was named, nil for any other commit-ish.
    let base: String?
    /// The branch that is taken as it is, at its tip: nothing is created.
    private(set) var existingBranch: String?

    private init(commit: String, base: String?) { (self.commit, self.base) = (commit, base) }

    /// Of what is asked for; with `-b` and the name of a branch that exists, its tip.
    /// - Throws: `PoolError.branchExists` where that branch cannot be had, else as for a start.
    static func resolve(_ request: LeaseRequest, in pool: Pool) throws -> StartPoint {
        var start = try resolve(request.from, in: pool)
        guard case .named(let branch) = request.branch else { return start }
        guard LeaseName.isBranchName(branch) else { throw PoolError.badName(branch, .notARef) }
        let ref = RefName.branch(branch)
        guard let tip = try pool.git.resolve(ref + "^{commit}") else { return start }
        if let place = Worktrees(of: pool.repository).holder(ofBranch: ref) {
            throw PoolError.branchExists(branch: branch, checkedOutAt: place)
        }
        if request.from != nil, tip != start.commit { throw PoolError.branchExists(branch: branch, checkedOutAt: nil) }
        start = StartPoint(commit: tip, base: start.base == ref ? nil : start.base)
        start.existingBranch = branch
        return start
    }

    /// `--from`, else `pool.base`, else HEAD of the worktree one stands in.
    /// - Throws: `PoolError.badStart`, or `.noCommit` where HEAD has none yet.
    private static func resolve(_ from: String?, in pool: Pool) throws -> StartPoint {
        let asked = from ?? pool.settings.base
        if asked == nil, let head = pool.repository.head {
            return StartPoint(commit: head.commit, base: head.name.hasPrefix("refs/") ? head.name : nil)
        }
        return try StartPoint(asked, pool.git)
    }

    /// - Parameter asked: nil for HEAD as this git sees it.
    init(_ asked: String?, _ git: Git) throws {
        let name = asked ?? "HEAD"
        // A name that looks like an option is data: `--end-of-options` would be printed back by git before 2.44.
        guard !name.hasPrefix("-") else { throw PoolError.badStart(name) }
        let outcome = try git.attempt([
            "rev-parse", "--revs-only", name + "^{commit}", "--symbolic-full-name", name,
        ])
        let lines = Text.lines(outcome.output)
        guard outcome.isSuccess, let commit = lines.first, Text.isObjectID(commit) else {
            throw asked == nil ? PoolError.noCommit : PoolError.badStart(name)
        }
        let ref = lines.dropFirst().first { $0.hasPrefix("refs/heads/") || $0.hasPrefix("refs/remotes/") }
        self.init(commit: commit, base: ref)
    }
}
