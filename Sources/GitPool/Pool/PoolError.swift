package import Git
package import POSIX

/// Why the pool refused or failed: data; the sentences are made in one place, `PoolCommands`.
package enum PoolError: Error {
    case noRepository(at: String, depth: Int)
    case severalRepositories(directory: String, found: [String])
    case badName(String, BadName)
    case nameHeld(name: String, lease: LeaseSummary)
    case branchExists(branch: String, checkedOutAt: String?)
    case branchClash(branch: String, existing: String)
    case badStart(String)
    case noCommit
    /// The pool's files belong to another user.
    case othersPool(path: String, owner: UInt32)
    case oldGit(version: GitVersion)
    case poolFull(limit: Int, group: String?, leases: [LeaseSummary])
    case waitTimedOut(limit: Int, leases: [LeaseSummary])
    case exclusiveHeld(lease: LeaseSummary)
    case unknownGroup(String, known: [String])
    case unknownLease(String, known: [String])
    /// With the lease of that name, if there is one: its work is in its worktree.
    case unknownSave(String, known: [String], lease: LeaseSummary?)
    /// The name of a save that is that of a count as well: the ref of the one that is counted.
    case ambiguousSave(String, counted: String)
    case notALease(path: String)
    /// Bytes, by `pool.maxDisk`.
    case poolTooLarge(used: Int64, needed: Int64, most: Int64)
    /// The slots of a folder are on a disk that is not mounted.
    case rootAway(path: String, mount: String)
    case diskLow(folder: String, free: Int64, needed: Int64, kept: Int64)
    case locked(Guarded, by: String)
    case atRisk(name: String, path: String, risks: [Risk])
    case cannotSave(name: String, reasons: [Unsavable])
    case noHolder(HolderChoice.Refusal)
    case broken(name: String, Breakage)
    case recordTooLong(name: String)
    case cannotAdopt(path: String, Unfit)
    case restoreBlocked(Obstacle)
    case claimHeld(claim: String, held: String, lease: LeaseSummary)
    case cannotLand(name: String, LandRefusal)
    case noSubmodule(path: String, Unfilled)
    case untrusted(path: String, commands: [String])
    case setupFailed(String, status: Int32)
    case hookFailed(String, status: Int32)
    case interrupted(signal: Int32)

    /// Nothing was started.
    case limitsUnavailable([LimitShortfall])

    package struct LimitShortfall: Sendable, Equatable {
        package let kind: LimitKind
        package let level: LimitLevel

        package init(kind: LimitKind, level: LimitLevel) {
            self.kind = kind
            self.level = level
        }
    }

    package enum BadName: Sendable, Equatable { case empty, tooLong, control, notARef }

    /// What a lock is for.
    package enum Guarded: Sendable {
        case pool
        case slot(of: String)
        /// The git that a killed `add` had told to make it.
        case branch(of: String)
        case fetch
        case repairs
    }

    package enum Breakage: Sendable {
        /// The record, as in the next one, where nobody can tell whose it is.
        case unreadable
        case unreadableSlot(Int)
        case noWorktree
        case misplaced
        case elsewhere(Whereabouts)
        /// The folder was moved, and its submodules name the old place.
        case boundSubmodules
        case noFreeID(in: String)
        case notMade(at: String)
        /// Somebody else writes to the path of a worktree that is being made.
        case contested(String)
    }

    /// Why a submodule has no files.
    package enum Unfilled: Sendable {
        case noRepository(in: String, commit: String)
        case repositoryNotBelow(String)
        /// What git said.
        case failed(String)
    }

    /// Why a worktree cannot be adopted.
    package enum Unfit: Sendable {
        case notLinked
        /// Its `.git` file and its admin directory do not name each other.
        case unpaired
        case isSlot(Int)
        case unreadable(SystemError)
    }

    /// What a save cannot be laid over.
    package enum Obstacle: Sendable {
        case changes(in: String)
        case hiddenChanges(in: String)
        case otherCommit(tree: String, head: String, saved: String)
        case inTheWay(path: String)
        /// In the save itself: it was not made by us, or was changed.
        case notOurs(String)
    }
}

/// What a message or a table tells of a lease that stands in the way.
package struct LeaseSummary: Sendable, Equatable {
    package let slot: Int
    package let name: String
    package let state: SlotState
    package let path: String
    package let branch: String?
    package let holder: Holder
    package let leasedAt: Int64
    package let keptBecause: [String]

    package init?(_ slot: Slot) {
        guard let record = slot.record, let lease = record.lease else { return nil }
        self.slot = slot.number
        name = lease.name
        state = slot.state
        path = record.path
        branch = lease.branch
        holder = lease.holder
        leasedAt = lease.leasedAt
        keptBecause = lease.keptBecause
    }
}
