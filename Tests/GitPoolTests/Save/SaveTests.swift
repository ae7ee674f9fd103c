import Foundation
import Testing

@Suite struct SaveTests {
    /// All that must come back.
    private struct Work: Equatable {
        let files: [String: TreeEntry]
        let status: Data
        let index: Data
        let head: String?

        init(_ repository: Repository, _ worktree: String) throws {
            files = try tree(of: worktree)
            status = try repository.status(of: worktree)
            index = try repository.git("ls-files", "-s", "-z", in: worktree).bytes
            head = try repository.tip("HEAD", in: worktree)
        }
    }

    enum Wreck: CaseIterable {
        case everything, mergeConflict, lineEndings, filter, detachedCommit, rootOnly

        func prepare(_ repository: Repository) throws {
            switch self {
            case .lineEndings: try repository.git("config", "core.autocrlf", "true")
            case .filter:
                try repository.git("config", "filter.upper.clean", "tr a-z A-Z")
                try repository.git("config", "filter.upper.smudge", "tr A-Z a-z")
                try repository.commit("attributes", [".gitattributes": "*.up filter=upper\n", "f.up": "text\n"])
            default: break
            }
        }

        func plant(_ repository: Repository, _ lease: String) throws {
            let scratch = repository.scratch
            switch self {
            case .everything:
                try scratch.sh(
                    #"""
                    printf 'staged\n' >a.txt; git add a.txt; printf 'and changed again\n' >a.txt
                    rm gone.txt; git rm -q gone-staged.txt; git mv d/moved.txt d/renamed.txt
                    chmod +x mode.txt; ln -sf elsewhere link; ln -s nowhere new-link
                    printf 'binary\0\377\r\n' >d/new.bin; printf x >'-leading'; printf y >"$(printf 'new\nline')"
                    printf z >"$(printf 'l\344tin')"; printf 't' >"$(printf 'tab\there')"; mkdir 'sp ace'; : >'sp ace/empty'
                    printf '#!/bin/sh\n' >run; chmod 755 run; printf 'later\n' >intent.txt; git add -N intent.txt
                    rm d/kind; mkdir d/kind; printf 'was a file\n' >d/kind/x
                    """#, in: lease
                ).ok()
            case .mergeConflict:
                try repository.commit("theirs", ["a.txt": "theirs\n", "d/moved.txt": "theirs\n"])
                try repository.commit("ours", ["a.txt": "ours\n"], in: lease)
                #expect(try scratch.run(["git", "merge", "main"], in: lease).status == 1)
                try scratch.write("\(lease)/new.txt", "new\n")
            case .lineEndings:
                try scratch.write("\(lease)/a.txt", "one\r\ntwo\nthree\r\n")
                try scratch.write("\(lease)/new.txt", "x\r\ny\n")
            case .filter:
                try scratch.write("\(lease)/f.up", "MiXed as it is\n")
                try scratch.write("\(lease)/new.up", "AlSo\n")
            case .detachedCommit:
                try repository.git("switch", "-q", "--detach", in: lease)
                try repository.commit("nobody's", ["x.txt": "x\n"], in: lease)
                try scratch.write("\(lease)/x.txt", "changed\n")
            case .rootOnly: try scratch.sh("git rm -q -r .; printf 'alone\n' >alone", in: lease).ok()
            }
        }
    }

    private static let files = [
        "a.txt": "one\n", "gone.txt": "gone\n", "gone-staged.txt": "staged\n", "d/moved.txt": "moved\nby\nname\n",
        "mode.txt": "mode\n", "d/kind": "a file\n",
    ]

    private func fixture(_ wreck: Wreck) throws -> (Repository, lease: String) {
        let repository = try Scratch().repository(files: SaveTests.files)
        try repository.scratch.sh("ln -s target link; git add link; git commit -qm link", in: repository.path).ok()
        try wreck.prepare(repository)
        let lease = try repository.lease("a")
        try wreck.plant(repository, lease)
        return (repository, lease)
    }

    @Test("C4 done --save keeps all of it; restore brings back the same status and bytes", arguments: Wreck.allCases)
    func roundTrip(_ wreck: Wreck) throws {
        let (repository, lease) = try fixture(wreck)
        let work = try Work(repository, lease)
        let before = try repository.snapshot()
        try repository.pool("done", "--save", "a").check(0)
        try repository.settle(lease)
        #expect(try repository.status(of: lease).isEmpty)
        let after = try repository.snapshot()
        #expect(after.saves.count == 1)
        #expect(after.stash == before.stash)
        #expect(try repository.pool("list", "--saved").check(0).out.contains("a"))
        try repository.git("-c", "gc.reflogExpireUnreachable=now", "gc", "-q", "--prune=now")
        let pid = try repository.scratch.holderPid()
        let restored = try repository.pool("restore", "--pid", pid, "a").check(0).line
        #expect(try Work(repository, restored) == work)
        #expect(try repository.leased.count == 1)
        try repository.fsck()
    }

    @Test("C4 save touches no branch, index, file or stash; restore --here mends a wreck", arguments: Wreck.allCases)
    func saveInPlace(_ wreck: Wreck) throws {
        let (repository, lease) = try fixture(wreck)
        let work = try Work(repository, lease)
        let before = try repository.snapshot()
        try repository.pool("save", "-m", "before lunch", "a").check(0)
        let after = try repository.snapshot()
        #expect(after.refs == before.refs && after.reflogs == before.reflogs && after.stash == before.stash)
        #expect(after.config == before.config && after.worktrees == before.worktrees)
        #expect(after.saves.count == 1)
        #expect(try Work(repository, lease) == work)
        try repository.scratch.sh(
            "git merge --abort 2>/dev/null || :; git reset -q --hard; git clean -fdxq", in: lease
        ).ok()
        try repository.pool("restore", "--here", "a", in: lease).check(0)
        #expect(try Work(repository, lease) == work)
    }

    @Test("C4 a save under another save's name, listed, dropped one by one")
    func names() throws {
        let repository = try Scratch().repository()
        for name in ["a", "a/b"] {
            let lease = try repository.lease(name)
            try repository.scratch.write("\(lease)/new.txt", name)
            try repository.pool("done", "--save", name).check(0)
            try repository.settle(lease)
            #expect(try repository.tip("refs/heads/\(name)") == nil)
        }
        #expect(try repository.snapshot().saves.count == 2)
        try repository.pool("restore", "--drop", "a/b").check(0)
        #expect(try repository.snapshot().saves.count == 1)
        let listing = try repository.pool("list", "--saved").check(0).out
        #expect(listing.contains("a") && !listing.contains("a/b"))
        try repository.pool("restore", "--drop", "a").check(0)
        #expect(try repository.snapshot().saves.isEmpty)
        let missing = try repository.pool("restore", "a")
        #expect(missing.status != 0 && missing.err.contains("'a'"), "\(missing)")
    }

    @Test("C4 what a save cannot hold is refused and left")
    func unsaveable() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.git("init", "-q", "inner", in: lease)
        try repository.commit("inner", ["x.txt": "x\n"], in: "\(lease)/inner")
        let before = try tree(of: lease)
        try repository.pool("done", "--save", "a").check(7, says: "inner")
        try repository.pool("gc").check(0)
        #expect(try tree(of: lease) == before)
        #expect(try repository.leased == ["a"])
    }

    @Test("C5 --discard drops the files and keeps every commit")
    func discard() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        let named = try repository.commit("on the branch", ["x.txt": "x\n"], in: lease)
        try repository.git("switch", "-q", "--detach", in: lease)
        let lost = try repository.commit("on no branch", ["y.txt": "y\n"], in: lease)
        try repository.scratch.write("\(lease)/a.txt", "changed\n")
        try repository.pool("done", "--discard", "a").check(0)
        try repository.settle(lease)
        #expect(try repository.status(of: lease).isEmpty)
        for commit in [named, lost] {
            #expect(!(try repository.git("for-each-ref", "--contains", commit).lines.isEmpty))
        }
        let saved = try repository.git("for-each-ref", "--contains", lost, "--format=%(refname)").lines
        #expect(saved.allSatisfy { $0.hasPrefix("refs/pool/saved/") } && saved.count == 1, "\(saved)")
    }

    @Test("C5 work that comes back is still meant for the branch it came from, and can be landed there")
    func base() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.scratch.write("\(lease)/new.txt", "new\n")
        try repository.pool("done", "--save", "a").check(0)
        let pid = try repository.scratch.holderPid()
        let place = try repository.pool("restore", "--pid", pid, "a").ok().line
        try repository.commit("work", in: place)
        try repository.pool("land", "a").check(0)
        #expect(try repository.git("show", "main:new.txt").out == "new\n")
        // A branch that is gone meanwhile is none to land in.
        try repository.git("branch", "other")
        let second = try repository.lease("b", "--from", "other")
        try repository.scratch.write("\(second)/new.txt", "newer\n")
        try repository.pool("done", "--save", "b").check(0)
        try repository.git("branch", "-q", "-D", "other")
        try repository.pool("restore", "--pid", pid, "b").check(0)
        let base = try repository.slot(named: "b")?["base"] as? [String: Any]
        #expect(base?["branch"] is NSNull && base?["commit"] is String)
    }

    @Test("C5 what is saved again is kept as long as if it were new")
    func again() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.scratch.write("\(lease)/new.txt", "new\n")
        for (day, count) in [(0, 1), (0, 1), (29, 2), (29, 2)] {
            try repository.pool("save", "a", env: ["GIT_POOL_FAKE_SECONDS": String(day * 86400)]).check(0)
            #expect(try repository.snapshot().saves.count == count, "day \(day)")
        }
    }

    @Test("C5 commits that an old save keeps are kept anew when the lease that came of it ends")
    func pinnedAgain() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a", "--detach")
        let tip = try repository.commit("mine", ["m.txt": "m\n"], in: lease)
        try repository.scratch.write("\(lease)/new.txt", "new\n")
        try repository.pool("done", "--save", "a").check(0)
        try repository.settle(lease)
        let late: [String: String?] = ["GIT_POOL_FAKE_SECONDS": String(29 * 86400)]
        let restored = try repository.pool("restore", "--no-holder", "a", env: late).ok().line
        Scratch.remove("\(restored)/new.txt")
        try repository.pool("done", "a", env: late).check(0)
        try repository.pool("gc", env: late).check(0)
        #expect(try repository.snapshot().saves.count == 2)
        try repository.pool("restore", "--drop", "a@2").check(0)
        #expect(try repository.git("for-each-ref", "--contains", tip, "refs/pool/saved").lines.count == 1)
    }

    @Test("C4 the newest save is the newest of a second, too, and so they are counted")
    func oneSecond() throws {
        let repository = try Scratch().repository()
        for text in ["1\n", "2\n", "3\n", "4\n"] {
            let lease = try repository.lease("a")
            try repository.scratch.write("\(lease)/new.txt", text)
            try repository.pool("done", "--save", "a").check(0)
            try repository.settle(lease)
        }
        // Whichever second they were made in.
        try repository.scratch.sh(
            """
            now=$(date +%s)
            git for-each-ref --format='%(refname)' refs/pool/saved | while read -r ref; do
                git cat-file commit "$ref" | sed "s/^\\(committer .*> \\)[0-9]*/\\1$now/" >commit
                git update-ref "$ref" "$(git hash-object -t commit -w commit)"
            done
            """, in: repository.path
        ).check(0)
        for (name, text) in [("a", "4\n"), ("a@2", "3\n"), ("a@3", "2\n"), ("a@4", "1\n")] {
            let restored = try repository.pool("restore", "--no-holder", name).ok().line
            #expect(try repository.scratch.read("\(restored)/new.txt") == text)
        }
    }

    @Test("C4 a name that could be a count of another's saves restores and drops neither, and both can be named")
    func ambiguousName() throws {
        let repository = try Scratch().repository()
        let scratch = repository.scratch
        for (name, text) in [("a", "old\n"), ("a", "new\n"), ("a@2", "own\n")] {
            let lease = try repository.lease(name)
            try scratch.write("\(lease)/new.txt", text)
            try repository.pool("done", "--save", name).check(0)
            try repository.settle(lease)
        }
        let saves = try repository.snapshot().saves
        try repository.pool("restore", "--drop", "a@2").check(1, says: "'a@2'", "'a@2@1'", "refs/pool/saved/")
        #expect(try repository.snapshot().saves == saves && saves.count == 3)
        let own = try repository.pool("restore", "--no-holder", "a@2@1").ok().line
        #expect(try scratch.read("\(own)/new.txt") == "own\n")
        try repository.pool("restore", "--drop", "a@2@1").check(0)
        let old = try repository.pool("restore", "--no-holder", "a@2").ok().line
        #expect(try scratch.read("\(old)/new.txt") == "old\n")
    }

    @Test("C5 a save expires by its own age and not by the clock of the environment, nor sooner than asked")
    func expiry() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.scratch.write("\(lease)/new.txt", "new\n")
        let old: [String: String?] = [
            "GIT_AUTHOR_DATE": "2001-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2001-01-01T00:00:00Z",
        ]
        try repository.pool("done", "--save", "a", env: old).check(0)
        try repository.settle(lease)
        #expect(try repository.snapshot().saves.count == 1)
        try repository.git("config", "pool.saveExpire", "1s")
        try repository.scratch.until("the save expired") {
            try repository.pool("gc").ok()
            return try repository.snapshot().saves.isEmpty
        }
    }
}
