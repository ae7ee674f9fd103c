import Foundation
import Testing

@Suite struct InterferenceTests {
    /// What a user, or another tool, may do with plain git and plain files.
    enum Interference: CaseIterable {
        case remove, removeForced, move, prune, lock, unlock, deletedTree, deletedRoot, deletedAdmin, deletedBranch,
            renamedBranch, switchedBranch, lostGitFile, detached, deletedState

        func interfere(_ repository: Repository, _ lease: String) throws {
            let scratch = repository.scratch
            /// Git's own refusal is as good: what matters is the pool afterwards.
            func git(_ words: String...) throws { try scratch.run(["git"] + words, in: repository.path) }
            switch self {
            case .remove: try git("worktree", "remove", lease)
            case .removeForced: try git("worktree", "remove", "-f", "-f", lease)
            case .move:
                try git("worktree", "unlock", lease)
                try repository.git("worktree", "move", lease, scratch.at("moved"))
            case .prune:
                Scratch.remove(lease)
                try git("worktree", "unlock", lease)
                try repository.git("worktree", "prune", "--expire=now")
            case .lock:
                try git("worktree", "unlock", lease)
                try git("worktree", "lock", "--reason", "mine", lease)
            case .unlock: try git("worktree", "unlock", lease)
            case .deletedTree: Scratch.remove(lease)
            case .deletedRoot: Scratch.remove(repository.root)
            case .deletedAdmin: Scratch.remove(try repository.git("rev-parse", "--absolute-git-dir", in: lease).line)
            case .deletedBranch: try repository.git("update-ref", "-d", "refs/heads/a")
            case .renamedBranch: try repository.git("branch", "-m", "a", "renamed")
            case .switchedBranch: try repository.git("switch", "-q", "-c", "other", in: lease)
            case .lostGitFile: Scratch.remove("\(lease)/.git")
            case .detached: try repository.git("switch", "-q", "--detach", in: lease)
            case .deletedState: Scratch.remove(repository.state)
            }
        }
    }

    @Test("C10 plain git and rm never corrupt the pool", arguments: Interference.allCases, [true, false])
    func interfere(_ interference: Interference, whileLeased: Bool) throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        let bystander = try repository.lease("bystander")
        try repository.scratch.write("\(bystander)/work.txt", "unsaved\n")
        if !whileLeased {
            try repository.pool("done", "a").check(0)
            try repository.settle(lease)
            // A branch to delete, rename or stand on.
            try repository.git("branch", "-f", "a")
        }
        try interference.interfere(repository, lease)

        // `doctor` reports by its status; it must neither fail nor be surprised.
        let doctor = try repository.pool("doctor")
        #expect([0, 1].contains(doctor.status), "\(doctor)")
        try repository.pool("list").check(0)
        try repository.pool("gc").check(0)
        let added = try repository.lease("b")
        #expect(Scratch.exists("\(added)/a.txt"))
        #expect(try repository.git("symbolic-ref", "--short", "HEAD", in: added).line == "b")
        #expect(try repository.status(of: added).isEmpty)
        try repository.pool("done", "b").check(0)
        try repository.pool("gc").check(0)
        try repository.pool("list").check(0)
        let again = try repository.pool("doctor")
        #expect([0, 1].contains(again.status), "\(again)")
        if interference != .deletedRoot {
            #expect(try repository.scratch.read("\(bystander)/work.txt") == "unsaved\n")
        }
        try repository.git("fetch", "-q", ".")
        try repository.fsck()
    }

    @Test("C10 a slot without its .git file never makes us act on a repository around it")
    func enclosingRepository() throws {
        let scratch = try Scratch()
        let outer = try scratch.repository(named: "outer", files: ["keep.txt": "keep\n"])
        let repository = try scratch.repository(named: "outer/repo")
        try outer.git("config", "status.showUntrackedFiles", "no")
        try scratch.write("\(outer.path)/keep.txt", "changed and precious\n")
        try scratch.write("\(outer.path)/untracked.txt", "precious\n")
        let lease = try repository.lease("a")
        let before = (try outer.tip("HEAD"), try scratch.read("\(outer.path)/keep.txt"))
        Scratch.remove("\(lease)/.git")
        _ = try repository.pool("done", "--discard", "a")
        for _ in 0..<3 { try repository.pool("gc").check(0) }
        #expect(try outer.tip("HEAD") == before.0)
        #expect(try scratch.read("\(outer.path)/keep.txt") == before.1)
        #expect(try scratch.read("\(outer.path)/untracked.txt") == "precious\n")
    }

    @Test("C10 a user's own git worktree lock on an idle slot is honoured")
    func userLock() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.pool("done", "a").check(0)
        try repository.settle(lease)
        try repository.scratch.run(["git", "worktree", "unlock", lease], in: repository.path)
        try repository.git("worktree", "lock", "--reason", "mine", lease)
        let other = try repository.lease("b")
        #expect(other != lease)
        #expect(try repository.git("worktree", "list", "--porcelain").out.contains("locked mine"))
    }

    @Test("C10 work and commits in an idle slot are not lost")
    func idleSlotUsed() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.pool("done", "a").check(0)
        try repository.settle(lease)
        let commit = try repository.commit("somebody worked here", ["x.txt": "x\n"], in: lease)
        try repository.scratch.write("\(lease)/new.txt", "unsaved\n")
        let other = try repository.lease("b")
        try repository.pool("gc").check(0)
        #expect(!(try repository.git("for-each-ref", "--contains", commit).lines.isEmpty) || other != lease)
        let blob = try repository.scratch.run(
            ["git", "hash-object", "--stdin"], in: repository.path, input: "unsaved\n"
        ).line
        let saved = try repository.git("rev-list", "--objects", "--glob=refs/pool/saved/*").out.contains(blob)
        #expect(saved || Scratch.exists("\(lease)/new.txt"))
        #expect(try repository.status(of: other).isEmpty)
    }
}
