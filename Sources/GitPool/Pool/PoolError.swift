package import Git

/// Why the pool refused or failed: data; the sentences are made in one place, `PoolCommands`.
package enum PoolError: Error {
    case noRepository(tried: [String], message: String)
    case severalRepositories(directory: String, found: [String])
    case badName(String, BadName)
    case nameHeld(name: String, lease: LeaseSummary)
    case branchExists(branch: String, checkedOutAt: String?)
    case branchClash(branch: String, existing: String)
    case badStart(String, message: String)
    case noCommit
    case oldGit(version: GitVersion)
    case poolFull(limit: Int, group: String?, holders: [LeaseSummary])
    case waitTimedOut(limit: Int, holders: [LeaseSummary])
    case exclusiveHeld(lease: LeaseSummary)
    case unknownGroup(String, known: [String])
    case unknownLease(String, known: [String])
    case notALease(path: String)
    /// Bytes, by `pool.maxDisk`.
    case poolTooLarge(used: Int64, needed: Int64, most: Int64)
    /// The slots of a folder are on a disk that is not mounted.
    case rootAway(path: String, mount: String)
    case diskLow(folder: String, free: Int64, needed: Int64, kept: Int64)
    case locked(what: String, by: String)
    case atRisk(name: String, path: String, risks: [Risk])
    case cannotSave(name: String, reasons: [String])
    case noHolder(HolderChoice.Refusal)
    case broken(name: String, reason: String)
    case recordTooLong(name: String)
    case cannotAdopt(path: String, reason: String)
    case restoreBlocked(reason: String)
    case claimHeld(claim: String, held: String, lease: LeaseSummary)
    case cannotLand(name: String, LandRefusal)
    case noSubmodule(path: String, message: String)
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
