internal import Git
internal import GitPool
internal import POSIX

/// What stands in the way, and why a worktree or a file will not do: said after its name and a colon.
extension Words {
    static func what(_ guarded: PoolError.Guarded) -> String {
        switch guarded {
        case .pool: "the pool"
        case .slot(let name): "'\(name)'"
        case .branch(let name): "the branch of '\(name)'"
        case .fetch: "the fetch"
        case .repairs: "the pool, for 'doctor --fix'"
        }
    }

    static func reason(_ problem: TrackedFile.Problem) -> String {
        switch problem {
        case .noPlainFile: "it is not a plain file"
        case .unreadable: "it cannot be read, or is larger than \(TrackedFile.limit / 1024) KiB"
        case .malformed(let line): line
        case .badValue(let error): "bad value '\(error.value)' for '\(error.key)'"
        }
    }

    static func reason(_ breakage: PoolError.Breakage) -> String {
        switch breakage {
        case .unreadable: "its record cannot be read"
        case .unreadableSlot(let number): "the record of slot \(number) cannot be read"
        case .noWorktree: "its worktree is gone"
        case .misplaced: "its worktree is not where it belongs"
        case .elsewhere(let place): place.summary
        case .boundSubmodules: "its submodules name the place where it was: git worktree move does it"
        case .noFreeID(let folder): "no free name under '\(folder)'"
        case .notMade(let path): "git made no worktree at '\(path)'"
        case .contested(let path): "somebody writes to '\(path)'"
        }
    }

    static func reason(_ unfilled: PoolError.Unfilled) -> String {
        switch unfilled {
        case .noRepository(let place, let commit): "no repository in '\(place)' has commit \(commit)"
        case .repositoryNotBelow(let folder): "its repository is not below '\(folder)'"
        case .failed(let message): cause(in: message)
        }
    }

    /// Of all that git says when a clone fails, what it says first of the reason.
    private static func cause(in message: String) -> String {
        let lines = message.split(separator: "\n").map(String.init)
        let cause = lines.first { $0.hasPrefix("fatal: ") || $0.hasPrefix("error: ") }
        return cause.map { String($0.dropFirst(7)) } ?? lines.last ?? message
    }

    static func reason(_ unfit: PoolError.Unfit) -> String {
        switch unfit {
        case .notLinked: "it is not a linked worktree of this repository"
        case .unpaired: "its .git file and its admin directory do not name each other"
        case .isSlot(let number): "it is slot \(number) of the pool already"
        case .unreadable(let error): error.reason
        }
    }

    static func reason(_ obstacle: PoolError.Obstacle) -> String {
        switch obstacle {
        case .changes(let tree): "'\(tree)' has changes of its own"
        case .hiddenChanges(let tree): "'\(tree)' has changes that git status is told not to see"
        case .otherCommit(let tree, let head, let saved):
            "'\(tree)' is at \(head.prefix(10)), the save was made at \(saved.prefix(10))"
        case .inTheWay(let path): "'\(path)' is in the way"
        case .notOurs(let what): "the save holds '\(what)', which git-pool never saved"
        }
    }
}
