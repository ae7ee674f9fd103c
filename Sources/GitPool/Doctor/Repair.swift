package import Git

/// One thing that `doctor --fix` did, as data; said in one place, `PoolCommands`.
package struct Repair: Sendable, Equatable {
    package enum Step: Sendable, Equatable {
        case wroteCommonDir
        case wroteHead(AdminDirectory.Head)
        /// The admin directory says again where its tree is.
        case wroteTreePath(String)
        /// The tree says again where its admin directory is.
        case wroteGitFile(String)
        case madeAdmin(AdminDirectory.Head)
        case filledTree
        case wroteIndex
        /// The commit of a save was found where no ref led to it.
        case foundSave(ref: String)
        case lockedTree
        case liftedBroken
        case broughtBack(String)
        case rebuiltRecord(name: String)
        case claimedFolder
        case followed(to: String)
        case movedAside(to: String)
        case removed(Finding.Leftover)
        /// What `gc` does with a slot that was left half way; nil if the slot is gone.
        case settled(SlotState?)
    }

    package let slot: Int?
    package let path: String
    package let step: Step
}
