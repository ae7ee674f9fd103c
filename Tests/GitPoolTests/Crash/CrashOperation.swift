import Foundation
import GitPool
import Testing

/// What git-pool is doing when it is killed: a fixture, the command, and what must be there afterwards.
enum CrashOperation: String, CaseIterable, Sendable {
    case cold, coldThroughGit, coldSetUp, warmSetUp, makeReady, makeReadyThroughGit, trim
    case warm, warmOtherCommit, rollBack, rollBackWarm
    case doneClean, donePristine, doneMerged, doneSave, doneDiscard, doneKeep, run
    case reapClean, reapDirty, expire, missing, hidden, trash, save, restore, adopt
    case landMerge, landSquash, landRebase

    /// What a fixture leaves behind for the look afterwards.
    struct Scene {
        let repository: Repository
        var words: [String]
        var directory: String?
        /// Texts of files that must stay in a worktree or in a save.
        var bytes: [String] = []
        /// Commits that some ref must reach.
        var commits: [String] = []
        /// Branches, by name, that are the user's and stay where they are.
        var branches: [String: String] = [:]
    }

    func prepare() throws -> Scene {
        let repository = try Scratch().repository(files: ["a.txt": "one\n", "d/b.txt": "two\n", ".gitignore": "*.o\n"])
        let pid = try repository.scratch.holderPid()
        let add = ["git", "pool", "add", "--pid", pid]
        var scene = Scene(repository: repository, words: add + ["a"])
        switch self {
        case .cold: break
        case .makeReady: scene.words = ["git", "pool", "warm"]
        case .makeReadyThroughGit:
            try repository.leaveWorktreesToGit()
            scene.words = ["git", "pool", "warm"]
        case .trim:
            try repository.pool("warm").ok()
            try repository.git("config", "pool.idleTimeout", "0")
            scene.words = ["git", "pool", "gc"]
        case .coldSetUp, .warmSetUp: try prepareSetUp(&scene)
        case .coldThroughGit: try repository.leaveWorktreesToGit()
        case .warm, .warmOtherCommit, .rollBack, .rollBackWarm: try prepareAdd(&scene)
        case .doneClean, .donePristine, .doneMerged, .doneSave, .doneDiscard, .doneKeep: try prepareDone(&scene)
        case .run:
            scene.words = ["git", "pool", "run", "a", "--", "sh", "-c", "echo precious-run >new.txt; exit 3"]
        case .reapClean, .reapDirty, .expire, .missing, .hidden, .trash: try prepareCollect(&scene)
        case .save, .restore, .adopt: try prepareOther(&scene)
        case .landMerge, .landSquash, .landRebase: try prepareLand(&scene)
        }
        return scene
    }

    /// A slot that waits at the first commit, with an ignored file in it.
    private func park(_ repository: Repository, detached: Bool = false) throws {
        let lease = try repository.lease("parked", "--detach")
        try repository.scratch.write("\(lease)/cache.o", "expensive\n")
        try repository.pool("done", "parked").ok()
        try repository.settle(lease)
    }

    /// Includes, set-up commands and a hook; what the commands write is nobody's work, and lost all the same by nobody.
    private func prepareSetUp(_ scene: inout Scene) throws {
        let repository = scene.repository
        if self == .warmSetUp { try park(repository) }
        try repository.scratch.write("\(repository.path)/include.o", "precious-include\n")
        try repository.scratch.write(
            "\(repository.path)/.git/hooks/pool-post-add", "#!/bin/sh\necho hooked >hook.o\n", mode: 0o755)
        try repository.git("config", "pool.include", "/include.o")
        try repository.git("config", "pool.setup", "echo set-up >setup.o")
    }

    private func prepareAdd(_ scene: inout Scene) throws {
        let repository = scene.repository
        if self == .rollBack {
            _ = try repository.add("a", env: ["GIT_POOL_FAULT": FaultPoint.addPopulated.rawValue])
            scene.words = ["git", "pool", "gc"]
            return
        }
        try park(repository)
        if self == .warmOtherCommit { try repository.commit("second", ["a.txt": "two\n", "e/new.txt": "new\n"]) }
        if self == .rollBackWarm {
            // The killed add found a branch of the user's in its way only after it had reserved the name.
            try repository.git("branch", "a")
            _ = try repository.add("a", env: ["GIT_POOL_FAULT": FaultPoint.leasing.rawValue])
            scene.branches["a"] = try repository.tip("a")
            scene.words = ["git", "pool", "gc"]
        }
    }

    private func prepareDone(_ scene: inout Scene) throws {
        let repository = scene.repository
        let lease = try repository.lease("a")
        scene.words = ["git", "pool", "done", "a"]
        if self == .donePristine {
            try repository.git("config", "pool.recycle", "pristine")
            try repository.scratch.write("\(lease)/cache.o", "cache\n")
        }
        if self == .doneMerged || self == .doneClean || self == .donePristine {
            scene.commits.append(try repository.commit("work", ["w.txt": "w\n"], in: lease))
            if self == .doneMerged { try repository.git("merge", "-q", "--no-ff", "--no-edit", "a") }
            return
        }
        try repository.git("switch", "-q", "--detach", in: lease)
        scene.commits.append(try repository.commit("detached", ["w.txt": "w\n"], in: lease))
        try repository.git("commit", "-q", "--amend", "-m", "amended", in: lease)
        scene.commits.append(try #require(try repository.tip("HEAD", in: lease)))
        try repository.scratch.write("\(lease)/a.txt", "precious-edit\n")
        try repository.scratch.write("\(lease)/new/file.txt", "precious-new\n")
        // An uncommitted change of a tracked .gitignore hides a file that the reset will bring to light.
        try repository.scratch.write("\(lease)/.gitignore", "*.o\nhidden*\n")
        try repository.scratch.write("\(lease)/hidden.txt", "precious-hidden\n")
        scene.bytes =
            self == .doneDiscard ? ["precious-hidden\n"] : ["precious-edit\n", "precious-new\n", "precious-hidden\n"]
        scene.words.append(
            [.doneSave: "--save", .doneDiscard: "--discard", .doneKeep: "--keep=1h"][self] ?? "--save")
    }

    private func prepareCollect(_ scene: inout Scene) throws {
        let repository = scene.repository
        scene.words = ["git", "pool", "gc"]
        let holder = try repository.scratch.holder()
        if self == .trash { try repository.addSubmodule() }
        let lease = try repository.lease("a", "--pid", String(holder.pid))
        switch self {
        case .reapDirty, .expire:
            try repository.scratch.write("\(lease)/a.txt", "precious-edit\n")
            scene.bytes = ["precious-edit\n"]
        case .hidden:
            scene.commits.append(
                try repository.commit("hide", [".gitignore": "*.o\nhidden*\n", "w.txt": "w\n"], in: lease))
            try repository.scratch.write("\(lease)/hidden.txt", "precious-hidden\n")
            scene.bytes = ["precious-hidden\n"]
        case .missing:
            try repository.scratch.write("\(lease)/staged.txt", "precious-staged\n")
            try repository.git("add", "staged.txt", in: lease)
            scene.bytes = ["precious-staged\n"]
            Scratch.remove(lease)
        case .trash:
            try repository.git("-c", "protocol.file.allow=always", "submodule", "-q", "update", "--init", in: lease)
            try repository.git("submodule", "-q", "deinit", "--all", in: lease)
        default: break
        }
        if self == .expire {
            // Released a while ago by its own clock, so that only the gc that is to be killed finds its time over.
            try repository.pool("done", "--keep=50s", "a", env: ["GIT_POOL_FAKE_SECONDS": "-100"]).ok()
        }
        holder.kill()
    }

    /// Both sides have commits of their own.
    private func prepareLand(_ scene: inout Scene) throws {
        let repository = scene.repository
        let lease = try repository.lease("a")
        scene.commits = [
            try repository.commit("work", ["w.txt": "w\n"], in: lease),
            try repository.commit("more work", ["w.txt": "w\nx\n"], in: lease),
            try repository.commit("other work", ["a.txt": "other\n"]),
        ]
        try repository.scratch.write("\(repository.path)/scratch.txt", "precious-scratch\n")
        try repository.scratch.write("\(repository.path)/d/b.txt", "precious-edit\n")
        let strategy = [.landSquash: "squash", .landRebase: "rebase"][self] ?? "no-ff"
        scene.words = ["git", "pool", "land", "--strategy", strategy, "--test", "test -e w.txt", "a"]
    }

    private func prepareOther(_ scene: inout Scene) throws {
        let repository = scene.repository
        if self == .adopt {
            let place = repository.scratch.at("mine")
            try repository.git("worktree", "add", "-q", "-b", "mine", place)
            try repository.scratch.write("\(place)/new.txt", "precious-new\n")
            scene.bytes = ["precious-new\n"]
            scene.branches["mine"] = try repository.tip("mine")
            scene.words = ["git", "pool", "adopt", place, "a"]
            return
        }
        let lease = try repository.lease("a")
        try repository.scratch.write("\(lease)/new.txt", "precious-new\n")
        scene.bytes = ["precious-new\n"]
        scene.words = ["git", "pool", "save", "a"]
        if self == .restore {
            try repository.pool("done", "--save", "a").ok()
            try repository.settle(lease)
            scene.words = ["git", "pool", "restore", "--pid", try repository.scratch.holderPid(), "a"]
        }
    }
}
