package import POSIX

/// One thing that `doctor` found, as data; what it means and what to do is said in one place, `PoolCommands`.
package enum Finding: Sendable, Equatable {
    case oldGit(version: String)
    case unreadableRecord(slot: Int, path: String)
    case severalRecords(slot: Int, paths: [String])
    /// - Parameter unmounted: the mount point where the disk is missing that has the tree.
    case missingTree(slot: Int, path: String, unmounted: String?)
    case brokenLink(slot: Int, path: String, LinkFault)
    /// Set aside by git-pool itself.
    case brokenSlot(slot: Int, path: String, reasons: [String])
    case sharedName(String, slots: [Int])
    /// A leased slot that plain git may prune or remove.
    case unlocked(slot: Int, path: String)
    /// An operation that was begun, and that nobody is at.
    case unfinished(slot: Int, path: String, SlotState)
    case unknownHolder(slot: Int, name: String, HolderVerdict.Doubt)
    case leftover(path: String, Leftover)
    case halfMade(path: String, HalfMade, slot: Int?)
    case movedRoot(path: String, owner: String, RootFault)
    /// The repository is a copy, and its records are of the first one's slots.
    case copied(from: String, slots: [Int])
    /// Slots stand in another folder than their records say: the folder, or all of the workspace, was moved.
    case movedSlots(path: String, from: String)
    /// A worktree that git-pool made and no record names.
    case strayTree(slot: Int, path: String)
    /// A lock file of git's that stays.
    case gitLock(path: String, LockOwner, slot: Int?)
    /// A ref of ours that leads to nothing.
    case brokenRef(String)
    /// Made for a lease that is gone, and nothing was ever committed on it.
    case orphanedBranch(String, tip: String)
    case locksFail(path: String, LockFault)
    case sharedFileSystem(path: String, type: String)
    case lowSpace(path: String, bytes: Int64)
    /// Build output that all slots write into one directory, by a setting or by the caller's own variable.
    case sharedCache(tool: String, path: String, variable: String?, CachePreset.SharingCost)
    case unknownCache(tool: String)
    /// A fetch that prunes deletes every ref that this remote has not.
    case mirror(remote: String)

    /// What does not fit between a tree and its folder under `.git/worktrees/`.
    package enum LinkFault: Sendable, Equatable {
        case noAdmin(path: String)
        case noGitFile
        case gitFileNames(String)
        case adminNames(String?)
        /// A link to the worktree stands at the slot's place.
        case isLink(to: String)
    }

    package enum LockFault: Sendable, Equatable {
        /// Two processes get the same one.
        case shared
        case failed(SystemError)
    }

    /// Why a folder of slots is not marked as this repository's.
    package enum RootFault: Sendable, Equatable {
        /// The repository was moved.
        case moved
        /// There is another repository, whose it is.
        case others
        /// Nothing stands where its repository was, and nobody can tell whether this is it.
        case unknown
        case unreadable
    }

    package enum Leftover: Sendable, Equatable {
        /// Of an `add`, a removal, a save or a record that was killed.
        case draft
        case fencedTree
        case trash
        /// Something that took a slot's path, moved beside it.
        case keptTree
        /// At a slot's path, without a record, and without the admin directory that its `.git` file names.
        case forgottenTree
    }

    /// What is wrong with a folder under `.git/worktrees/`, whoever made it.
    package enum HalfMade: Sendable, Equatable {
        case emptyCommonDir, noCommonDir, noHead, nullHead
        case unknownHead(String)
        case noTree
        /// git's own lock while `worktree add` runs.
        case initializing
        /// Of a worktree that git-pool made, which is gone, and so is its record: its lock keeps it for ever.
        case abandoned
        /// git can do nothing there: a power cut leaves an empty file.
        case noIndex
    }

    package enum Severity: String, Sendable {
        /// Something does not work, or will not.
        case problem
        /// Good to know, nothing to repair.
        case remark
    }

    package var severity: Severity {
        switch self {
        case .unknownHolder, .sharedFileSystem, .lowSpace, .sharedCache, .unknownCache, .mirror, .orphanedBranch:
            .remark
        case .gitLock(_, .process, _), .gitLock(_, .unknown, _): .remark
        case .halfMade(_, .noCommonDir, nil), .halfMade(_, .noHead, nil): .remark
        case .oldGit, .unreadableRecord, .severalRecords, .missingTree, .brokenLink, .brokenSlot, .sharedName,
            .unlocked,
            .unfinished, .leftover, .halfMade, .movedRoot, .copied, .movedSlots, .strayTree, .gitLock, .brokenRef,
            .locksFail:
            .problem
        }
    }
}

extension Finding {
    var isGitLock: Bool { if case .gitLock = self { true } else { false } }

    /// What a second look has seen, too. Whose a lock is may have changed meanwhile, which makes it no other lock: it is
    /// nobody's only if it was at both looks.
    func seenAgain(in second: [Finding]) -> Finding? {
        guard case .gitLock(let path, let owner, _) = self else { return second.contains(self) ? self : nil }
        let again = second.first {
            if case .gitLock(path, _, _) = $0 { true } else { false }
        }
        return owner == .nobody ? again : again.map { _ in self }
    }
}
