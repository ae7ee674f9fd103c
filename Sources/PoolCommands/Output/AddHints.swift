internal import Git
internal import GitPool
internal import POSIX

/// What whoever typed the name of a lease may have had in mind, and did not get: told beside it, for they may have meant
/// what they got.
struct AddHints {
    let pool: Pool
    let lease: Lease

    var lines: [String] { stacked + remote + saved }

    /// As of `git worktree add`, HEAD is that of the worktree one stands in; whom the shell hook has led into a lease may
    /// not think of it, and would land there as well.
    private var stacked: [String] {
        guard pool.repository.gitDirectory != pool.repository.commonDirectory, pool.settings.base == nil,
            let branch = lease.base.flatMap(RefName.shortBranch), branch != lease.branch
        else { return [] }
        return [
            "'\(lease.name)' starts from '\(branch)', the branch of this worktree, and would land there",
            "'--from <commit-ish>' chooses another start",
        ]
    }

    private var remote: [String] {
        guard let name = pool.remoteNamesakes(of: lease).first, let branch = lease.branch else { return [] }
        // Of `origin/fix` the branch is `fix`.
        let own = branch == name ? String(name.drop { $0 != "/" }.dropFirst()) : branch
        return [
            "'\(branch)' is a new branch, which does not start from the remote-tracking branch '\(name)'",
            "to start there: '\(Words.pool("done", lease.name))', then '\(Words.pool("add", "--from", name, own))'",
        ]
    }

    /// It takes a git command to know: only a person is told, and nobody waits for it who has no saves.
    private var saved: [String] {
        let saves = Saves(pool)
        guard Streams.isTerminal(2), saves.areInSight,
            let saved = try? saves.all().first(where: { $0.name == lease.name && $0.isOfWork })
        else { return [] }
        let age = Duration(seconds: max(0, pool.now() - saved.savedAt)).age
        let way = Words.pool("restore", lease.name)
        return ["there is saved work of '\(lease.name)' (\(age)): '\(way)' brings it back"]
    }
}
