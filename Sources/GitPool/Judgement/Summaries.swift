internal import Git
internal import POSIX

// The few words for what keeps a slot, as its record holds them and every message shows them: the only sentences that
// are not made by `PoolCommands`.

extension Risk {
    package var summary: String {
        switch self {
        case .modified(let count, let sample): Risk.files(count, "modified", sample)
        case .untracked(let count, let sample): Risk.files(count, "untracked", sample)
        case .hiddenEdits(let count, let sample): Risk.files(count, "hidden from git status but changed", sample)
        case .operation(let name): "a \(name) in progress"
        case .detachedCommits(let id): "commits that only its detached HEAD reaches (\(id.prefix(10)))"
        case .privateRefs: "refs of this worktree alone (refs/worktree, refs/rewritten)"
        case .stash(let message): "a stash made on its branch (\(message))"
        case .submodule(let path): "changes in submodule '\(path)'"
        case .submoduleCommits(let path): "unpushed commits or stashes in submodule '\(path)'"
        case .submoduleWorktree(let path): "another worktree of submodule '\(path)'"
        case .nestedWorktree(let path): "another worktree inside it, '\(path)'"
        case .nestedRepository(let path): "a repository inside it, '\(path)'"
        case .mounted(let path): "something mounted inside it, on '\(path)'"
        case .process(let pid, let program): "a process inside it, \(program) (pid \(pid))"
        case .writer(let pid, let program): "a process that has a file of it open, \(program) (pid \(pid))"
        case .gitIsRunning: "an index.lock: git may be running there"
        case .lockedByUser(let reason): reason.isEmpty ? "your git worktree lock" : "your git worktree lock (\(reason))"
        case .uninspectable(let what): "something that could not be looked at: \(what.summary)"
        }
    }

    private static func files(_ count: Int, _ what: String, _ sample: String) -> String {
        count == 1 ? "1 file \(what) ('\(sample)')" : "\(count) files \(what) ('\(sample)' and others)"
    }
}

extension Uninspectable {
    fileprivate var summary: String {
        switch self {
        case .links(let path): "'\(path)' and its admin directory do not name each other"
        case .processes(let error):
            "the processes that run inside: " + (error.subject.map { "'\($0)': " } ?? "") + error.reason
        case .mounts(let error): "what is mounted inside: \(error.reason)"
        case .writers: "who has its files open"
        case .folder(let path): "'\(path)', a folder that cannot be read or something mounted there"
        case .worktree(let place): place.summary
        case .git(let question, let reason): "\(question.summary): \(reason)"
        case .fifo(let question, let path): "\(question.summary): \(GitError.waited(fifo: path).reason)"
        }
    }
}

extension Uninspectable.Question {
    fileprivate var summary: String {
        switch self {
        case .privateRefs: "refs of this worktree alone"
        case .status: "git status"
        case .commits: "git rev-list"
        case .submodules: "a submodule"
        case .stashes: "stashes"
        }
    }
}

extension KeptReason {
    package var summary: String {
        switch self {
        case .risk(let risk): risk.summary
        case .unsavable(let what): what.summary
        case .elsewhere(let place): place.summary
        case .displaced: "its worktree is not where it was"
        case .unmovable(let error): "it cannot be moved aside: \(error.reason)"
        case .notRecycled(let error as SystemError):
            "its recycling failed: " + (error.subject.map { "'\($0)': " } ?? "") + error.reason
        case .notRecycled(let error as GitError): "its recycling failed: \(error.reason)"
        case .notRecycled: "its recycling failed: see 'git pool gc'"
        case .noAdminDirectory(let path): "its admin directory '\(path)' is gone"
        case .mended: "it was set aside, and mended"
        }
    }
}

extension Unsavable {
    package var summary: String {
        switch self {
        case .repository(let path): "'\(path)' is a repository of its own"
        case .submoduleFolder(let path): "'\(path)' is the folder of a submodule that is not there"
        case .refusedName(let path): "'\(path)' has a name that git takes into no commit"
        case .mounted(let path): Risk.mounted(path: path).summary
        }
    }
}

extension Whereabouts {
    package var summary: String {
        switch self {
        case .moved(let path): "its worktree was moved to '\(path)': git pool doctor --fix follows it"
        case .movedUnseen(let path):
            "its worktree was moved: git worktree repair \(ShellQuote.quote(path)) tells git so"
        case .folderAway(let path):
            "the folder of its worktree is away, '\(path)': 'git pool done --discard' ends it anyway"
        }
    }
}
