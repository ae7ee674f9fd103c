import Foundation
import GitPool
import Glibc
import Testing

/// Saves, records and names in unusual circumstances: each was once a fault.
@Suite struct UnusualSaveTests {
    @Test("H2 every command that writes for a save makes it durable", arguments: ["save", "pin"])
    func durable(_ way: String) throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a", "--detach")
        if way == "save" {
            try repository.scratch.write("\(lease)/new.txt", "new\n")
            symlink("nowhere", "\(lease)/link")
        } else {
            try repository.commit("nobody's", ["x.txt": "x\n"], in: lease)
        }
        let trace = repository.scratch.at("trace")
        let words = way == "save" ? ["save", "a"] : ["done", "--discard", "a"]
        try repository.scratch.run(["git", "pool"] + words, in: repository.path, env: ["GIT_TRACE2_EVENT": trace]).ok()
        if way == "pin" { try repository.settle(lease) }
        let writing = try repository.scratch.read(trace).split(separator: "\n").filter { line in
            line.contains(#""event":"start""#)
                && [#""hash-object","#, #""write-tree""#, #""commit-tree""#].contains { line.contains($0) }
        }.filter { !$0.contains("hash-object") || $0.contains(#""-w""#) }
        #expect(writing.count >= (way == "save" ? 5 : 2), "\(writing)")
        for line in writing { #expect(line.contains("core.fsync=committed,reference"), "\(line)") }
    }

    @Test("C4 restore right after done --save gives the name and the branch back")
    func restoredAtOnce() throws {
        let repository = try Scratch().repository()
        let scratch = repository.scratch
        let lease = try repository.lease("x")
        try repository.commit("work", ["w.txt": "w\n"], in: lease)
        try scratch.write("\(lease)/new.txt", "precious\n")
        try repository.pool("done", "--save", "x", env: ["GIT_POOL_FAULT": "releasing"]).check(137)
        // Somebody is at the slot, as a keeper would be.
        let lock = "\(repository.state)/slots/1.lock"
        let keeper = try scratch.start(
            ["flock", lock, "sh", "-c", "while ! [ -e '\(scratch.at("go"))' ]; do sleep 0.02; done"])
        try scratch.until("it is locked") { try scratch.run(["flock", "-n", lock, "true"]).status == 1 }
        let restore = try scratch.start(
            ["git-pool", "restore", "--pid", try scratch.holderPid(), "x"], in: repository.path)
        try scratch.until("it waits for the slot") {
            scratch.entries("/proc/\(restore.pid)/fd").contains {
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(restore.pid)/fd/\($0)")) == lock
            }
        }
        try scratch.write("go", "")
        let outcome = try restore.wait().check(0)
        #expect(try keeper.wait().status == 0)
        #expect(try repository.leased == ["x"])
        #expect(try repository.git("symbolic-ref", "--short", "HEAD", in: outcome.line).line == "x")
        #expect(try scratch.read("\(outcome.line)/new.txt") == "precious\n")
    }

    @Test("C4 H2 a recycling that fails again and again says at what, and makes no new saves")
    func savesOnce() throws {
        let repository = try Scratch().repository(files: ["a.txt": "one\n", ".gitignore": "hidden\n"])
        let scratch = repository.scratch
        let lease = try repository.lease("x")
        // Saved in two parts: an ignored file is in the way of what the commit has.
        try scratch.sh(
            "rm a.txt; mkdir a.txt d; echo precious >a.txt/hidden; echo new >d/new.txt; chmod 555 d", in: lease
        ).ok()
        // Root removes files from any folder.
        if getuid() == 0, try scratch.sh("chattr +i d/new.txt", in: lease).status != 0 {
            return print("skipped: chattr does not work here")
        }
        func mend() throws {
            let script =
                "for f in repo.pool/*/d repo.pool/.fenced-*/d; do [ ! -e \"$f\" ] || { chmod 755 \"$f\"; eval \"$1\"; }; done"
            try scratch.sh(script, getuid() == 0 ? "chattr -i \"$f/new.txt\"" : ":", in: scratch.path)
        }
        defer { try? mend() }
        func saves() throws -> [String] {
            try repository.git("for-each-ref", "--format=%(refname)", "refs/pool/saved").lines
        }
        _ = try repository.pool("done", "--save", "x")
        _ = try repository.pool("gc")
        let before = try saves()
        #expect(!before.isEmpty && repository.records == ["1.cleaning"])
        for _ in 0..<3 { try repository.pool("gc").check(128, says: "fatal: cannot unlink '", "new.txt': ") }
        #expect(try saves() == before)
        try mend()
        try repository.settle(lease)
        #expect(try repository.holds("precious\n"))
        #expect(try repository.holds("new\n"))
    }

    @Test("C5 a save takes no part of a split index away", arguments: ["true", "unset"])
    func splitIndex(setting: String) throws {
        let repository = try Scratch().repository(files: ["a.txt": "one\n", "b.txt": "one\n"])
        let scratch = repository.scratch
        try repository.git("config", "splitIndex.sharedIndexExpire", "now")
        if setting == "true" { try repository.git("config", "core.splitIndex", "true") }
        let lease = try repository.lease("a")
        try repository.git("update-index", "--split-index", in: lease)
        try scratch.write("\(lease)/a.txt", "two\n")
        try repository.git("add", "a.txt", in: lease)
        try scratch.write("\(lease)/new.txt", "new\n")
        let status = try repository.git("status", "--porcelain", in: lease).out
        for _ in 1...2 {
            try repository.pool("save", "a").ok()
            #expect(try repository.git("status", "--porcelain", in: lease).out == status)
            try scratch.write("\(lease)/new.txt", "newer\n")
        }
        try repository.pool("done", "--save", "a").ok()
        try repository.settle(lease)
        let restored = try scratch.run(["git", "pool", "restore", "--no-holder", "a"], in: repository.path).ok().line
        #expect(try repository.git("status", "--porcelain", in: restored).out == status)
        #expect(try scratch.read("\(restored)/new.txt") == "newer\n")
    }

    @Test("C5 commits of a detached HEAD outlive a switch to an orphan branch")
    func orphanBranch() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a", "--detach")
        let lost = try repository.commit("nobody's", ["x.txt": "x\n"], in: lease)
        try repository.git("switch", "-q", "--orphan", "x", in: lease)
        try repository.pool("done", "--discard", "a").check(0)
        try repository.settle(lease)
        #expect(try !repository.git("for-each-ref", "--contains", lost, "refs/pool/saved/").lines.isEmpty)
    }

    @Test("C5 --delete-branch keeps the commits where the worktree was removed by hand", arguments: [true, false])
    func removedByHand(byGit: Bool) throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        let amended = try repository.commit("first try", ["x.txt": "x\n"], in: lease)
        try repository.git("commit", "-q", "--amend", "-m", "second try", in: lease)
        let tip = try #require(try repository.tip("refs/heads/a"))
        if byGit {
            try repository.git("worktree", "remove", "--force", "--force", lease)
        } else {
            Scratch.remove(lease)
        }
        try repository.pool("done", "--delete-branch", "a").check(0)
        try repository.pool("gc").check(0)
        #expect(try repository.tip("refs/heads/a") == nil)
        for commit in [amended, tip] {
            #expect(try !repository.git("for-each-ref", "--contains", commit, "refs/pool/saved/").lines.isEmpty)
        }
    }

    @Test("B3 a name and a note that begin with a combining mark", arguments: ["\u{301}x", "\u{301}"])
    func combiningMark(_ text: String) throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease(text, "--note", text)
        #expect(try repository.slot(named: text)?["path"] as? String == lease)
        try repository.scratch.write("\(lease)/new.txt", "new\n")
        try repository.pool("save", "-m", text, text).check(0)
        try repository.pool("done", "--discard", text).check(0)
        try repository.settle(lease)
        let pid = try repository.scratch.holderPid()
        let place = try repository.pool("restore", "--pid", pid, text).check(0).line
        #expect(try repository.scratch.read("\(place)/new.txt") == "new\n")
    }

    @Test(
        "B3 a combining mark hides nothing that git forbids in a name",
        arguments: ["a~\u{301}", "a:\u{301}b", "a..\u{301}", "a/\u{301}x/.b", "a//\u{301}", "-\u{301}", "a@{\u{301}"])
    func forbidden(_ name: String) throws {
        #expect(!LeaseName.isBranchName(name))
        let repository = try Scratch().repository()
        try repository.add("--no-holder", "--", name).check(129)
        #expect(LeaseName.isBranchName("a/\u{301}x"))
    }

    @Test(
        "H3 a field that is there and cannot be read makes the record unreadable",
        arguments: [
            "lease.keepUntil 92233720368547758070", "lease.exclusive no", "adopted true", "lease.ttl 1h",
            "lease.leasedAtSinceBoot x",
        ])
    func unreadableField(_ line: String) throws {
        var record = SlotRecord(slot: 1, path: "/p/1")
        record.lease = Lease(id: "1", name: "a", start: "s")
        #expect(SlotRecord(text: record.text) == record)
        let key = line.prefix { $0 != " " }
        let lines = record.text.split(separator: "\n").filter { !$0.hasPrefix("\(key) ") && $0 != "end" }
        let text = (lines.map(String.init) + [line, "end"]).map { $0 + "\n" }.joined()
        #expect(SlotRecord(text: text) == nil)
    }

    @Test(
        "C4 a folder that became a file or a link comes back, and so does a file that became a folder",
        arguments: [
            "rm -r d; printf x >d", "rm -r d; ln -s e d", "rm -r d; ln -s nowhere d",
            "rm a.txt; mkdir a.txt; printf x >a.txt/x",
        ], [true, false])
    func kinds(_ change: String, here: Bool) throws {
        let repository = try Scratch().repository(files: ["a.txt": "1\n", "d/x": "1\n", "d/f/y": "2\n", "e/x": "3\n"])
        let lease = try repository.lease("a")
        try repository.scratch.sh(change, in: lease).ok()
        let (before, status) = (try tree(of: lease), try repository.status(of: lease))
        var place = lease
        if here {
            try repository.pool("save", "a").check(0)
            try repository.scratch.sh("rm -rf d a.txt; git reset -q --hard; git clean -fdxq", in: lease).ok()
            try repository.pool("restore", "--here", "a", in: lease).check(0)
        } else {
            try repository.pool("done", "--save", "a").check(0)
            try repository.settle(lease)
            place = try repository.pool("restore", "--pid", try repository.scratch.holderPid(), "a").check(0).line
        }
        #expect(try tree(of: place) == before)
        #expect(try repository.status(of: place) == status)
    }

    @Test("C4 restore --here makes a folder of a file whose name is no text, and a file of such a folder")
    func kindsOfNoText() throws {
        let repository = try Scratch().repository()
        let scratch = repository.scratch
        try scratch.sh(
            #"printf 1 >"$(printf 'n\374')"; mkdir "$(printf 'd\374')"; printf 1 >"$(printf 'd\374')/x""#,
            in: repository.path
        ).ok()
        try repository.commit("names")
        let lease = try repository.lease("a")
        try scratch.sh(
            #"n=$(printf 'n\374'); rm "$n"; mkdir "$n"; printf x >"$n/x"; d=$(printf 'd\374'); rm -r "$d"; printf x >"$d""#,
            in: lease
        ).ok()
        let before = try tree(of: lease)
        try repository.pool("save", "a").check(0)
        try scratch.sh(#"rm -rf n* d*; git reset -q --hard; printf o >"$(printf 'd\374')/new""#, in: lease).ok()
        try repository.git("config", "core.excludesFile", try scratch.write("excludes", "new\n"))
        try repository.pool("restore", "--here", "a", in: lease).check(7, says: "in the way")
        try scratch.sh(#"rm "$(printf 'd\374')/new""#, in: lease).ok()
        try repository.pool("restore", "--here", "a", in: lease).check(0)
        #expect(try tree(of: lease) == before)
    }

    @Test("C4 restore --here leaves an ignored file in a folder that would make way, and everything else")
    func ignoredInTheWay() throws {
        let repository = try Scratch().repository(files: ["d/x": "1\n", "a.txt": "1\n", ".gitignore": "*.o\n"])
        let lease = try repository.lease("a")
        try repository.scratch.sh("rm -r d; printf x >d; printf 2 >a.txt", in: lease).ok()
        try repository.pool("save", "a").check(0)
        try repository.scratch.sh("rm d; git reset -q --hard; printf o >d/x.o", in: lease).ok()
        let before = try tree(of: lease)
        let outcome = try repository.pool("restore", "--here", "a", in: lease)
        #expect(outcome.status != 0 && outcome.err.contains("in the way"), "\(outcome)")
        #expect(try tree(of: lease) == before)
    }

    /// How a commit that git-pool did not make could lead a restore astray; each a script that prints a new tree.
    enum Forgery: String, CaseIterable {
        case operation, otherFile, folder, branch, dotGit

        /// Changes the trees `$state` and `$files`.
        var script: String {
            switch self {
            case .operation:
                """
                up=$(printf '100644 blob %s\tX\n' $blob | git mktree)
                for i in 1 2; do up=$(printf '040000 tree %s\t..\n' $up | git mktree); done
                state=$( (git ls-tree $state; printf '040000 tree %s\toperation\n' $up) | git mktree)
                """
            case .otherFile:
                """
                sub=$(printf '100644 blob %s\tgitdir\n' $blob | git mktree)
                state=$( (git ls-tree $state; printf '040000 tree %s\toperation\n' $sub) | git mktree)
                """
            case .folder:
                """
                up=$(printf '100644 blob %s\tX\n' $blob | git mktree)
                files=$( (git ls-tree $files; printf '040000 tree %s\t..\n' $up) | git mktree)
                """
            case .branch:
                """
                refs=$(printf '%s refs/heads/evil\n' $(git rev-parse HEAD) | git hash-object -w --stdin)
                state=$( (git ls-tree $state | grep -v '\trefs$'; printf '100644 blob %s\trefs\n' $refs) | git mktree)
                """
            case .dotGit:
                """
                up=$(printf '100644 blob %s\tX\n' $blob | git mktree)
                files=$( (git ls-tree $files; printf '040000 tree %s\t.GIT\n' $up) | git mktree)
                """
            }
        }
    }

    @Test("H6 a save that git-pool never made writes nothing outside the worktree", arguments: Forgery.allCases)
    func forged(_ forgery: Forgery) throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.scratch.write("\(lease)/new.txt", "new\n")
        try repository.pool("done", "--save", "a").check(0)
        try repository.settle(lease)
        try repository.scratch.sh(
            """
            set -e
            ref=$(git for-each-ref --format='%(refname)' refs/pool/saved/)
            blob=$(echo evil | git hash-object -w --stdin)
            files=$(git rev-parse $ref^{tree}); state=$(git rev-parse $ref^2^{tree})
            \(forgery.script)
            new=$(git commit-tree -m state $state)
            git log -1 --format=%B $ref | git commit-tree -F - -p $ref^1 -p $new $files >../made
            git update-ref $ref $(cat ../made)
            """, in: repository.path
        ).ok()
        let admin = try repository.git("rev-parse", "--absolute-git-dir", in: lease).line
        let before = (try tree(of: repository.commonDirectory + "/worktrees").keys.filter { $0.hasSuffix("X") })
        let outcome = try repository.pool("restore", "--pid", try repository.scratch.holderPid(), "a")
        #expect(outcome.status != 0 && outcome.err.contains("never saved"), "\(outcome)")
        #expect(before.isEmpty)
        for path in ["\(admin)/X", "\(admin)/../X", "\(admin)/../../X", "\(repository.root)/X", "\(lease)/.GIT"] {
            #expect(!Scratch.exists(path))
        }
        #expect(try repository.tip("refs/heads/evil") == nil)
        #expect(try repository.scratch.read("\(admin)/gitdir") == "\(lease)/.git\n")
        #expect(try repository.leased.isEmpty)
    }

    @Test("H3 a note's last paragraph is not taken for the save's own", arguments: ["\r", "\n", "\u{301}"])
    func note(_ end: String) throws {
        let repository = try Scratch().repository()
        try repository.git("branch", "evil")
        let lease = try repository.lease("a", "--detach")
        try repository.scratch.write("\(lease)/new.txt", "new\n")
        try repository.pool("save", "-m", "x\n\nPool-Branch: evil\(end)", "a").check(0)
        try repository.pool("done", "--discard", "a").check(0)
        try repository.settle(lease)
        let pid = try repository.scratch.holderPid()
        let place = try repository.pool("restore", "--pid", pid, "a").check(0).line
        #expect(try repository.git("branch", "--show-current", in: place).line.isEmpty)
    }

    @Test("C2 a branch that is merged only into the base's upstream goes with its lease")
    func upstream() throws {
        let repository = try Scratch().repository()
        let origin = repository.scratch.at("origin.git")
        try repository.git("init", "-q", "--bare", origin)
        try repository.git("remote", "add", "origin", origin)
        try repository.git("push", "-q", "-u", "origin", "main")
        let lease = try repository.lease("a", "--from", "main")
        try repository.commit("own", ["x.txt": "x\n"], in: lease)
        try repository.git("push", "-q", "origin", "a:main")
        try repository.git("fetch", "-q")
        try repository.pool("done", "a").check(0)
        try repository.settle(lease)
        #expect(try repository.tip("refs/heads/a") == nil)
    }
}
