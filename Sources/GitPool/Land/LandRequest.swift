internal import Git

/// What a caller of `land` wants; the same for each lease it names.
package struct LandRequest: Sendable {
    package var strategy: LandStrategy
    /// A command for `sh -c`, run in the slot on the tree that is to land; nil runs none.
    package var test: String?
    /// Of the commit that a merge or a squash makes; nil composes one.
    package var message: String?
    /// A branch to land in, instead of the one the lease came from.
    package var into: String?
    /// What tests and hooks find in their environment, the lease's own variables among it.
    let environment: [String: String]
    /// Told of each step that can take long, when it begins.
    let telling: @Sendable (LandStep) -> Void

    package init(
        _ settings: LandSettings, environment: [String: String],
        telling: @escaping @Sendable (LandStep) -> Void
    ) {
        strategy = settings.strategy
        test = settings.test
        self.environment = environment
        self.telling = telling
    }
}

/// Where a landing is.
package enum LandStep: Sendable {
    case waiting(first: String, pid: Int32?, target: String)
    case resuming(operation: String)
    case testing(command: String, target: String)
    /// Somebody else's commit came first: merged and tested again.
    case again(target: String)
    /// The target has moved, and the slot's HEAD, which was to follow, has commits of its own by now.
    case overtaken(path: String)
}

/// What `land` did.
package struct LandReport: Sendable {
    /// Short name of the branch.
    package let target: String
    package let branch: String
    /// Where the target is now because of us; nil if there was nothing to land.
    package let commit: String?
    /// How many commits of the branch's own came with it.
    package let count: Int
}

/// Why nothing landed. The target is where it was in every case.
package enum LandRefusal: Sendable {
    /// HEAD of the slot is on no branch.
    case detached(path: String)
    /// HEAD of the slot is on another branch than the lease's.
    case otherBranch(String, own: String, path: String)
    case noBase
    /// The lease came from a remote-tracking branch, which only a fetch may move.
    case remoteBase(String, local: String?)
    case noTarget(String)
    case isTarget(String)
    case dirty(path: String, risks: [Risk])
    case operation(String, path: String)
    case conflicts(operation: String, files: [String], path: String, target: String)
    case diverged(target: String)
    /// Ignored files of the slot lie where the target has tracked ones.
    case ignoredInTheWay(files: [String], path: String)
    case targetBlocked(target: String, place: String, [Obstacle])
    case hook(String, path: String)
    case test(command: String, status: Int32, path: String, before: String?, target: String)
    case slotMoved(path: String)
    case targetKeepsMoving(target: String, rounds: Int)

    /// Why the worktree that has the target checked out cannot follow it.
    package enum Obstacle: Sendable {
        case severalCheckouts(paths: [String])
        case operation(String)
        case bisection
        case noFolder
        /// A git of ours cannot be told to go there.
        case pathOfNoText
        case untracked(path: String)
        case changed(path: String)
        /// A line of what git said.
        case refused(String)
    }
}
