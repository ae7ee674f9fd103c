internal import Git
internal import POSIX

/// A worktree's own sparse patterns and configuration. A slot is idle, and is leased, only with exactly those that `git
/// worktree add` would copy there; one with any other is deleted, or passed over.
extension Pool {
    /// Whether a new worktree of this repository has such files too; then only git knows which.
    func hasOwnLayout(_ admin: AdminDirectory) -> Bool {
        hasLayoutFiles(admin.path) && hasLayoutFiles(repository.commonDirectory)
    }

    /// Whether a new worktree has nothing that only git knows: whoever used a sparse checkout once, or `git config
    /// --worktree`, has the extension ever after, mostly without a file for git to copy.
    var makesPlainTrees: Bool {
        settings.hasPlainLayout || settings.hasPlainTrees && !hasLayoutFiles(repository.gitDirectory)
    }

    private func hasLayoutFiles(_ gitDirectory: String) -> Bool {
        AdminScrub.layout.contains { Files.exists(Path.join(gitDirectory, $0)) }
    }

    /// Whether the slot is as one made from a worktree with this git dir would be. `core.bare` and `core.worktree`, which
    /// git does not copy, make a difference here: such a repository's slots are made anew each time.
    func hasLayout(of gitDirectory: String, _ admin: AdminDirectory) -> Bool {
        settings.hasPlainLayout
            || AdminScrub.layout.allSatisfy { name in
                let (theirs, own) = (Path.join(gitDirectory, name), Path.join(admin.path, name))
                guard Files.exists(theirs), Files.exists(own) else { return Files.exists(theirs) == Files.exists(own) }
                guard let bytes = try? Files.read(theirs) else { return false }
                return (try? Files.read(own)) == bytes
            }
    }
}
