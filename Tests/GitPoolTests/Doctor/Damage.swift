import Foundation
import Testing

/// What may have happened to a pool, and what must be there after it was mended.
enum Damage: String, CaseIterable, Sendable {
    case emptyCommonDir, noCommonDir, nullHead, emptyHead, noHead, unknownHead, noTreePath, halfMade, emptyIndex
    case noGitFile, noAdmin, missingTree, unlocked, setAside
    case indexLock, headLock, refLock
    case tornRecord, emptyRecord, lostRecord, twoRecords, tornRecordOfNothing, adoptedRecord
    case movedRepository, movedWorkspace, movedFolder, movedDisk, emptyMark
    case drafts, trash, fence, brokenRef, killedAdd

    /// What 'doctor --fix' has to be told besides.
    var words: [String] { self == .movedDisk ? ["--moved"] : [] }

    struct Scene {
        var repository: Repository
        /// The damaged slot's path, after it was mended.
        var lease: String
        /// Commits that a ref or a reflog must lead to.
        var commits: [String] = []
        /// Texts of files that must be in a worktree or in a save.
        var bytes: [String] = []
        /// Texts of files that must be below the pool's `aside/`.
        var aside: [String] = []
        /// A worktree that must be a slot that was adopted.
        var adopted: String?
    }

    /// A lease with work of every kind, and the damage done to it.
    func scene() throws -> Scene {
        let scratch = try Scratch()
        try scratch.directory("ws")
        let repository = try scratch.repository(named: "ws/repo")
        let lease = try repository.lease("a")
        var scene = Scene(repository: repository, lease: lease)
        // Today, or `git gc` would expire the reflog.
        try scratch.sh("echo w >w.txt; git add .; git commit -qm 'amended away'", in: lease).check(0)
        let amended = try #require(try repository.tip("HEAD", in: lease))
        try repository.git("commit", "-q", "--amend", "-m", "work", in: lease)
        let work = try #require(try repository.tip("HEAD", in: lease))
        scene.commits = [amended, work]
        try scratch.write("\(lease)/staged.txt", "precious-staged\n")
        try repository.git("add", "staged.txt", in: lease)
        scene.bytes = ["precious-staged\n"]
        if ![.missingTree, .tornRecordOfNothing].contains(self) {
            try scratch.write("\(lease)/new.txt", "precious-new\n")
            scene.bytes.append("precious-new\n")
        }
        try strike(&scene)
        return scene
    }

    private func strike(_ scene: inout Scene) throws {
        let repository = scene.repository
        let scratch = repository.scratch
        let lease = scene.lease
        let admin = "\(repository.commonDirectory)/worktrees/repo-1"
        let slots = "\(repository.state)/slots"
        func sh(_ script: String) throws { try scratch.sh(script, in: repository.path).check(0) }
        switch self {
        case .emptyCommonDir: try scratch.write("\(admin)/commondir", "")
        case .noCommonDir: Scratch.remove("\(admin)/commondir")
        case .nullHead: try scratch.write("\(admin)/HEAD", String(repeating: "0", count: 40) + "\n")
        case .emptyHead: try scratch.write("\(admin)/HEAD", "")
        case .noHead: Scratch.remove("\(admin)/HEAD")
        case .unknownHead:
            let id = String(repeating: "1", count: 40) + "\n"
            try scratch.write("\(admin)/HEAD", id)
            scene.aside = [id]
        case .noTreePath: Scratch.remove("\(admin)/gitdir")
        case .emptyIndex: try scratch.write("\(admin)/index", "")
        case .halfMade:
            // As a killed 'git worktree add' of git-pool's leaves it, and the record is lost.
            try scratch.write("\(repository.commonDirectory)/worktrees/half/commondir", "")
            try scratch.write("\(repository.commonDirectory)/worktrees/half/gitdir", "\(repository.root)/repo-9/.git\n")
            try scratch.write("\(repository.commonDirectory)/worktrees/half/HEAD", String(repeating: "0", count: 40))
            try scratch.write("\(repository.commonDirectory)/worktrees/half/locked", "git-pool: leased to 'x'")
        case .noGitFile: Scratch.remove("\(lease)/.git")
        case .noAdmin:
            Scratch.remove(admin)
            // With the reflog went what only it knew, and with the index that it was staged.
            scene.commits.removeFirst()
        case .missingTree: Scratch.remove(lease)
        case .unlocked: try repository.git("worktree", "unlock", lease)
        case .setAside:
            try sh(
                "mv .git/worktrees/repo-1 .git/away; git pool done --save a || :; git pool gc; mv .git/away '\(admin)'")
            try #require(repository.records == ["1.broken"])
        case .indexLock:
            try scratch.write("\(lease)/late.txt", "precious-late\n")
            try scratch.sh(
                "cp \"$1/index\" \"$1/index.lock\"; GIT_INDEX_FILE=\"$1/index.lock\" git add late.txt; rm late.txt",
                admin, in: lease
            ).check(0)
            scene.bytes.append("precious-late\n")
            try old("\(admin)/index.lock", scratch)
        case .headLock:
            try scratch.write("\(admin)/HEAD.lock", "ref: refs/heads/precious\n")
            try old("\(admin)/HEAD.lock", scratch)
            scene.aside = ["ref: refs/heads/precious\n"]
        case .refLock:
            try scratch.write("\(repository.commonDirectory)/refs/pool/saved/x.lock", "")
            try old("\(repository.commonDirectory)/refs/pool/saved/x.lock", scratch)
        case .tornRecord:
            let text = try scratch.read("\(slots)/1.leased")
            let torn = String(text.prefix(text.count * 2 / 3))
            try scratch.write("\(slots)/1.leased", torn)
            scene.aside = [torn]
        case .emptyRecord: try scratch.write("\(slots)/1.leased", "")
        case .lostRecord: Scratch.remove("\(slots)/1.leased")
        case .twoRecords: try sh("cp '\(slots)/1.leased' '\(slots)/1.orphaned'")
        case .adoptedRecord:
            try sh("git worktree add -q -b mine ../../mine")
            try repository.pool("adopt", scratch.at("mine"), "b").ok()
            try scratch.write("\(slots)/2.leased", "")
            scene.adopted = scratch.at("mine")
        case .tornRecordOfNothing: try scratch.write("\(slots)/7.idle", "")
        case .movedRepository, .movedWorkspace, .movedFolder, .movedDisk: try move(&scene)
        case .emptyMark: try scratch.write("\(repository.root)/.git-pool", "")
        case .drafts:
            for name in ["new-1", "trash-1", "save-1"] { try scratch.directory("\(repository.state)/\(name)") }
            try scratch.write("\(slots)/1.leased.0.tmp", "torn")
            try sh("git worktree add -q --detach ../hand; git -C ../hand commit -q --allow-empty -m precious")
            scene.commits.append(try #require(try repository.tip("HEAD", in: scratch.at("ws/hand"))))
            try sh("rm -r ../hand; mv .git/worktrees/hand .git/pool/trash-2")
        case .trash: try scratch.write("\(repository.root)/trash/trash-0000000000000002/a.txt", "gone\n")
        case .fence:
            try sh("mv '\(lease)' '\(repository.root)/.fenced-repo-1'; mv '\(slots)/1.leased' ../lost")
        case .brokenRef:
            try repository.pool("save", "a").ok()
            let ref = try repository.git("for-each-ref", "--format=%(refname)", "refs/pool/saved").line
            scene.commits.append(try #require(try repository.tip(ref)))
            try sh(": >.git/\(ref); : >.git/refs/pool/saved/empty")
        case .killedAdd:
            try repository.leaveWorktreesToGit()
            _ = try repository.add("b", env: ["GIT_POOL_FAULT": "add.registered"])
            try sh(": >.git/worktrees/repo-2/commondir; printf '%040d' 0 >.git/worktrees/repo-2/HEAD")
        }
    }

    /// Nobody is at a lock for an hour.
    private func old(_ path: String, _ scratch: Scratch) throws {
        try scratch.sh("touch -d '1 hour ago' \"$1\"", path).check(0)
    }

    private func move(_ scene: inout Scene) throws {
        let scratch = scene.repository.scratch
        switch self {
        case .movedRepository:
            try scratch.sh("mv ws/repo ws/moved", in: scratch.path).check(0)
            scene.repository = Repository(scratch: scratch, path: scratch.at("ws/moved"))
        case .movedDisk:
            // As mv(1) does it between two disks.
            try scratch.sh("cp -a ws/repo ws/moved; rm -r ws/repo", in: scratch.path).check(0)
            scene.repository = Repository(scratch: scratch, path: scratch.at("ws/moved"))
        case .movedWorkspace:
            try scratch.sh("mv ws elsewhere", in: scratch.path).check(0)
            scene.repository = Repository(scratch: scratch, path: scratch.at("elsewhere/repo"))
            scene.lease = scratch.at("elsewhere/repo.pool/repo-1")
        default:
            try scratch.sh("mv ws/repo.pool ws/other.pool", in: scratch.path).check(0)
            scene.lease = scratch.at("ws/other.pool/repo-1")
        }
    }
}

extension Damage.Scene {
    /// All that was there is there, git finds the repository sound, and the slot can be used.
    func check(collects: Bool = false, at location: SourceLocation = #_sourceLocation) throws {
        let scratch = repository.scratch
        for commit in commits {
            #expect(try repository.reaches(commit), "lost: commit \(commit)", sourceLocation: location)
        }
        for text in bytes { #expect(try holds(text), "lost: \(text)", sourceLocation: location) }
        let kept = try tree(of: "\(repository.state)/aside").values.map { String(decoding: $0.bytes, as: UTF8.self) }
        for text in aside { #expect(kept.contains(text), "not kept: \(text)", sourceLocation: location) }
        try repository.git("fetch", "-q", ".", at: location)
        try repository.git("worktree", "list", at: location)
        if collects { try repository.git("gc", "-q", at: location) }
        let fsck = try repository.git("fsck", "--no-progress", "--no-dangling", at: location)
        #expect(!(fsck.out + fsck.err).contains("missing"), "\(fsck)", sourceLocation: location)
        try repository.pool("list", at: location).check(0, at: location)
        for worktree in try repository.linkedWorktrees { try repository.git("status", in: worktree, at: location) }
        #expect(Scratch.exists("\(lease)/.git"), sourceLocation: location)
        #expect(scratch.entries(repository.state).allSatisfy { !$0.hasSuffix(".tmp") }, sourceLocation: location)
        let slots = try repository.slots(at: location)
        #expect(slots.contains { $0["path"] as? String == lease }, "\(slots)", sourceLocation: location)
        guard let adopted else { return }
        #expect(try repository.slot(named: "b")?["path"] as? String == adopted, "\(slots)", sourceLocation: location)
        let record = try scratch.read("\(repository.state)/slots/2.leased")
        #expect(record.contains("\nadopted yes\n"), "\(record)", sourceLocation: location)
    }

    /// In a worktree, in its index, or in a save.
    private func holds(_ text: String) throws -> Bool {
        if try repository.holds(text) { return true }
        let blob = try repository.scratch.run(["git", "hash-object", "--stdin"], in: repository.path, input: text).line
        if try repository.scratch.run(["git", "ls-files", "-s"], in: lease).out.contains(blob) { return true }
        return try tree(of: lease).values.contains { String(decoding: $0.bytes, as: UTF8.self) == text }
    }
}
