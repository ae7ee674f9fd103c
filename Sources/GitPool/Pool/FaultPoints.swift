internal import POSIX

/// Every step after which a test may kill or stop this process; the raw value is its name in `GIT_POOL_FAULT`.
///
/// A change of state passes two points: `<state>.written`, when the record has its new content under its old name, and
/// `<state>`, when it has its new name.
package enum FaultPoint: String, CaseIterable, Sendable {
    // add
    case newSlot = "leasing.new"
    case leasingWritten = "leasing.written"
    case leasing
    case branchTold = "branch.told"
    case branchCreated = "branch.created"
    case addDrafted = "add.drafted"
    case addDirectory = "add.directory"
    case addTree = "add.tree"
    case addPlaced = "add.placed"
    case addRegistered = "add.registered"
    case addHidden = "add.hidden"
    case templateFilled = "template.filled"
    case templatePublished = "template.published"
    case addSnapshotted = "add.snapshotted"
    case addExchanged = "add.exchanged"
    case addCloned = "add.cloned"
    case addPopulated = "add.populated"
    case addHeaded = "add.headed"
    case addPublished = "add.published"
    case addSeeded = "add.seeded"
    case addLocked = "add.locked"
    case addMoved = "add.moved"
    case setupIncluded = "setup.included"
    case setupRan = "setup.ran"
    case setupHooked = "setup.hooked"
    case leasedWritten = "leased.written"
    case leased
    case addSubmodules = "add.submodules"
    case addHooked = "add.hooked"
    case rolledBackBranch = "rollback.branch"
    case dismantled = "dismantle.moved"
    // warm
    case newIdleSlot = "warming.new"
    case warmingWritten = "warming.written"
    case warming
    case warmUnlocked = "warm.unlocked"
    // done and reap
    case doneJudged = "done.judged"
    case doneSaved = "done.saved"
    case doneReleased = "done.released"
    case releasingWritten = "releasing.written"
    case releasing
    case expiringWritten = "expiring.written"
    case expiring
    case orphanedWritten = "orphaned.written"
    case orphaned
    case releaseJudged = "release.judged"
    case fenced
    case releaseSaved = "release.saved"
    case unfenceAside = "unfence.aside"
    // recycle
    case cleaningWritten = "cleaning.written"
    case cleaning
    case recyclePinned = "recycle.pinned"
    case recycleDropped = "recycle.dropped"
    case recycleRemoved = "recycle.removed"
    case recycleReset = "recycle.reset"
    case recycleParked = "recycle.parked"
    case recycleIgnored = "recycle.ignored"
    case recycleScrubbed = "recycle.scrubbed"
    case recycleBranch = "recycle.branch"
    case recycleUnfenced = "recycle.unfenced"
    case recycleUnlocked = "recycle.unlocked"
    case idleWritten = "idle.written"
    case idle
    // trash
    case trashWritten = "trash.written"
    case trash
    case trashMoved = "trash.moved"
    case trashDropped = "trash.dropped"
    case trashDeleted = "trash.deleted"
    case forgotten
    case brokenWritten = "broken.written"
    case broken
    // stats
    case statsNoted = "stats.noted"
    case statsFolded = "stats.folded"
    // save, restore, adopt
    case saveHashed = "save.hashed"
    case saveCommitted = "save.committed"
    case savePublished = "save.published"
    case restoreFiles = "restore.files"
    case restoreIndex = "restore.index"
    case adoptRecorded = "adopt.recorded"
    // land
    case landBegun = "land.begun"
    case landMerged = "land.merged"
    case landIntegrated = "land.integrated"
    case landTested = "land.tested"
    case landPinned = "land.pinned"
    case landMoved = "land.moved"
    case landFollowed = "land.followed"
    // for a stop, not a kill
    /// `run` has looked at its command, which goes on.
    case runLooked = "run.looked"
    /// A hook or a set-up command runs, and does not get our signals yet.
    case programStarted = "program.started"
    // doctor --fix
    case mendKept = "mend.kept"
    case mendSaved = "mend.saved"
    case mendAside = "mend.aside"
    case mendCommonDir = "mend.commondir"
    case mendHead = "mend.head"
    case mendTreePath = "mend.gitdir"
    case mendGitFile = "mend.gitfile"
    case mendDrafted = "mend.drafted"
    case mendAdmin = "mend.admin"
    case mendFilled = "mend.filled"
    case mendRecord = "mend.record"
    case mendRoot = "mend.root"
    case mendHome = "mend.home"
    // any command in a copy
    case leftOriginal = "copy.aside"
}

/// `GIT_POOL_FAULT=<name>` kills this process at a point, `<name>:pause` stops it there; without the variable, and with a
/// name that is none, nothing happens. What a command collects by a process of its own is killed or stopped there.
package struct FaultPoints: Sendable {
    private let point: FaultPoint?
    private let pauses: Bool

    package init(environment: [String: String]) {
        let parts = (environment["GIT_POOL_FAULT"] ?? "").split(separator: ":", maxSplits: 1)
        point = parts.first.flatMap { FaultPoint(rawValue: String($0)) }
        pauses = parts.count > 1 && parts[1] == "pause"
    }

    package func reach(_ reached: FaultPoint) {
        guard let point, point == reached else { return }
        Streams.raise(pauses ? Streams.stopSignal : Streams.killSignal)
    }

    /// A record that now says `state`; its name says so too unless it was only written.
    package func reach(_ state: SlotState, onlyWritten: Bool) {
        guard point != nil, let reached = FaultPoint(rawValue: state.rawValue + (onlyWritten ? ".written" : "")) else {
            return
        }
        reach(reached)
    }
}
