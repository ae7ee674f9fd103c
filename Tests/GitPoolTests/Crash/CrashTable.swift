import GitPool

/// Which fault points each operation passes, as `CrashTests.survey` found them: a point that is passed no more fails.
enum CrashTable {
    /// By tests of their own.
    static let reachedElsewhere: Set<FaultPoint> = [
        .unfenceAside, .brokenWritten, .broken, .addSubmodules, .templateFilled, .templatePublished, .addSnapshotted,
        .addExchanged, .runLooked, .programStarted,
    ]

    static let reached: [CrashOperation: [FaultPoint]] = [
        .cold: [
            .newSlot, .leasingWritten, .leasing, .branchTold, .branchCreated, .addDrafted, .addDirectory, .addTree,
            .addCloned,
            .addPopulated, .addHeaded, .addPlaced, .addPublished, .addSeeded, .leasedWritten, .leased, .addHooked,
        ],
        .coldThroughGit: [
            .newSlot, .leasingWritten, .leasing, .branchTold, .branchCreated, .addRegistered, .addHidden, .addCloned,
            .addPopulated,
            .addHeaded,
            .addPublished, .addSeeded, .leasedWritten, .leased, .addHooked,
        ],
        .makeReady: [
            .newIdleSlot, .warmingWritten, .warming, .addDrafted, .addDirectory, .addTree, .addCloned,
            .addPopulated, .addHeaded,
            .addPlaced, .addPublished, .addSeeded, .warmUnlocked, .idleWritten, .idle,
        ],
        .makeReadyThroughGit: [
            .newIdleSlot, .addRegistered, .addHidden, .warmingWritten, .warming, .addCloned, .addPopulated, .addHeaded,
            .addPublished, .addSeeded,
            .warmUnlocked, .idleWritten, .idle,
        ],
        .trim: [
            .cleaningWritten, .cleaning, .trashWritten, .trash, .trashMoved, .trashDropped, .trashDeleted, .forgotten,
            .statsNoted, .statsFolded,
        ],
        .coldSetUp: [
            .newSlot, .leasingWritten, .leasing, .branchTold, .branchCreated, .addDrafted, .addDirectory, .addTree,
            .addPopulated,
            .addHeaded, .addPlaced, .addPublished, .setupIncluded, .setupRan, .setupHooked, .leasedWritten, .leased,
            .addHooked,
        ],
        .warmSetUp: [
            .leasingWritten, .leasing, .branchTold, .branchCreated, .addHeaded, .addLocked, .addMoved, .setupIncluded,
            .setupRan,
            .setupHooked, .leasedWritten, .leased, .addHooked,
        ],
        .warm: [
            .leasingWritten, .leasing, .branchTold, .branchCreated, .addHeaded, .addLocked, .addMoved, .leasedWritten,
            .leased,
            .addHooked,
        ],
        .warmOtherCommit: [
            .leasingWritten, .leasing, .branchTold, .branchCreated, .addHeaded, .addLocked, .addMoved, .leasedWritten,
            .leased,
            .addHooked,
        ],
        .rollBack: [
            .rolledBackBranch, .dismantled, .forgotten,
        ],
        .rollBackWarm: [
            .releasingWritten, .releasing, .releaseJudged, .fenced, .releaseSaved, .cleaningWritten, .cleaning,
            .recyclePinned, .recycleDropped, .recycleRemoved, .recycleReset, .recycleParked, .recycleScrubbed,
            .recycleBranch, .recycleUnfenced, .recycleUnlocked, .idleWritten, .idle,
        ],
        .doneClean: [
            .doneJudged, .doneSaved, .releasingWritten, .releasing, .doneReleased, .releaseJudged, .fenced,
            .releaseSaved, .cleaningWritten, .cleaning, .recyclePinned, .recycleDropped, .recycleParked,
            .recycleScrubbed,
            .recycleBranch, .recycleUnfenced, .recycleUnlocked, .idleWritten, .idle, .statsNoted,
        ],
        // The rest is as in `doneClean`.
        .donePristine: [.recycleDropped, .recycleParked, .recycleIgnored, .recycleScrubbed, .recycleBranch],
        .doneMerged: [
            .doneJudged, .doneSaved, .releasingWritten, .releasing, .doneReleased, .releaseJudged, .fenced,
            .releaseSaved, .cleaningWritten, .cleaning, .recyclePinned, .recycleDropped, .recycleParked,
            .recycleScrubbed,
            .recycleBranch, .recycleUnfenced, .recycleUnlocked, .idleWritten, .idle,
        ],
        .doneSave: [
            .doneJudged, .doneSaved, .releasingWritten, .releasing, .doneReleased, .releaseJudged, .fenced,
            .releaseSaved, .cleaningWritten, .cleaning, .recyclePinned, .recycleDropped, .recycleRemoved, .recycleReset,
            .recycleParked, .recycleScrubbed, .recycleBranch, .recycleUnfenced, .recycleUnlocked, .idleWritten, .idle,
            .saveHashed, .saveCommitted, .savePublished,
        ],
        .doneDiscard: [
            .doneJudged, .doneSaved, .releasingWritten, .releasing, .doneReleased, .releaseJudged, .fenced,
            .releaseSaved, .cleaningWritten, .cleaning, .recyclePinned, .recycleDropped, .recycleRemoved, .recycleReset,
            .recycleParked, .recycleScrubbed, .recycleBranch, .recycleUnfenced, .recycleUnlocked, .idleWritten, .idle,
            .saveHashed, .saveCommitted, .savePublished,
        ],
        .doneKeep: [
            .doneJudged, .doneSaved, .expiringWritten, .expiring,
        ],
        .run: [
            .newSlot, .leasingWritten, .leasing, .branchTold, .branchCreated, .addDrafted, .addDirectory, .addTree,
            .addCloned,
            .addPopulated, .addHeaded, .addPlaced, .addPublished, .addSeeded, .leasedWritten, .leased, .addHooked,
            .doneJudged,
            .doneSaved,
            .orphanedWritten,
            .orphaned,
        ],
        .reapClean: [
            .releasingWritten, .releasing, .releaseJudged, .fenced, .releaseSaved, .cleaningWritten, .cleaning,
            .recyclePinned, .recycleDropped, .recycleParked, .recycleScrubbed, .recycleBranch, .recycleUnfenced,
            .recycleUnlocked, .idleWritten, .idle, .statsNoted, .statsFolded,
        ],
        .reapDirty: [
            .releasingWritten, .releasing, .orphanedWritten, .orphaned,
        ],
        .expire: [
            .releaseJudged, .fenced, .releaseSaved, .cleaningWritten, .cleaning, .recyclePinned, .recycleDropped,
            .recycleRemoved, .recycleReset, .recycleParked, .recycleScrubbed, .recycleBranch, .recycleUnfenced,
            .recycleUnlocked, .idleWritten, .idle, .saveHashed, .saveCommitted, .savePublished,
        ],
        .missing: [
            .releasingWritten, .releasing, .trashWritten, .trash, .forgotten, .saveCommitted, .savePublished,
            .statsNoted, .statsFolded,
        ],
        .hidden: [
            .releasingWritten, .releasing, .releaseJudged, .fenced, .releaseSaved, .cleaningWritten, .cleaning,
            .recyclePinned, .recycleDropped, .recycleParked, .recycleScrubbed, .recycleBranch, .recycleUnfenced,
            .recycleUnlocked, .idleWritten, .idle, .saveHashed, .saveCommitted, .savePublished,
        ],
        .trash: [
            .releasingWritten, .releasing, .releaseJudged, .fenced, .releaseSaved, .cleaningWritten, .cleaning,
            .recyclePinned, .recycleDropped, .recycleParked, .recycleScrubbed, .recycleBranch, .trashWritten,
            .trash, .trashMoved, .trashDropped, .trashDeleted, .forgotten,
        ],
        .save: [
            .saveHashed, .saveCommitted, .savePublished,
        ],
        .restore: [
            .newSlot, .leasingWritten, .leasing, .branchTold, .branchCreated, .addDrafted, .addDirectory, .addTree,
            .addCloned,
            .addPopulated, .addHeaded, .addPlaced, .addPublished, .addSeeded, .leasedWritten, .leased, .addHooked,
            .restoreFiles,
            .restoreIndex,
        ],
        .adopt: [
            .adoptRecorded
        ],
        .landMerge: [
            .landBegun, .landMerged, .landIntegrated, .landTested, .landPinned, .landMoved, .landFollowed,
        ],
        .landSquash: [
            .landBegun, .landMerged, .landIntegrated, .landTested, .landPinned, .landMoved, .landFollowed,
            .saveCommitted, .savePublished,
        ],
        .landRebase: [
            .landBegun, .landMerged, .landIntegrated, .landTested, .landPinned, .landMoved, .landFollowed,
            .saveCommitted, .savePublished,
        ],
    ]
}
