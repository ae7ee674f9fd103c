package import POSIX

/// Why a slot is kept; its record holds the words for it alone (Summaries.swift).
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
}

/// What no git object can hold.
package enum Unsavable: Sendable, Equatable {
    case repository(path: String)
    case submoduleFolder(path: String)
    case refusedName(path: String)
    /// git would go into it, and might wait for ever.
    case mounted(path: String)
}

/// Where a worktree may be that is not at its place, and the way on.
package enum Whereabouts: Sendable, Equatable {
    /// With the folder around it.
    case moved(to: String)
    /// By plain `mv`: git does not know.
    case movedUnseen(to: String)
    case folderAway(String)
}
