import Foundation
import GitPool
import Testing

/// Whose slots and folders are where the repository they are marked with is not to be seen.
@Suite struct HomeTests {
    /// Two repositories that were given one folder, the first of them on a disk of its own, and a lease with work in each.
    private struct Shared {
        let scratch: Scratch
        let away: Repository
        let near: Repository
        let lease: String
        var root: String { scratch.at("pools") }
        var mark: String { get throws { try scratch.read("pools/.git-pool") } }

        init() throws {
            scratch = try Scratch()
            for folder in ["store", "disk"] { try scratch.directory(folder) }
            try scratch.write("gitconfig", try scratch.read("gitconfig") + "[pool]\n\troot = \(scratch.at("pools"))\n")
            away = Repository(scratch: scratch, path: scratch.at("disk/repo"))
            near = try scratch.repository(named: "near/repo")
            lease = scratch.at("pools/repo-1")
        }

        /// False where nothing may be mounted.
        func mount() throws -> Bool {
            let outcome = try scratch.sh("mount --bind store disk", in: scratch.path)
            if outcome.status != 0 { print("skipped: nothing can be mounted here: \(outcome.err)") }
            return outcome.status == 0
        }

        func unmount() throws { try scratch.sh("umount disk", in: scratch.path).ok() }

        func begin() throws {
            _ = try scratch.repository(named: "disk/repo")
            #expect(try away.lease("a") == lease)
            try scratch.write("\(lease)/new.txt", "precious\n")
        }

        func checkFirst() throws {
            #expect(try scratch.read("\(lease)/new.txt") == "precious\n")
            try away.pool("doctor").check(0)
            #expect(try away.leased == ["a"])
            #expect(try away.lease("b").hasPrefix(root + "/repo-"))
            for name in ["a", "b"] { try away.pool("done", "--save", name).check(0) }
            try away.settle(lease)
        }
    }

    @Test("A7 a folder stays the repository's whose disk is away, whatever another one does there")
    func diskAway() throws {
        let shared = try Shared()
        guard try shared.mount() else { return }
        defer { _ = try? shared.scratch.sh("umount -l disk", in: shared.scratch.path) }
        try shared.begin()
        let mark = try shared.mark
        try shared.unmount()
        #expect(try shared.near.lease("x") != shared.scratch.at("pools/repo-2"))
        for words in [["doctor"], ["doctor", "--fix"], ["gc"], ["done", "x"], ["gc"]] {
            try shared.scratch.run(["git", "pool"] + words, in: shared.near.path).check(0)
        }
        #expect(try shared.mark == mark)
        _ = try shared.mount()
        try shared.checkFirst()
    }

    @Test("A7 a copy does not take the slots of a repository whose disk is away, in a folder for several either")
    func copyOfOneAway() throws {
        let shared = try Shared()
        guard try shared.mount() else { return }
        defer { _ = try? shared.scratch.sh("umount -l disk", in: shared.scratch.path) }
        try shared.begin()
        let before = try tree(of: shared.root)
        try shared.scratch.run(["cp", "-a", shared.away.path, shared.scratch.at("copy")]).ok()
        try shared.unmount()
        let copy = Repository(scratch: shared.scratch, path: shared.scratch.at("copy"))
        for words in [["doctor", "--fix"], ["gc"], ["done", "a"], ["done", "--discard", "a"], ["doctor", "--fix"]] {
            _ = try shared.scratch.run(["git", "pool"] + words, in: copy.path)
            #expect(try tree(of: shared.root) == before, "\(words)")
        }
        _ = try shared.mount()
        try shared.checkFirst()
    }

    @Test("A7 a repository that was moved is its slots' still, where a new one stands in its place too")
    func successor() throws {
        let scratch = try Scratch()
        let first = try scratch.repository()
        let lease = try first.lease("a")
        try scratch.write("\(lease)/new.txt", "precious\n")
        try scratch.sh("mv repo moved", in: scratch.path).ok()
        let moved = Repository(scratch: scratch, path: scratch.at("moved"))
        let second = try scratch.repository()
        let other = try second.lease("x")
        #expect(!other.hasPrefix(first.root + "/"))
        // A name of their own: the first one's trees name places in it.
        #expect(try second.git("status", "--porcelain", in: other).out.isEmpty)
        #expect(try scratch.run(["git", "status"], in: lease).status != 0)
        try moved.pool("doctor", "--fix").check(0)
        #expect(try moved.leased == ["a"])
        #expect(try moved.git("status", "--porcelain", in: lease).line == "?? new.txt")
        #expect(try moved.lease("b").hasPrefix(first.root + "/"))
        for repository in [moved, second] { try repository.pool("doctor").check(0) }
    }

    @Test("A7 a repository that was deleted keeps its folder: nobody can tell whether it is only away")
    func deleted() throws {
        let scratch = try Scratch()
        let first = try scratch.repository()
        let lease = try first.lease("a")
        try scratch.write("\(lease)/new.txt", "precious\n")
        let before = try tree(of: first.root)
        Scratch.remove(first.path)
        let second = try scratch.repository()
        let other = try second.lease("x")
        #expect(!other.hasPrefix(first.root + "/"))
        try second.pool("done", "x").check(0)
        try second.settle(other)
        for words in [["doctor"], ["doctor", "--fix", "--moved"], ["gc"]] {
            try scratch.run(["git", "pool"] + words, in: second.path).check(0)
        }
        #expect(try tree(of: first.root) == before)
    }

    @Test("A7 of two repositories in one folder each keeps its slots when the other is moved, and when it is")
    func sharedMoved() throws {
        let scratch = try Scratch()
        let host = try scratch.repository(named: "one/repo")
        let guest = try scratch.repository(named: "two/repo")
        for repository in [host, guest] {
            try repository.git("config", "pool.root", scratch.at("pools"))
            let lease = try repository.lease("a")
            try scratch.write("\(lease)/new.txt", "precious\n")
        }
        try scratch.sh("mv one three; mv two four", in: scratch.path).ok()
        let moved = ["three/repo", "four/repo"].map { Repository(scratch: scratch, path: scratch.at($0)) }
        for repository in moved.reversed() {
            try repository.pool("doctor").check(1)
            try repository.pool("doctor", "--fix").check(0)
            let lease = try #require(try repository.slot(named: "a")?["path"] as? String)
            #expect(try repository.git("status", "--porcelain", in: lease).line == "?? new.txt")
        }
        #expect(try scratch.read("pools/.git-pool").hasPrefix(moved[0].commonDirectory + "\n"))
        for repository in moved { try repository.pool("doctor").check(0) }
    }

    @Test("A7 a mark that cannot be read is nobody's leave to take the folder")
    func damagedMark() throws {
        for text in ["", "/nowh", "\0\0\0\0\n", "relative\n"] {
            let scratch = try Scratch()
            let repository = try scratch.repository()
            let lease = try repository.lease("a")
            try scratch.write("\(repository.root)/.git-pool", text)
            #expect(try !repository.lease("b").hasPrefix(repository.root + "/"), "\(text)")
            #expect(try scratch.read("\(repository.root)/.git-pool") == text)
            try repository.pool("doctor", "--fix").check(0)
            #expect(try scratch.read("\(repository.root)/.git-pool").hasPrefix(repository.commonDirectory + "\n"))
            try repository.pool("done", "a").check(0)
            try repository.settle(lease)
        }
    }

    @Test("A7 where the note of which pool this is was lost, its folders tell")
    func lostNote() throws {
        let repository = try Scratch().repository()
        _ = try repository.lease("a")
        for text in ["", "x\n", nil] {
            let note = "\(repository.state)/home"
            if let text { try repository.scratch.write(note, text) } else { Scratch.remove(note) }
            let lease = try repository.lease("b\(text?.count ?? 9)")
            #expect(lease.hasPrefix(repository.root + "/repo-"), "\(lease)")
            try repository.pool("doctor").check(0)
        }
    }

    @Test("G5 doctor says what to do where repository and slots were brought from another disk")
    func otherDisk() throws {
        let scratch = try Scratch()
        let lease = try scratch.repository(named: "old/repo").lease("a")
        try scratch.write("\(lease)/new.txt", "precious\n")
        try scratch.sh("cp -a old new; rm -rf old", in: scratch.path).ok()
        let moved = Repository(scratch: scratch, path: scratch.at("new/repo"))
        let doctor = try moved.pool("doctor").check(1)
        #expect(doctor.out.contains("git pool doctor --fix --moved"), "\(doctor)")
        try moved.pool("doctor", "--fix", "--moved").check(0)
        #expect(try moved.leased == ["a"])
        #expect(try moved.git("status", "--porcelain", in: moved.slot(1)).line == "?? new.txt")
        try moved.pool("doctor").check(0)
    }

    @Test("G5 where all that git-pool had noted was deleted, its worktrees are found again, and their folder")
    func lostState() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        let leases = [try repository.lease("a"), try repository.lease("b")]
        try scratch.write("\(leases[0])/new.txt", "precious\n")
        Scratch.remove(repository.state)
        #expect(try repository.pool("doctor").check(1).out.contains("has no record"))
        #expect(!Scratch.exists(repository.state))
        // A new lease beside them, in the same folder.
        #expect(try repository.lease("c").hasPrefix(repository.root + "/repo-"))
        Scratch.remove(repository.state)
        try repository.pool("doctor", "--fix").check(0)
        #expect(try repository.leased == ["a", "b", "c"])
        try repository.pool("done", "a").check(7)
        try repository.pool("done", "--save", "a").check(0)
        for name in ["b", "c"] { try repository.pool("done", name).check(0) }
        for lease in leases { try repository.settle(lease) }
        try repository.pool("doctor").check(0)
    }

    @Test(
        "G5 a worktree whose record was deleted by hand is found, and kept as a lease",
        arguments: ["leased", "idle", "converted", "made by git", "adopted", "of a number that is another's"])
    func lostRecord(_ kind: String) throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        switch kind {
        case "converted": try repository.commit("attributes", [".gitattributes": "*.txt text eol=crlf\n"])
        case "made by git": try repository.leaveWorktreesToGit()
        default: break
        }
        var lease = try repository.lease("a")
        switch kind {
        case "idle", "converted", "made by git":
            try repository.pool("done", "a").ok()
            try repository.settle(lease)
        case "adopted":
            lease = scratch.at("mine")
            try repository.git("worktree", "add", "-q", lease)
            try repository.pool("adopt", lease).ok()
        case "of a number that is another's":
            try repository.git("config", "pool.root", scratch.at("others"))
        default: break
        }
        try scratch.write("\(lease)/new.txt", "precious\n")
        Scratch.remove("\(repository.state)/slots/\(try #require(repository.records.last))")
        if kind == "of a number that is another's" { _ = try repository.lease("b") }
        #expect(try repository.pool("doctor").check(1).out.contains("has no record: '\(lease)'"))
        let others = try repository.leased
        try repository.pool("doctor", "--fix").check(0)
        #expect(try repository.state(at: lease) == "leased")
        let name = try #require(try repository.leased.first { !others.contains($0) })
        try repository.pool("done", name).check(7, says: "new.txt")
        try repository.pool("done", "--save", name).ok()
        try repository.pool("doctor").check(0)
    }

    // MARK: - A copy

    /// A repository with a lease that holds work, and an idle slot; and a copy of it.
    private func copied() throws -> (first: Repository, copy: Repository) {
        let first = try Scratch().repository()
        let lease = try first.lease("a")
        try first.scratch.write("\(lease)/new.txt", "precious\n")
        let idle = try first.lease("b")
        try first.pool("done", "b").check(0)
        try first.settle(idle)
        try first.scratch.run(["cp", "-a", first.path, first.scratch.at("copy")]).ok()
        return (first, Repository(scratch: first.scratch, path: first.scratch.at("copy")))
    }

    @Test("A7 a copy begins without a slot: it names none of the first one's, and none counts against its cap")
    func copy() throws {
        let (first, copy) = try copied()
        let before = (try tree(of: first.root), try tree(of: first.state))
        let done = try copy.pool("done", "a").check(0)
        #expect(!done.err.contains(first.root), "\(done)")
        #expect(try copy.slots().isEmpty)
        #expect(copy.records.isEmpty)
        try copy.git("config", "pool.max", "1")
        let lease = try copy.lease("x")
        #expect(lease == copy.slot(1))
        for words in [["doctor"], ["doctor", "--fix"], ["done", "x"], ["gc"]] {
            try copy.scratch.run(["git", "pool"] + words, in: copy.path).check(0)
        }
        #expect(try copy.state(at: lease) == "idle")
        #expect(try tree(of: first.root) == before.0)
        #expect(try tree(of: first.state) == before.1)
        try first.pool("doctor").check(0)
        // Nothing of it is deleted.
        #expect(copy.scratch.entries("\(copy.state)/aside").count { $0.hasPrefix("1.leased.") } == 1)
        // It is a repository like any other, moved or copied again.
        try copy.scratch.sh("mv copy third; mv copy.pool elsewhere.pool", in: copy.scratch.path).ok()
        let third = Repository(scratch: copy.scratch, path: copy.scratch.at("third"))
        try third.pool("doctor", "--fix").check(0)
        #expect(try third.state(at: copy.scratch.at("elsewhere.pool/copy-1")) == "idle")
    }

    @Test("A7 a copy is one under a name that only differs in how its accent is written, too")
    func accents() throws {
        let scratch = try Scratch()
        let first = try scratch.repository(named: "caf\u{E9}")
        let lease = try first.lease("a")
        let before = (try tree(of: first.root), try tree(of: first.state))
        let copy = Repository(scratch: scratch, path: scratch.at("cafe\u{301}"))
        try scratch.run(["cp", "-a", first.path, copy.path]).ok()
        let other = try copy.lease("x")
        #expect(other.utf8.starts(with: "\(copy.root)/".utf8))
        for words in [["done", "a"], ["gc"], ["doctor", "--fix"]] {
            try scratch.run(["git", "pool"] + words, in: copy.path).check(0)
        }
        #expect(try tree(of: first.root) == before.0)
        #expect(try tree(of: first.state) == before.1)
        #expect(try first.state(at: lease) == "leased")
    }

    @Test("G5 doctor in a copy says so once, changes nothing, and --fix makes it a pool of its own")
    func doctorInCopy() throws {
        let (first, copy) = try copied()
        let before = try tree(of: copy.commonDirectory)
        let outcome = try copy.pool("doctor").check(1)
        #expect(outcome.lines.count { $0.hasPrefix("problem: ") } == 1, "\(outcome)")
        #expect(outcome.out.contains("this repository is a copy of '\(first.commonDirectory)': slots 1, 2 are its"))
        let after = try tree(of: copy.commonDirectory)
        #expect(after.filter { !$0.key.hasSuffix(".lock") } == before.filter { !$0.key.hasSuffix(".lock") })
        try copy.pool("doctor", "--fix").check(0)
        #expect(copy.records.isEmpty)
        try copy.pool("doctor").check(0)
        try first.pool("doctor").check(0)
    }

    @Test("A7 a copy whose first was away has slots of its own, and keeps them when that is back")
    func original() throws {
        let (first, copy) = try copied()
        try copy.scratch.sh("mv repo away", in: copy.scratch.path).ok()
        let lease = try copy.lease("x")
        try copy.scratch.write("\(lease)/new.txt", "precious-x\n")
        #expect(lease.hasPrefix(copy.root + "/"))
        try copy.scratch.sh("mv away repo", in: copy.scratch.path).ok()
        #expect(try copy.leased == ["x"])
        #expect(try copy.lease("y").hasPrefix(copy.root + "/"))
        #expect(try copy.scratch.read("\(lease)/new.txt") == "precious-x\n")
        for repository in [first, copy] { try repository.pool("doctor").check(0) }
    }

    @Test("H4 a copy that cannot let go of a slot, as somebody is at it, is still known for a copy afterwards")
    func slotLocked() throws {
        let (first, copy) = try copied()
        let held = copy.scratch.at("held")
        let lock = "\(copy.state)/slots/1.lock"
        let holder = try copy.scratch.start(["flock", lock, "sh", "-c", "echo >'\(held)'; exec sleep 900"])
        try copy.scratch.until("the lock is held") { Scratch.exists(held) }
        try copy.pool("list").check(0)
        holder.kill()
        try copy.pool("list").check(0)
        #expect(copy.records.isEmpty)
        try copy.git("config", "pool.max", "1")
        #expect(try copy.lease("x") == copy.slot(1))
        try copy.pool("doctor").check(0)
        try first.pool("doctor").check(0)
    }

    static let points: [FaultPoint] = [.leftOriginal]

    @Test(
        "H1 a copy that is killed while it lets go of the first one's slots: the next command goes on",
        arguments: points)
    func killed(_ point: FaultPoint) throws {
        let (first, copy) = try copied()
        try copy.pool("list", env: ["GIT_POOL_FAULT": point.rawValue]).check(137)
        #expect(copy.records.count == 1)
        try copy.pool("list").check(0)
        #expect(copy.records.isEmpty)
        try copy.pool("doctor").check(0)
        try first.pool("doctor").check(0)
    }
}
