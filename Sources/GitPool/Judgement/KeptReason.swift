internal import Git
package import POSIX

/// Why a slot is kept, in the few words that its record holds and every message shows; read again they are words alone.
package enum KeptReason: Sendable {
    case risk(Risk)
    case unsavable(Unsavable)
    case elsewhere(Whereabouts)
    /// The worktree is not at its place, and was looked for nowhere.
    case displaced
    case unmovable(SystemError)
    case notRecycled(any Error)
    case noAdminDirectory(path: String)
    case mended

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

/// What no git object can hold.
package enum Unsavable: Sendable, Equatable {
    case repository(path: String)
    case submoduleFolder(path: String)
    case refusedName(path: String)

    package var summary: String {
        switch self {
        case .repository(let path): "'\(path)' is a repository of its own"
        case .submoduleFolder(let path): "'\(path)' is the folder of a submodule that is not there"
        case .refusedName(let path): "'\(path)' has a name that git takes into no commit"
        }
    }
}

/// Where a worktree may be that is not at its place, and the way on.
package enum Whereabouts: Sendable, Equatable {
    /// With the folder around it.
    case moved(to: String)
    /// By plain `mv`: git does not know.
    case movedUnseen(to: String)
    case folderAway(String)

    package var summary: String {
        switch self {
        case .moved(let path): "its worktree was moved to '\(path)': git pool doctor --fix follows it"
        case .movedUnseen(let path): "its worktree was moved: git worktree repair '\(path)' tells git so"
        case .folderAway(let path):
            "the folder of its worktree is away, '\(path)': 'git pool done --discard' ends it anyway"
        }
    }
}
