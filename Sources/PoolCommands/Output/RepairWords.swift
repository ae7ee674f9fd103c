internal import Git
internal import GitPool
internal import POSIX

/// A repair in words: what was done, and to what.
enum RepairWords {
    static func line(_ repair: Repair) -> String {
        let path = repair.path
        let slot = repair.slot.map { "slot \($0)" } ?? "'\(Path.name(path))'"
        return switch repair.step {
        case .wroteCommonDir: "\(slot): 'commondir' is written again in '\(path)'"
        case .wroteHead(let head): "\(slot): HEAD is \(name(head)) again in '\(path)'"
        case .wroteTreePath(let tree): "\(slot): git has its worktree at '\(tree)' again"
        case .wroteGitFile(let admin): "\(slot): its .git file names '\(admin)' again"
        case .madeAdmin(let head):
            "\(slot): git knows its worktree again, at \(name(head)); commits that only its reflog knew are found by 'git fsck --lost-found'"
        case .wroteIndex: "\(slot): it has an index again, that of its commit; its files are as they were"
        case .foundSave(let ref): "'\(ref)' leads to its save again"
        case .filledTree: "\(slot): '\(path)' is there again, as its index has it"
        case .lockedTree: "\(slot): its worktree is locked again"
        case .liftedBroken: "\(slot): it is set aside no more, and kept as an orphan"
        case .broughtBack(let home): "'\(path)' is back at '\(home)'"
        case .rebuiltRecord(let name):
            "\(slot): it has a record again, as '\(name)', until '\(Words.pool("done", name))'"
        case .claimedFolder: "'\(path)' is marked as this repository's"
        case .followed(let place): "\(slot): its record names '\(place)', where it is"
        case .movedAside(let place): "'\(path)' was moved to '\(place)'"
        case .removed: "'\(path)' is removed"
        case .settled(let state?): "\(slot): what was left half way is done, it is \(state.shown)"
        case .settled(nil): "\(slot): it is forgotten; its branch and what was saved of it stay"
        }
    }

    /// Stable, for scripts.
    static func kind(_ step: Repair.Step) -> String {
        switch step {
        case .wroteCommonDir: "wroteCommonDir"
        case .wroteHead: "wroteHead"
        case .wroteTreePath: "wroteTreePath"
        case .wroteGitFile: "wroteGitFile"
        case .madeAdmin: "madeAdmin"
        case .filledTree: "filledTree"
        case .wroteIndex: "wroteIndex"
        case .foundSave: "foundSave"
        case .lockedTree: "lockedTree"
        case .liftedBroken: "liftedBroken"
        case .broughtBack: "broughtBack"
        case .rebuiltRecord: "rebuiltRecord"
        case .claimedFolder: "claimedFolder"
        case .followed: "followed"
        case .movedAside: "movedAside"
        case .removed: "removed"
        case .settled: "settled"
        }
    }

    static func json(_ repair: Repair) -> JSON {
        .object([
            .init("kind", .string(kind(repair.step))), .init("slot", JSON(repair.slot)),
            .init("path", .string(repair.path)), .init("message", .string(line(repair))),
        ])
    }

    private static func name(_ head: AdminDirectory.Head) -> String {
        switch head {
        case .branch(let ref): "'\(AdminDirectory.Head.branch(ref).branch ?? ref)'"
        case .detached(let id): "commit \(id.prefix(10))"
        }
    }
}
