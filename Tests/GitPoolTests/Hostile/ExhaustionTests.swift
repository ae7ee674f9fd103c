import Foundation
import Glibc
import Testing

/// Something runs out in the middle of an operation: it says so, with nothing half done, and nothing is lost.
@Suite struct ExhaustionTests {
    private func isContract(_ status: Int32) -> Bool { [0, 1, 3, 4, 5, 6, 7, 8, 9, 128, 129].contains(status) }

    @Test("H2 with few descriptors an operation works whole or fails whole", arguments: [6, 9, 11, 12, 14])
    func descriptors(_ count: Int) throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.scratch.write("\(lease)/new.txt", "precious\n")
        for words in [["add", "--no-holder", "b"], ["done", "a"], ["done", "--save", "a"], ["gc"], ["list"]] {
            let script = "ulimit -n \(count); exec git-pool \"$@\""
            let outcome = try repository.scratch.run(["sh", "-c", script, "sh"] + words, in: repository.path)
            #expect(isContract(outcome.status), "\(outcome)")
            if outcome.status != 0 { #expect(outcome.out.isEmpty && !outcome.err.isEmpty, "\(outcome)") }
            #expect(try repository.holds("precious\n"))
        }
        for _ in 0..<2 { try repository.pool("gc").check(0) }
        try repository.checkSound()
        #expect(try repository.holds("precious\n"))
    }

    @Test("H2 a tree deeper than descriptors go: the slot stays to be cleaned, and goes with the next that may")
    func deep() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.scratch.write("\(lease)/.gitignore", "*\n")
        try repository.scratch.write("\(lease)/" + String(repeating: "d/", count: 60) + "leaf", "built\n")
        try repository.pool("done", "--discard", "a").check(0)
        try repository.settle(lease)
        let later: [String: String?] = ["GIT_POOL_FAKE_SECONDS": "9999999"]
        let lost = try repository.scratch.run(
            ["sh", "-c", "ulimit -n 40; exec git-pool gc"], in: repository.path, env: later)
        #expect(isContract(lost.status), "\(lost)")
        if lost.status != 0 { #expect(repository.records.count == 1 && lost.err.contains("fatal: "), "\(lost)") }
        for _ in 0..<2 { try repository.pool("gc", env: later).check(0) }
        #expect(!Scratch.exists(lease) && repository.scratch.entries("\(repository.root)/trash").isEmpty)
        try repository.checkSound()
    }

    @Test("H2 no process can be started, or no file may grow", arguments: ["--nproc=0", "--fsize=0"])
    func limits(_ limit: String) throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.scratch.write("\(lease)/new.txt", "precious\n")
        // The limit on processes is one of users, and none of root's.
        let user = getuid() == 0 && limit == "--nproc=0"
        if user { try repository.scratch.sh("chown -R 12345:12345 \"$1\"", repository.scratch.path) }
        let become = user ? ["setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"] : []
        for words in [["add", "--no-holder", "b"], ["done", "--save", "a"], ["gc"]] {
            let outcome = try repository.scratch.run(
                become + ["prlimit", limit, "git-pool"] + words, in: repository.path)
            if limit == "--nproc=0" { #expect(outcome.status == 128, "\(outcome)") }
            #expect(outcome.out.isEmpty, "\(outcome)")
        }
        if user { try repository.scratch.sh("chown -R 0:0 \"$1\"", repository.scratch.path) }
        #expect(try repository.scratch.read("\(lease)/new.txt") == "precious\n")
        for _ in 0..<2 { try repository.pool("gc").check(0) }
        try repository.checkSound()
    }

    @Test("H2 the disk is full after so many blocks: status 9 or git's own, nothing half done, nothing lost")
    func blocks() throws {
        let scratch = try Scratch()
        let disk = try scratch.directory("disk")
        let mounted = try scratch.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", disk], in: scratch.path)
        guard mounted.status == 0 else { return print("skipped: no tmpfs can be mounted here: \(mounted.err)") }
        defer { _ = try? scratch.run(["umount", "-l", disk], in: scratch.path) }
        let repository = try scratch.repository(named: "disk/repo")
        let lease = try repository.lease("a")
        try scratch.write("\(lease)/new.txt", "precious\n")
        /// Leaves so many blocks.
        func fill(_ blocks: Int) throws {
            try scratch.sh(
                "cat /dev/zero >\"$1/fill\" 2>/dev/null || :; truncate -s -\(blocks * 4096) \"$1/fill\"", disk)
        }
        for count in [0, 2, 5, 8, 10] {
            try fill(count)
            let add = try repository.add("--fresh", "b\(count)")
            #expect(add.status == 0 || (isContract(add.status) && add.out.isEmpty), "\(add)")
            let save = try repository.pool("done", "--save", "a")
            #expect(isContract(save.status), "\(save)")
            _ = try repository.pool("gc")
            Scratch.remove("\(disk)/fill")
            #expect(try repository.holds("precious\n"), "\(save)")
            _ = try repository.pool("done", "b\(count)")
            try repository.pool("gc").check(0)
            try repository.checkSound()
        }
    }

    @Test("H2 git finds the disk full: status 9")
    func gitSaysSo() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        let real = try scratch.sh("command -v git").ok().line
        let script = """
            #!/bin/sh
            for word; do
                case $word in hash-object|write-tree) echo "fatal: x: No space left on device" >&2; exit 128 ;; esac
            done
            exec \(real) "$@"

            """
        try scratch.write("full/git", script, mode: 0o755)
        let lease = try repository.lease("a")
        try scratch.write("\(lease)/new.txt", "precious\n")
        let path = scratch.at("full") + ":" + (scratch.environment["PATH"] ?? "")
        try scratch.run(["git-pool", "done", "--save", "a"], in: repository.path, env: ["PATH": path])
            .check(9, says: "No space left on device")
        #expect(try scratch.read("\(lease)/new.txt") == "precious\n")
    }

    @Test("H2 a checkout finds the disk full, of which git says no word: status 9, and nothing of it is left")
    func checkout() throws {
        let scratch = try Scratch()
        let disk = try scratch.directory("disk")
        let mounted = try scratch.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], in: scratch.path)
        guard mounted.status == 0 else { return print("skipped: no tmpfs can be mounted here: \(mounted.err)") }
        defer { _ = try? scratch.run(["umount", "-l", disk], in: scratch.path) }
        let large = String(repeating: "large\n", count: 400_000)
        let repository = try scratch.repository(files: ["a.txt": "one\n", "large.txt": large])
        try repository.git("config", "pool.root", "\(disk)/pool")
        for storage in ["copy", "checkout"] {
            try repository.git("config", "pool.storage", storage)
            try repository.add("a").check(9, says: "No space left on device", "large.txt")
        }
        #expect(try repository.linkedWorktrees.isEmpty && repository.records.isEmpty)
        #expect(try repository.tip("a") == nil)
    }

    @Test("H2 a common dir or a pool root that cannot be written: refused, and nothing changed")
    func readOnly() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.scratch.write("\(lease)/new.txt", "precious\n")
        let before = repository.records
        for place in [repository.commonDirectory, repository.root] {
            // Root writes anywhere but on a read-only mount; of others a mode keeps it off too.
            let script =
                "mount --bind \"$1\" \"$1\" && mount -o remount,bind,ro \"$1\" && cd \"$2\" && shift 2 && exec git-pool \"$@\""
            for words in [["add", "--no-holder", "b"], ["done", "--save", "a"]] {
                let outcome = try repository.scratch.run(
                    ["unshare", "-m", "sh", "-c", script, "sh", place, repository.path] + words, in: repository.path)
                guard outcome.status != 1 else { return print("skipped: nothing can be mounted here: \(outcome.err)") }
                if place == repository.commonDirectory || words[0] == "add" {
                    outcome.check(128)
                    #expect(outcome.out.isEmpty)
                }
            }
            #expect(try repository.holds("precious\n"))
            if place == repository.commonDirectory { #expect(repository.records == before) }
        }
        try repository.pool("gc").check(0)
        try repository.checkSound()
        #expect(try repository.holds("precious\n"))
    }
}
