internal import Git

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

    package func tip(of ref: String) -> String? {
        if let tip = knownTip(of: ref) { return tip }
        return (try? git.resolve(ref)) ?? nil
    }
}
