internal import Git
internal import POSIX

/// The commit that a ref is at: read from files where they tell it, and from git only where they do not.
extension Pool {
    /// Nil where git must be asked.
    func knownTip(of ref: String) -> String? { RefFiles.id(of: ref, in: repository.commonDirectory) }

    /// Whether files show the main worktree's branch at this commit: then no search for a ref that reaches it is needed.
    func isTipOfMainBranch(_ id: String) -> Bool {
        guard case .branch(let ref) = AdminDirectory(repository.commonDirectory).head, RefName.shortBranch(ref) != nil
        else { return false }
        return knownTip(of: ref) == id
    }

    /// The remote-tracking branches, by their short names, that a lease's new branch is called like and does not start
    /// from; as far as files show them.
    package func remoteNamesakes(of lease: Lease) -> [String] {
        guard let branch = lease.branch, lease.branchCreatedAt != nil else { return [] }
        let folder = "refs/remotes"
        let remotes = (try? Directory.entries(Path.join(repository.commonDirectory, folder))) ?? []
        let names = [branch] + remotes.sorted().map { "\($0)/\(branch)" }
        return names.filter { name in
            guard let tip = knownTip(of: "\(folder)/\(name)") else { return false }
            return tip != lease.start
        }
    }

    package func tip(of ref: String) -> String? {
        if let tip = knownTip(of: ref) { return tip }
        return (try? git.resolve(ref)) ?? nil
    }
}
