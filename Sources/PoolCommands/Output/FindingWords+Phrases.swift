internal import GitPool
internal import POSIX

/// The parts of findings that are sentences of their own; each is complete without the one before.
extension FindingWords {
    static func halfMade(_ path: String, _ fault: Finding.HalfMade, isOurs: Bool) -> FindingWords {
        let moveAway = isOurs ? fix : "unless a 'git worktree add' is running, move the folder away"
        let (what, effect, remedy): (String, String, String) =
            switch fault {
            case .emptyCommonDir:
                (
                    "has an empty 'commondir'",
                    "git worktree list and add, branch -D, fetch, gc and fsck fail in the whole repository",
                    isOurs ? fix : "echo ../.. >" + ShellQuote.quote(Path.join(path, "commondir"))
                )
            case .noCommonDir: ("has no 'commondir'", "git passes it over and never prunes it", moveAway)
            case .noHead: ("has no HEAD", "git fsck complains", moveAway)
            case .nullHead:
                ("has a HEAD that names no commit", "git fetch, gc, rev-list --all and log --all fail", moveAway)
            case .unknownHead(let id):
                (
                    "has a HEAD that is not in the repository, \(id)",
                    "git fetch, gc, rev-list --all and log --all fail", moveAway
                )
            case .noTree:
                (
                    "does not say where its worktree is", "the next 'git worktree prune' removes it, whatever its age",
                    moveAway
                )
            case .initializing:
                (
                    "is locked as 'initializing'",
                    "a 'git worktree add' is running, or was killed; git never prunes it",
                    "if none is running: git worktree unlock, then git worktree remove"
                )
            case .noIndex:
                (
                    "has no index that git can read", "git can do nothing in its worktree",
                    isOurs ? fix : "move its 'index' away, then run 'git reset' in its worktree"
                )
            case .abandoned: ("is of a slot that is gone", "its lock keeps git from ever pruning it", fix)
            }
        return FindingWords(kind: "halfMade", "a worktree's folder \(what): '\(path)'", effect, remedy)
    }

    static func movedRoot(_ path: String, _ owner: String, _ fault: Finding.RootFault) -> FindingWords {
        let mark = Path.join(path, ".git-pool")
        let others = "the folder of the slots is marked as of another repository: '\(path)', of '\(owner)'"
        let (message, effect, remedy): (String, String, String) =
            switch fault {
            case .moved:
                (
                    "the repository was moved here from '\(owner)', and its slots in '\(path)' name the old place",
                    "git does not find the repository from inside them", fix
                )
            case .others:
                (
                    others, "its slots are that repository's, and nothing is changed there",
                    "use them from there: git -C \(ShellQuote.quote(owner)) pool list"
                )
            case .unknown:
                (
                    others, "nothing stands there: it was moved here, or its disk is away and this is a copy",
                    "if it was moved here: \(fix) --moved; if not, make '\(owner)' available again"
                )
            case .unreadable:
                ("the mark of the slots' folder cannot be read: '\(mark)'", "new slots are put elsewhere", fix)
            }
        return FindingWords(kind: "movedRoot", message, effect, remedy)
    }

    static func sharedCache(
        _ tool: String, _ path: String, _ variable: String?, _ cost: CachePreset.SharingCost
    ) -> FindingWords {
        let effect =
            switch cost {
            case .mixesOutputs:
                "two checkouts of one package can run each other's binary there, and their builds wait for each other"
            }
        guard let variable else {
            return FindingWords(
                kind: "sharedCache", "all worktrees share one directory for what \(tool) builds: '\(path)'", effect,
                "git config --unset pool.cache.\(tool).mode")
        }
        return FindingWords(
            kind: "sharedCache", "\(variable) is set, so all worktrees share what \(tool) builds: '\(path)'", effect,
            "unset \(variable), or set it in one worktree only")
    }

    static func step(_ state: SlotState) -> String {
        switch state {
        case .leasing: "an 'add' was killed"
        case .leased: "its holder is dead"
        case .releasing: "its release was not finished"
        case .cleaning: "its recycling was not finished"
        case .trash: "its removal was not finished"
        case .warming, .idle, .expiring, .orphaned, .broken: state.rawValue
        }
    }

    static func what(_ leftover: Finding.Leftover) -> String {
        switch leftover {
        case .draft: "a draft of a killed command"
        case .fencedTree: "a worktree that was moved aside"
        case .trash: "a removed worktree"
        case .keptTree: "something that stood at a slot's path"
        case .forgottenTree: "a worktree that git knows nothing of any more"
        }
    }

    static func remedy(_ leftover: Finding.Leftover) -> String {
        switch leftover {
        case .draft, .trash: fix
        case .fencedTree: "\(fix), which brings it back if its place is free"
        case .keptTree, .forgottenTree: "look into it, and delete it if nothing in it is needed"
        }
    }

    static func reason(_ doubt: HolderVerdict.Doubt) -> String {
        switch doubt {
        case .unreadableRecord: "the record does not name it, or a newer git-pool wrote it"
        case .noBootID: "this system does not say which boot it is in"
        case .foreignHost(let name): "it was leased on '\(name)'"
        case .foreignBoot: "it was leased in a boot that is not known to be this machine's"
        case .foreignPIDNamespace: "it was leased in another container"
        case .unavailable(let error): error.reason
        }
    }
}
