package import POSIX

/// One reason why a slot must not be reset or deleted.
package enum Risk: Sendable, Equatable {
    case modified(count: Int, sample: String)
    case untracked(count: Int, sample: String)
    /// Changes that `git status` is told not to see.
    case hiddenEdits(count: Int, sample: String)
    case operation(String)
    case detachedCommits(id: String)
    case privateRefs
    case stash(message: String)
    /// Changes in a submodule's tree.
    case submodule(path: String)
    /// Commits or stashes that only a submodule's repository has; it goes with the slot.
    case submoduleCommits(path: String)
    /// Another worktree of a submodule: its HEAD, index and commits are in a repository that goes with the slot.
    case submoduleWorktree(path: String)
    case nestedWorktree(path: String)
    case nestedRepository(path: String)
    /// Files of another file system, or those of a folder elsewhere: they are not the slot's to delete.
    case mounted(path: String)
    case process(pid: Int32, program: String)
    /// A process that has a file open for writing which a release would delete.
    case writer(pid: Int32, program: String)
    case gitIsRunning
    case lockedByUser(reason: String)
    /// Something could not be looked at, which counts as a risk.
    case uninspectable(Uninspectable)

    /// What `Directory.firstRepository` came upon.
    init(hidden path: String) {
        self =
            path.hasSuffix("/.git")
            ? .nestedRepository(path: path)
            : .uninspectable(.folder(path))
    }

    /// Whether a save holds what is at risk, so that the slot can be used again after it.
    package var isHeldBySave: Bool {
        switch self {
        case .modified, .untracked, .hiddenEdits, .operation, .detachedCommits, .privateRefs, .stash: true
        case .submodule, .submoduleCommits, .submoduleWorktree, .nestedWorktree, .nestedRepository, .mounted,
            .process, .writer, .gitIsRunning, .lockedByUser, .uninspectable:
            false
        }
    }

    /// Whether an explicit `--discard` may pass over it: a process or a lock is no work to be thrown away, and commits
    /// of a submodule could be pinned nowhere.
    package var isDiscardable: Bool {
        switch self {
        case .modified, .untracked, .hiddenEdits, .operation, .detachedCommits, .privateRefs, .stash, .submodule: true
        case .submoduleCommits, .submoduleWorktree, .nestedWorktree, .nestedRepository, .mounted, .process,
            .writer, .gitIsRunning, .lockedByUser, .uninspectable:
            false
        }
    }

    /// A process inside delays the recycling; it is no reason to refuse to save or discard.
    package var isProcess: Bool {
        switch self {
        case .process, .writer: true
        case .modified, .untracked, .hiddenEdits, .operation, .detachedCommits, .privateRefs, .stash, .submodule,
            .submoduleCommits, .submoduleWorktree, .nestedWorktree, .nestedRepository, .mounted, .gitIsRunning,
            .lockedByUser, .uninspectable:
            false
        }
    }

    /// Whether it stands against what is to become of the work.
    func stands(against work: Release.Work) -> Bool {
        switch work {
        case .keep: true
        case .save: !isHeldBySave
        case .discard: !isDiscardable
        }
    }

    /// Changes in a submodule's tree, and no commit.
    var isOfSubmodule: Bool { if case .submodule = self { true } else { false } }
}

/// What of a worktree could not be looked at, and why.
package enum Uninspectable: Sendable, Equatable {
    /// The tree and its admin directory do not name each other.
    case links(of: String)
    case processes(SystemError)
    case mounts(SystemError)
    /// Who has its files open.
    case writers
    /// It cannot be read, or something is mounted there.
    case folder(String)
    /// It is not in its place.
    case worktree(Whereabouts)
    case git(Question, reason: String)
    /// git waited for somebody to write to it, and was ended.
    case fifo(Question, path: String)

    /// What git was asked about.
    package enum Question: Sendable { case privateRefs, status, commits, submodules, stashes }
}
