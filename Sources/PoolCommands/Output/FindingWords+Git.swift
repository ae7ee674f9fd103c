internal import GitPool
internal import POSIX

/// What is wrong between the pool and git: links, half-made worktrees, locks.
extension FindingWords {
    static func link(_ slot: Int, _ path: String, _ fault: Finding.LinkFault) -> FindingWords {
        let (message, remedy) =
            switch fault {
            case .noAdmin(let admin):
                (
                    "git does not know the worktree of slot \(slot) any more: '\(admin)' is gone",
                    "\(fix), or move what you need out of '\(path)'"
                )
            case .noGitFile:
                ("the worktree of slot \(slot) has lost its .git file", fix)
            case .gitFileNames(let other):
                (
                    "the .git file of slot \(slot) names another folder: '\(other)'",
                    "\(fix), unless that folder is there: then git worktree repair \(ShellQuote.quote(path))"
                )
            case .isLink(let target):
                (
                    "a link stands at the place of slot \(slot), to '\(target)'",
                    "put the worktree itself there: "
                        + "rm \(ShellQuote.quote(path)) && mv \(ShellQuote.quote([target, path]))"
                )
            case .adminNames(let other?):
                (
                    "git has the worktree of slot \(slot) elsewhere: '\(other)'",
                    "git worktree move \(ShellQuote.quote([other, path])), after git worktree unlock"
                )
            case .adminNames(nil):
                (
                    "git does not know where the worktree of slot \(slot) is", fix
                )
            }
        var words = FindingWords(
            kind: "brokenLink", message, "git-pool changes nothing there until the two fit", remedy)
        (words.slot, words.path) = (slot, path)
        return words
    }

    static func gitLock(_ path: String, _ owner: LockOwner, isOurs: Bool) -> FindingWords {
        let remove = "rm \(ShellQuote.quote(path))"
        let (who, remedy): (String, String) =
            switch owner {
            case .nobody:
                ("and no process that could have made it", isOurs ? fix : "if no git command is running: " + remove)
            case .process(let pid, let program): ("and \(program) (pid \(pid)) may be at it", "wait until that ends")
            case .unknown(let doubt):
                ("and nobody can tell whose it is: \(reason(doubt))", "if no git command is running: " + remove)
            }
        return FindingWords(
            kind: "gitLock", "there is a lock of git's, \(who): '\(path)'",
            "git refuses to change what it locks", remedy)
    }

    static func reason(_ doubt: LockOwner.Doubt) -> String {
        switch doubt {
        case .young: "it is less than a minute old"
        case .sharedFileSystem: "other machines may write there"
        case .heldElsewhere: "a lease is held from another machine or container"
        case .hiddenProcess(let pid): "pid \(pid) cannot be looked at"
        case .unavailable(let error): error.reason
        }
    }
}
