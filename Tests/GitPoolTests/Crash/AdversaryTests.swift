import Foundation
import GitPool
import Glibc
import Testing

/// Slots that somebody used or moved without asking the pool, full disks, and everyone at once.
@Suite struct AdversaryTests {
    enum Use: CaseIterable { case committed, edited, switched, committedOnBranch, staged }

    @Test("C10 an idle slot that somebody worked in: nothing of it is lost", arguments: Use.allCases)
    func idle(_ use: Use) throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.pool("done", "a").check(0)
        try repository.settle(lease)
        var commit: String?
        switch use {
        case .committed: commit = try repository.commit("found", ["x.txt": "precious\n"], in: lease)
        case .edited: try repository.scratch.write("\(lease)/a.txt", "precious\n")
        case .switched: try repository.git("switch", "-q", "-c", "mine", in: lease)
        case .committedOnBranch:
            try repository.git("switch", "-q", "-c", "mine", in: lease)
            commit = try repository.commit("found", ["x.txt": "precious\n"], in: lease)
        case .staged:
            try repository.scratch.write("\(lease)/x.txt", "precious\n")
            try repository.git("add", "x.txt", in: lease)
        }
        let second = try repository.commit("second", ["a.txt": "two\n"])
        for name in ["b", "c"] {
            let place = try repository.lease(name)
            #expect(try repository.tip("HEAD", in: place) == second)
            // What is staged or edited without moving HEAD is not looked for on the warm path; it is kept, not lost.
            if use != .staged { #expect(try repository.status(of: place).isEmpty) }
        }
        for _ in 0..<2 { try repository.pool("gc").check(0) }
        if let commit { #expect(try repository.reaches(commit)) }
        if use == .edited || use == .staged { #expect(try repository.holds("precious\n")) }
        if use == .switched { #expect(try repository.tip("mine") == repository.tip("HEAD~1")) }
        try repository.checkSound()
    }

    @Test("C4 detached leases whose names are prefixes of each other: both saves, both come back")
    func prefixes() throws {
        let repository = try Scratch().repository()
        for name in ["a", "a/b", "a/b/c"] {
            let lease = try repository.lease(name, "--detach")
            try repository.scratch.write("\(lease)/new.txt", "precious \(name)\n")
        }
        try repository.pool("done", "--save", "a", "a/b", "a/b/c").check(0)
        try repository.pool("gc").check(0)
        let pid = try repository.scratch.holderPid()
        for name in ["a", "a/b", "a/b/c"] {
            let place = try repository.pool("restore", "--pid", pid, name).ok().line
            #expect(try repository.scratch.read("\(place)/new.txt") == "precious \(name)\n")
        }
    }

    @Test("C10 git worktree move of a slot: the tree is its user's, the pool goes on", arguments: [true, false])
    func moved(whileLeased: Bool) throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        if !whileLeased {
            try repository.pool("done", "a").check(0)
            try repository.settle(lease)
        }
        let place = repository.scratch.at("moved")
        try repository.git("worktree", "move", "-f", "-f", lease, place)
        try repository.scratch.write("\(place)/new.txt", "precious\n")
        try repository.pool("gc").check(0)
        try repository.pool("done", "--discard", "a").check(0)
        for _ in 0..<2 { try repository.pool("gc").check(0) }
        #expect(try repository.scratch.read("\(place)/new.txt") == "precious\n")
        #expect(try repository.linkedWorktrees.contains(place))
        if whileLeased { #expect(try repository.tip("a") != nil) }
        #expect(try repository.lease("b") != place)
        try repository.fsck()
    }

    @Test("C3 a nested worktree in an ignored folder keeps the slot")
    func nestedWorktree() throws {
        let repository = try Scratch().repository(files: [".gitignore": "/trees/\n", "a.txt": "one\n"])
        let lease = try repository.lease("a")
        try repository.git("worktree", "add", "-q", "-b", "inner", "\(lease)/trees/inner")
        try repository.scratch.write("\(lease)/trees/inner/new.txt", "precious\n")
        for option in ["--save", "--discard", "--keep-branch"] {
            try repository.pool("done", option, "a").check(7, says: "inner")
        }
        try repository.pool("gc").check(0)
        #expect(try repository.scratch.read("\(lease)/trees/inner/new.txt") == "precious\n")
        try repository.git("status", in: "\(lease)/trees/inner")
    }

    @Test("A7 a release that is killed below a symlinked root loses nothing")
    func linkedRoot() throws {
        let repository = try Scratch().repository()
        let disk = try repository.scratch.directory("disk")
        symlink(disk, repository.scratch.at("link"))
        try repository.git("config", "pool.root", repository.scratch.at("link"))
        let lease = try repository.lease("a")
        try repository.scratch.write("\(lease)/new.txt", "precious\n")
        try repository.kill(at: .fenced, "done", "--save", "a")
        try repository.pool("gc").check(0)
        #expect(try repository.holds("precious\n"))
        #expect(try repository.state(at: lease) == "idle")
        #expect(try repository.lease("b") == lease)
    }

    @Test("H5 everyone at once on the same slots: no precious byte is lost, and all ends sound")
    func everyone() throws {
        let repository = try Scratch().repository()
        try repository.git("config", "pool.max", "6")
        let script = #"""
            for round in 1 2 3; do
                place=$(git pool add --pid "$2" --wait=60s "w$1-$round") || exit 9
                printf 'precious %s %s\n' "$1" "$round" >"$place/new-$1.txt"
                printf 'own\n' >"$place/mine.txt"; test ! -e "$place/seen" || exit 8; printf x >"$place/seen"
                test "$(git -C "$place" symbolic-ref --short HEAD)" = "w$1-$round" || exit 7
                case $round in 2) git -C "$place" add . && git -C "$place" commit -qm "w$1" || exit 6;; esac
                git pool gc 2>/dev/null || :
                git pool done --save "w$1-$round" || exit 5
            done
            """#
        let pid = try repository.scratch.holderPid()
        let workers = try (1...12).map { number in
            try repository.scratch.start(["sh", "-c", script, "sh", String(number), pid], in: repository.path)
        }
        for worker in workers { try worker.wait(170).check(0) }
        for _ in 0..<2 { try repository.pool("gc").check(0) }
        try repository.checkSound()
        #expect(try repository.leased.isEmpty)
        for number in 1...12 {
            for round in [1, 3] { #expect(try repository.holds("precious \(number) \(round)\n")) }
            #expect(try repository.git("show", "w\(number)-2:new-\(number).txt").out == "precious \(number) 2\n")
        }
    }

    @Test("H2 a full disk: nothing is lost, and a lease can end")
    func fullDisk() throws {
        let scratch = try Scratch()
        let disk = try scratch.directory("disk")
        let mounted = try scratch.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk], in: scratch.path)
        guard mounted.status == 0 else { return print("skipped: no tmpfs can be mounted here: \(mounted.err)") }
        defer { _ = try? scratch.run(["umount", "-l", disk], in: scratch.path) }
        let repository = try scratch.repository(named: "disk/repo")
        let dirty = try repository.lease("dirty")
        let clean = try repository.lease("clean")
        try scratch.write("\(dirty)/new.txt", "precious\n")
        try scratch.sh("cat /dev/zero >\"$1/fill\" 2>/dev/null || :", disk)
        let refused = try repository.add("more")
        #expect(refused.status != 0 && refused.out.isEmpty, "\(refused)")
        _ = try repository.pool("done", "--save", "dirty")
        _ = try repository.pool("done", "clean")
        _ = try repository.pool("gc")
        #expect(try repository.scratch.read("\(dirty)/new.txt") == "precious\n")
        Scratch.remove("\(disk)/fill")
        for _ in 0..<2 { try repository.pool("gc").check(0) }
        #expect(try repository.holds("precious\n"))
        #expect(try repository.state(at: clean) == "idle")
        try repository.checkSound()
        _ = try repository.lease("after")
    }
}
