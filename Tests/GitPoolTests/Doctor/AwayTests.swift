import Foundation
import GitPool
import Testing

/// Slots that are not where their records say, and not gone.
@Suite struct AwayTests {
    enum Way: String, CaseIterable, Sendable {
        case workspace, folder, disk

        func take(_ scratch: Scratch) throws -> Bool {
            let script =
                switch self {
                case .workspace: "mv ws elsewhere"
                case .folder: "mv ws/repo.pool ws/other.pool"
                case .disk: "umount ws/repo.pool"
                }
            return try scratch.sh(script, in: scratch.path).ok().status == 0
        }

        func bringBack(_ scratch: Scratch) throws {
            switch self {
            case .workspace, .folder: break
            case .disk: try scratch.sh("mount --bind store ws/repo.pool", in: scratch.path).ok()
            }
        }
    }

    @Test(
        "C10 slots that were moved, or whose disk is away, are not forgotten: idle, orphaned, kept, released, or of a dead holder",
        arguments: Way.allCases)
    func kept(_ way: Way) throws {
        let scratch = try Scratch()
        for folder in ["ws/repo.pool", "store"] { try scratch.directory(folder) }
        if way == .disk {
            let mounted = try scratch.sh("mount --bind store ws/repo.pool", in: scratch.path)
            guard mounted.status == 0 else { return print("skipped: nothing can be mounted here: \(mounted.err)") }
        }
        defer { if way == .disk { _ = try? scratch.sh("umount -l ws/repo.pool", in: scratch.path) } }
        var repository = try scratch.repository(named: "ws/repo")
        let holders = try (0..<2).map { _ in try scratch.holder() }
        var leases = [try repository.lease("a"), try repository.lease("b")]
        leases += try holders.enumerated().map { try repository.lease("c\($0)", "--pid", String($1.pid)) }
        for lease in leases { try scratch.write("\(lease)/new.txt", "precious of \(lease)\n") }
        try repository.pool("done", "--keep=1h", "b").check(0)
        holders[0].kill()
        let later: [String: String?] = ["GIT_POOL_FAKE_SECONDS": "300"]
        try scratch.until("c0 is an orphan") {
            try repository.pool("gc", env: later).ok()
            return try repository.slot(named: "c0")?["state"] as? String == "orphaned"
        }
        let idle = try repository.lease("d")
        try repository.pool("done", "d").check(0)
        try repository.settle(idle)

        _ = try way.take(scratch)
        if way == .workspace { repository = Repository(scratch: scratch, path: scratch.at("elsewhere/repo")) }
        holders[1].kill()
        let muchLater: [String: String?] = ["GIT_POOL_FAKE_SECONDS": "900000"]
        let records = repository.records
        #expect(records.count == 5)
        for words in [["gc"], ["list"], ["gc", "-n"], ["gc"]] {
            try scratch.run(["git", "pool"] + words, in: repository.path, env: muchLater).check(0)
        }
        #expect(repository.records == records)
        let gc = try repository.pool("gc", env: muchLater).check(0)
        #expect(gc.err.contains("'c1': still leased (its worktree is not where it was, see"), "\(gc)")
        #expect(try repository.pool("done", "--save", "a").check(8).err.contains("its worktree"))
        #expect(repository.records == records)
        try way.bringBack(scratch)
        if way != .disk { try repository.pool("doctor", "--fix").check(0) }
        #expect(repository.records.count == 5)
        for lease in leases {
            let place = try #require(
                try repository.slots().compactMap { $0["path"] as? String }.first {
                    ($0 as NSString).lastPathComponent == (lease as NSString).lastPathComponent
                })
            #expect(try scratch.read("\(place)/new.txt") == "precious of \(lease)\n")
            #expect(try repository.git("status", "--porcelain", in: place).line == "?? new.txt")
        }
    }

    @Test(
        "C10 slots of a disk that is not mounted are kept, and its mount point is not taken for their folder",
        arguments: ["disk", "disk/deep", "beside", "shared"])
    func mountPoint(_ place: String) throws {
        let scratch = try Scratch()
        let mount = scratch.at(place == "beside" ? "repo.pool" : "disk")
        for folder in [mount, scratch.at("store")] { try scratch.directory(folder) }
        let mounted = try scratch.sh("mount --bind store \(mount)", in: scratch.path)
        guard mounted.status == 0 else { return print("skipped: nothing can be mounted here: \(mounted.err)") }
        defer { _ = try? scratch.sh("umount -l \(mount)", in: scratch.path) }
        let repository = try scratch.repository()
        let root = place == "disk" || place == "beside" ? mount : "\(mount)/slots"
        if place != "beside" { try repository.git("config", "pool.root", root) }
        let leases = [try repository.lease("a"), try repository.lease("b")]
        for lease in leases { try scratch.write("\(lease)/new.txt", "precious of \(lease)\n") }
        let idle = try repository.lease("c")
        try repository.pool("done", "c").check(0)
        try repository.settle(idle)
        try repository.pool("done", "--keep=1h", "b").check(0)

        try scratch.sh("umount \(mount)", in: scratch.path).ok()
        if place == "shared" {
            let other = try scratch.repository(named: "other")
            try other.git("config", "pool.root", root)
            #expect(try other.lease("x").hasPrefix(root + "/other-"))
        }
        let records = repository.records
        if place == "beside" {
            let lease = try repository.lease("d")
            #expect(!lease.hasPrefix(mount + "/"))
            try repository.pool("done", "d").check(0)
            try repository.settle(lease)
        } else if place != "shared" {
            try repository.add("d").check(128, says: "'\(mount)' is not mounted", root)
            #expect(scratch.entries(mount).isEmpty)
        }
        let muchLater: [String: String?] = ["GIT_POOL_FAKE_SECONDS": "900000"]
        for words in [["gc"], ["list"], ["gc", "-n"], ["gc"]] {
            try scratch.run(["git", "pool"] + words, in: repository.path, env: muchLater).check(0)
        }
        let doctor = try repository.pool("doctor", "--fix").check(1)
        #expect(doctor.out.contains("worktree of slot 1 is away, as '\(mount)' is not mounted"), "\(doctor)")
        #expect(Set(records).isSubset(of: repository.records))
        #expect(try repository.pool("done", "--save", "a").check(8).err.contains("is away"))

        try scratch.sh("mount --bind store \(mount)", in: scratch.path).ok()
        for lease in leases {
            #expect(try scratch.read("\(lease)/new.txt") == "precious of \(lease)\n")
            #expect(try repository.git("status", "--porcelain", in: lease).line == "?? new.txt")
        }
        #expect(try repository.state(at: leases[0]) == "leased")
        #expect(try repository.state(at: leases[1]) == "expiring")
        try repository.add("e").check(0)
        try repository.pool("doctor").check(0)
    }

    @Test(
        "C10 a release that a process holds up goes on once its slot is back, which a container did not see",
        arguments: ["--save", "--discard"])
    func heldUp(_ option: String) throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        let lease = try repository.lease("a")
        let inside = try scratch.start(["sleep", "900"], in: lease)
        try repository.pool("done", option, "a").check(0)
        try scratch.write("\(lease)/later.txt", "precious\n")
        let records = repository.records
        try scratch.sh("mkdir other; mv repo.pool other/away", in: scratch.path).ok()
        // What stands there would tell where it is.
        inside.kill()
        for words in [["list"], ["gc"], ["done", "a"], ["done", "--save", "a"], ["gc"]] {
            _ = try scratch.run(["git", "pool"] + words, in: repository.path)
            #expect(repository.records == records, "\(words)")
        }
        try scratch.sh("mv other/away repo.pool", in: scratch.path).ok()
        #expect(try repository.git("status", "--porcelain", in: lease).line == "?? later.txt")
        try repository.settle(lease)
        let restored = try #require(repository.pool("restore", "a", "--pid", scratch.holderPid()).check(0).lines.last)
        #expect(try scratch.read("\(restored)/later.txt") == "precious\n")
    }

    @Test("C10 a release that waits for a folder that was deleted ends at '--discard'")
    func heldUpAndDeleted() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        let inside = try scratch.start(["sleep", "900"], in: repository.lease("a"))
        try repository.pool("done", "--save", "a").check(0)
        inside.kill()
        Scratch.remove(repository.root)
        try repository.pool("gc").check(0)
        #expect(repository.records.count == 1)
        try repository.pool("done", "--save", "a").check(8, says: "'git pool done --discard' ends it anyway")
        try repository.pool("done", "--discard", "a").check(0)
        try repository.pool("gc").check(0)
        #expect(repository.records.isEmpty)
    }

    @Test("G5 doctor makes no worktree of a folder that took the place of one that was moved")
    func replaced() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        let lease = try repository.lease("a")
        try scratch.write("\(lease)/new.txt", "precious\n")
        try scratch.sh("mv \"$1\" mine", lease, in: scratch.path).ok()
        try scratch.write("\(lease)/other.txt", "other\n")
        for _ in 0..<2 {
            let doctor = try repository.pool("doctor", "--fix").check(1)
            #expect("\(doctor)".contains(scratch.at("mine")), "\(doctor)")
            #expect(scratch.entries(lease) == ["other.txt"])
        }
        try repository.pool("done", "--discard", "a").check(7)
        try scratch.sh("mv \"$1\" other; mv mine \"$1\"", lease, in: scratch.path).ok()
        try repository.pool("doctor").check(0)
        #expect(try repository.git("status", "--porcelain", in: lease).line == "?? new.txt")
    }

    @Test("G5 doctor says what to do where a link to a worktree stands at a slot's place")
    func linked() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        let lease = try repository.lease("a")
        try scratch.write("\(lease)/new.txt", "precious\n")
        try scratch.sh("mv \"$1\" disk; ln -s ../disk \"$1\"", lease, in: scratch.path).ok()
        try repository.pool("done", "--discard", "a").check(7)
        let doctor = try repository.pool("doctor", "--fix").check(1)
        let remedy = "rm \(lease) && mv \(scratch.at("disk")) \(lease)"
        #expect(doctor.out.contains(remedy), "\(doctor)")
        try scratch.sh(remedy).ok()
        try repository.pool("doctor").check(0)
        #expect(try repository.git("status", "--porcelain", in: lease).line == "?? new.txt")
    }

    @Test("C10 a full pool makes no room of an orphan that was moved")
    func fullPool() throws {
        let scratch = try Scratch()
        try scratch.directory("ws")
        let before = try scratch.repository(named: "ws/repo")
        let holder = try scratch.holder()
        let lease = try before.lease("a", "--pid", String(holder.pid))
        try scratch.write("\(lease)/new.txt", "precious\n")
        holder.kill()
        try scratch.until("a is an orphan") {
            try before.pool("gc", env: ["GIT_POOL_FAKE_SECONDS": "300"]).ok()
            return try before.slot(named: "a")?["state"] as? String == "orphaned"
        }
        try scratch.sh("mv ws elsewhere", in: scratch.path).ok()
        let repository = Repository(scratch: scratch, path: scratch.at("elsewhere/repo"))
        try repository.git("config", "pool.max", "1")
        try repository.add("b").check(4)
        try repository.pool("doctor", "--fix").check(0)
        let place = scratch.at("elsewhere/repo.pool/repo-1")
        #expect(try repository.git("status", "--porcelain", in: place).line == "?? new.txt")
        #expect(try repository.state(at: place) == "orphaned")
    }

    @Test("C10 a workspace that is moved in the middle of a release takes the tree behind its fence along")
    func fenced() throws {
        let scratch = try Scratch()
        try scratch.directory("ws")
        let before = try scratch.repository(named: "ws/repo")
        let lease = try before.lease("a")
        try scratch.write("\(lease)/new.txt", "precious\n")
        try before.kill(at: .fenced, "done", "--save", "a")
        #expect(!Scratch.exists(lease))
        try scratch.sh("mv ws elsewhere", in: scratch.path).ok()
        let repository = Repository(scratch: scratch, path: scratch.at("elsewhere/repo"))
        let records = repository.records
        #expect(records == ["1.releasing"])
        try repository.pool("gc").check(0)
        #expect(repository.records == records)
        try repository.pool("doctor", "--fix").check(0)
        #expect(Scratch.exists(scratch.at("elsewhere/repo.pool/repo-1/a.txt")))
        try repository.pool("gc").check(0)
        #expect(try repository.holds("precious\n"))
        #expect(try repository.snapshot().saves.count == 1)
    }

    @Test("A7 add in a repository that was moved makes no orphans of the slots that wait")
    func idleInMoved() throws {
        let scratch = try Scratch()
        let before = try scratch.repository()
        let idle = try before.lease("a")
        try before.pool("done", "a").check(0)
        try before.settle(idle)
        try scratch.sh("mv repo moved", in: scratch.path).ok()
        let repository = Repository(scratch: scratch, path: scratch.at("moved"))
        _ = try repository.lease("b")
        #expect(try repository.state(at: idle) == "idle")
        try repository.pool("doctor", "--fix").check(0)
        #expect(try repository.lease("c") == idle)
    }

    @Test("C10 done and gc leave a tree alone that was moved by plain mv, and say how git learns of it")
    func movedByHand() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        let holder = try scratch.holder()
        let lease = try repository.lease("a", "--pid", String(holder.pid))
        try scratch.write("\(lease)/new.txt", "precious\n")
        let mine = scratch.at("mine's")
        try scratch.sh("mv \"$1\" \"$2\"", lease, mine).ok()
        for words in [["done", "a"], ["done", "--save", "a"], ["done", "--discard", "a"]] {
            let outcome = try scratch.run(["git", "pool"] + words, in: repository.path)
            outcome.check(8, says: "git worktree repair '\(scratch.path)/mine'\\''s' tells git so")
        }
        holder.kill()
        for seconds in ["0", "300", "900000"] {
            try repository.pool("gc", env: ["GIT_POOL_FAKE_SECONDS": seconds]).check(0)
        }
        #expect(try repository.git("worktree", "repair", mine).status == 0)
        #expect(try repository.git("status", "--porcelain", in: mine).line == "?? new.txt")
        #expect(try repository.git("symbolic-ref", "--short", "HEAD", in: mine).line == "a")
        // git has it as its user's now.
        try repository.pool("done", "a").check(0)
        try repository.pool("gc").check(0)
        #expect(try scratch.read("\(mine)/new.txt") == "precious\n")
        #expect(try repository.git("symbolic-ref", "--short", "HEAD", in: mine).line == "a")
    }

    @Test("C10 a tree that is found nowhere: doctor names both ways on, and done keeps what was staged and committed")
    func movedFarAway() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        let lease = try repository.lease("a")
        let commit = try repository.commit("work", ["w.txt": "w\n"], in: lease)
        try scratch.write("\(lease)/staged.txt", "precious-staged\n")
        try repository.git("add", "staged.txt", in: lease)
        try scratch.write("\(lease)/new.txt", "precious\n")
        try scratch.sh("mkdir -p far/away; mv \"$1\" far/away/mine", lease, in: scratch.path).ok()
        let doctor = try repository.pool("doctor").check(1)
        #expect(doctor.out.contains("if it was moved: git worktree repair <its new path>"), "\(doctor)")
        let outcome = try repository.pool("done", "a").check(0)
        #expect(outcome.err.contains("which had no worktree at '\(lease)'"), "\(outcome)")
        try repository.pool("gc").check(0)
        #expect(try repository.reaches(commit))
        #expect(try repository.holds("precious-staged\n"))
        #expect(try scratch.read("far/away/mine/new.txt") == "precious\n")
    }
}
