import Foundation
import GitPool
import Testing

/// Work in places that git passes over.
@Suite struct UnseenWorkTests {
    @Test(
        "C4 a file of a name that git takes into no commit keeps its slot: no save could hold it",
        arguments: ["git~1", ".GIT/x", ".git "])
    func refusedName(_ name: String) throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.scratch.write("\(lease)/\(name)", "precious\n")
        try repository.scratch.write("\(lease)/plain.txt", "plain\n")
        try repository.pool("save", "a").check(7, says: "'\(name)' has a name")
        try repository.pool("done", "--save", "a").check(7, says: "'\(name)' has a name")
        try repository.pool("done", "--keep=0s", "a").check(0)
        try repository.pool("gc").check(0)
        #expect(try repository.scratch.read("\(lease)/\(name)") == "precious\n")
        #expect(try repository.slot(named: "a")?["state"] as? String == "expiring")
        try repository.pool("done", "--discard", "a").check(0)
        try repository.settle(lease)
    }

    @Test("C4 a link named .gitmodules, which git takes into no commit, keeps its slot")
    func linkOfModules() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try FileManager.default.createSymbolicLink(atPath: "\(lease)/.gitmodules", withDestinationPath: "elsewhere")
        try repository.pool("done", "--save", "a").check(7, says: "'.gitmodules' has a name")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(lease)/.gitmodules") == "elsewhere")
    }

    @Test("E7 a user's own folders in a folder that was named for slots stay")
    func sharedRoot() throws {
        let repository = try Scratch().repository()
        let root = repository.scratch.at("work")
        // Some are named nearly as git-pool names its own.
        let files = [
            "templates/repo/mine", "templates/repo/new-feed", "trash/mine", "trash/new-feed", "cache/repo/1/mine",
        ]
        .map { "\(root)/\($0)/a.txt" }
        for file in files { try repository.scratch.write(file, "precious\n") }
        try repository.scratch.write("\(root)/cache/repo/1/npm/a.txt", "a cache\n")
        try repository.git("config", "pool.root", root)
        try repository.git("config", "pool.strategy", "ondemand")
        let lease = try repository.lease("a")
        try repository.pool("done", "a").check(0)
        try repository.pool("gc").check(0)
        #expect(!Scratch.exists(lease))
        #expect(!Scratch.exists("\(root)/cache/repo/1/npm"))
        for file in files { #expect(try repository.scratch.read(file) == "precious\n") }
        // From here on nothing says that the folder is not the pool's own.
        try repository.git("config", "--unset", "pool.root")
        try repository.pool("doctor", "--fix").check(0)
        for file in files { #expect(try repository.scratch.read(file) == "precious\n") }
    }

    @Test("C3 files in the folder of a submodule that is not there are work", arguments: [false, true])
    func emptySubmodule(_ isFlagged: Bool) throws {
        let repository = try Scratch().repository()
        let head = try #require(try repository.tip("HEAD"))
        try repository.git("update-index", "--add", "--cacheinfo", "160000,\(head),vendor/lib")
        try repository.git("commit", "-q", "-m", "a submodule")
        let lease = try repository.lease("a")
        try repository.pool("done", "a").check(0)
        try repository.settle(lease)
        let again = try repository.lease("b")
        #expect(again == lease)
        if isFlagged { try repository.git("update-index", "--assume-unchanged", "a.txt", in: lease) }
        try repository.scratch.write("\(lease)/vendor/lib/x.txt", "precious\n")
        try repository.pool("done", "b").check(7, says: "submodule 'vendor/lib'")
        try repository.pool("done", "--save", "b").check(7, says: "submodule 'vendor/lib'")
        try repository.pool("save", "b").check(7, says: "'vendor/lib' is the folder of a submodule")
        try repository.pool("done", "--discard", "b", env: ["GIT_POOL_FAULT": "releasing"]).check(137)
        try repository.scratch.write("\(lease)/vendor/lib/later.txt", "precious\n")
        try repository.pool("gc").check(0)
        #expect(try repository.scratch.read("\(lease)/vendor/lib/later.txt") == "precious\n")
        try repository.pool("done", "--discard", "b").check(0)
        try repository.pool("gc").check(0)
        #expect(!Scratch.exists(lease))
    }

    @Test("C3 C4 a merge of notes in progress is work, and comes back with its resolutions")
    func notesMerge() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        let head = try #require(try repository.tip("HEAD"))
        try repository.scratch.sh(
            """
            git notes add -m one; git update-ref refs/notes/other refs/notes/commits
            git notes append -m ours; git notes --ref=other append -m theirs
            git notes merge other && exit 1; test -e "$(git rev-parse --git-path NOTES_MERGE_PARTIAL)"
            """, in: lease
        ).ok()
        let folder = try repository.git("rev-parse", "--absolute-git-dir", in: lease).line
        try repository.scratch.write("\(folder)/NOTES_MERGE_WORKTREE/\(head)", "resolved\n")
        try repository.pool("done", "a").check(7, says: "a notes merge in progress")
        try repository.pool("done", "--save", "a").check(0)
        try repository.settle(lease)
        #expect(!Scratch.exists("\(folder)/NOTES_MERGE_WORKTREE"))
        let place = try repository.pool("restore", "a", "--no-holder").ok().line
        try repository.git("notes", "merge", "--commit", in: place)
        #expect(try repository.git("notes", "show", head).out == "resolved\n")
        // git leaves the folder where it is.
        try repository.pool("done", "a").check(0)
        try repository.settle(place)
    }

    @Test("C4 the message of a commit that a hook refused is saved with the work")
    func refusedMessage() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.scratch.write("\(repository.path)/.git/hooks/commit-msg", "#!/bin/sh\nexit 1\n")
        try repository.scratch.sh("chmod +x .git/hooks/commit-msg", in: repository.path).ok()
        try repository.scratch.write("\(lease)/a.txt", "two\n")
        #expect(try repository.scratch.run(["git", "commit", "-qam", "precious"], in: lease).status == 1)
        try repository.pool("done", "--save", "a").check(0)
        try repository.settle(lease)
        let place = try repository.pool("restore", "a", "--no-holder").ok().line
        let file = try repository.git("rev-parse", "--absolute-git-dir", in: place).line + "/COMMIT_EDITMSG"
        #expect(try repository.scratch.read(file) == "precious\n")
    }

    @Test("C4 what a process goes on writing into a file that it has open is waited for, and saved")
    func openFile() throws {
        let repository = try Scratch().repository()
        let scratch = repository.scratch
        let lease = try repository.lease("a")
        let writer = try scratch.start(
            [
                "sh", "-euc",
                "cd /; exec 3>>\"$1/new.txt\"; echo one >&3; : >\"$2.ready\"; while ! [ -e \"$2\" ]; do sleep 0.02; done; echo two >&3",
                "sh", lease, scratch.at("go"),
            ])
        try checkWaits(for: writer, repository, lease, saves: "one\ntwo\n")
    }

    /// A release waits for a writer that has begun with `one` and ends when it is told to go, and saves all it wrote.
    private func checkWaits(
        for writer: Background, _ repository: Repository, _ lease: String, saves text: String
    ) throws {
        let scratch = repository.scratch
        try scratch.until("it has begun") { Scratch.exists(scratch.at("go.ready")) }
        try repository.pool("done", "--save", "a").check(0)
        try repository.pool("gc").check(0)
        #expect(try scratch.read("\(lease)/new.txt") == "one\n")
        #expect(try repository.pool("list").ok().out.contains("has a file of it open"))
        try scratch.write("go", "")
        #expect(try writer.wait().status == 0)
        try repository.settle(lease)
        let place = try repository.pool("restore", "a", "--no-holder").ok().line
        #expect(try scratch.read("\(place)/new.txt") == text)
    }

    @Test("C5 the commits of a branch that goes are kept though a symbolic ref names it")
    func symbolicRef() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        let work = try repository.commit("work", ["b.txt": "precious\n"], in: lease)
        try repository.git("symbolic-ref", "refs/heads/alias", "refs/heads/a")
        try repository.pool("done", "--delete-branch", "a").check(0)
        try repository.settle(lease)
        #expect(try repository.tip("refs/heads/a") == nil)
        #expect(try repository.git("for-each-ref", "--contains", work, "refs/pool/saved").lines.count == 1)
    }

    @Test("B4 a branch is checked out where HEAD is a link, as git once made it")
    func linkedHead() throws {
        let repository = try Scratch().repository()
        let other = repository.scratch.at("other")
        try repository.git("worktree", "add", "-q", "-b", "topic", other)
        try repository.scratch.sh(
            "ln -sfn refs/heads/main .git/HEAD; ln -sfn refs/heads/topic .git/worktrees/other/HEAD", in: repository.path
        ).ok()
        try #require(try repository.git("symbolic-ref", "HEAD").line == "refs/heads/main")
        try repository.add("x", "-b", "main").check(6, says: repository.path)
        try repository.add("x", "-b", "topic").check(6, says: other)
    }

    @Test("C10 a slot that cannot be moved aside is kept, and says why")
    func unmovable() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        guard try repository.scratch.run(["chattr", "+i", lease]).status == 0 else {
            return print("skipped: no folder can be made immutable here")
        }
        defer { _ = try? repository.scratch.run(["chattr", "-i", lease]) }
        try repository.pool("done", "a").check(0)
        try repository.pool("gc").check(0)
        #expect(try repository.pool("list").ok().out.contains("it cannot be moved aside"))
        try repository.scratch.run(["chattr", "-i", lease]).ok()
        try repository.pool("done", "a").check(0)
        try repository.settle(lease)
    }

    @Test("B6 add goes on with a recycling that was killed before it gave up the branch")
    func killedRecycling() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.kill(at: .recyclePinned, "done", "a")
        try #require(try repository.tip("refs/heads/a") != nil)
        #expect(try repository.lease("a", "--fresh") != lease)
    }

    @Test(
        "C1 what git complains of at every look is no reason to keep a slot",
        arguments: ["git config core.fsyncObjectFiles true", #"printf '!*.txt text\nfoo =bad\n' >.gitattributes"#])
    func complaints(_ line: String) throws {
        let repository = try Scratch().repository()
        try repository.scratch.sh(line, in: repository.path).ok()
        try repository.commit("attributes")
        let lease = try repository.lease("a")
        // So that git has to look at its attributes.
        try repository.scratch.write("\(lease)/a.txt", "one\n")
        try repository.pool("done", "a").check(0)
        try repository.settle(lease)
        let again = try repository.lease("b")
        try repository.scratch.write("\(again)/a.txt", "two\n")
        try repository.pool("done", "b").check(7, says: "'a.txt'")
    }

    @Test("B1 a failing add leaves no branch at a signed commit, whatever log.showSignature says")
    func showSignature() throws {
        let repository = try Scratch().repository()
        let signer = try repository.scratch.write(
            "signer",
            """
            #!/bin/sh
            case "$*" in
            *--verify*) echo 'a good signature' >&2; echo '[GNUPG:] GOODSIG x y' ;;
            *) cat >/dev/null; echo '[GNUPG:] SIG_CREATED ' >&2
               printf -- '-----BEGIN PGP SIGNATURE-----\\n\\nx\\n-----END PGP SIGNATURE-----\\n' ;;
            esac

            """, mode: 0o755)
        try repository.git("config", "gpg.program", signer)
        try repository.git("config", "log.showSignature", "true")
        try repository.git("commit", "-q", "-S", "--allow-empty", "-m", "signed")
        try #require(try repository.git("log", "-1", "--format=%H").lines.count > 1)
        try repository.git("config", "pool.setup", "exit 1")
        #expect(try repository.add("a").status != 0)
        #expect(try repository.tip("refs/heads/a") == nil)
    }

    @Test("C4 what a process has mapped for writing is waited for, too")
    func mappedFile() throws {
        let repository = try Scratch().repository()
        let scratch = repository.scratch
        let lease = try repository.lease("a")
        try scratch.write("\(lease)/new.txt", "one\n")
        let program = """
            import mmap, os, sys, time
            with open(sys.argv[1], "r+b") as file: memory = mmap.mmap(file.fileno(), 4)
            for number in map(int, os.listdir("/proc/self/fd")):
                if number > 2:
                    try: os.close(number)
                    except OSError: pass
            open(sys.argv[2] + ".ready", "w").close()
            while not os.path.exists(sys.argv[2]): time.sleep(0.02)
            memory[:] = b"two\\n"
            """
        let writer = try scratch.start(["python3", "-c", program, "\(lease)/new.txt", scratch.at("go")])
        try checkWaits(for: writer, repository, lease, saves: "two\n")
    }

    @Test("C5 commits that only the reflog of a worktree's own ref leads to are kept")
    func reflogOfPrivateRef() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        let lost = try repository.git("commit-tree", "-m", "lost", "HEAD^{tree}", in: lease).line
        try repository.git("update-ref", "--create-reflog", "refs/worktree/mine", lost, in: lease)
        try repository.git("update-ref", "refs/worktree/mine", "HEAD", in: lease)
        try repository.pool("done", "--discard", "a").check(0)
        try repository.settle(lease)
        #expect(try repository.reaches(lost))
    }

    @Test("C4 restore takes the save that has all, though a recycling that was killed has saved a part again")
    func partSavedAgain() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.scratch.write("\(lease)/a.txt", "two\n")
        try repository.scratch.write("\(lease)/new.txt", "precious\n")
        try repository.kill(at: .recycleRemoved, "done", "--save", "a")
        try repository.settle(lease)
        #expect(try repository.git("for-each-ref", "refs/pool/saved").lines.count == 2)
        let place = try repository.pool("restore", "a", "--no-holder").ok().line
        #expect(try repository.scratch.read("\(place)/new.txt") == "precious\n")
        #expect(try repository.scratch.read("\(place)/a.txt") == "two\n")
    }

    @Test("B4 a branch is checked out in a worktree at a path that is no text")
    func pathOfNoText() throws {
        let repository = try Scratch().repository()
        try repository.scratch.sh(
            #"git worktree add -q -b topic "$1/b$(printf '\374')cher""#, repository.scratch.path, in: repository.path
        ).ok()
        try repository.add("x", "-b", "topic").check(6, says: "'topic'")
        // As a `git worktree add` shows itself that was killed: git lists no worktrees at all then.
        let half = "\(repository.commonDirectory)/worktrees/half"
        try repository.scratch.write("\(half)/commondir", "")
        try repository.scratch.write("\(half)/gitdir", "\(repository.scratch.at("half"))/.git\n")
        try repository.scratch.write("\(half)/locked", "initializing")
        try repository.add("x", "-b", "topic").check(6, says: "'topic'", "\(repository.commonDirectory)/worktrees'")
        Scratch.remove(half)
        let lease = try repository.lease("a")
        try repository.scratch.sh(
            #"cd "$1/b$(printf '\374')cher"; git checkout -q --ignore-other-worktrees a"#, repository.scratch.path
        ).ok()
        try repository.pool("done", "--delete-branch", "a").check(0)
        try repository.settle(lease)
        #expect(try repository.tip("refs/heads/a") != nil)
    }

    @Test(
        "C4 what somebody out of sight writes behind the fence is saved too",
        arguments: ["--save", "--discard"], [false, true])
    func writtenBehindTheFence(_ option: String, _ isDirty: Bool) throws {
        let repository = try Scratch().repository()
        let scratch = repository.scratch
        let lease = try repository.lease("a")
        if isDirty { try scratch.write("\(lease)/new.txt", "one\n") }
        let fence = "\(repository.root)/.fenced-repo-1"
        try repository.interrupt(at: .releaseSaved, "done", option, "a") {
            try scratch.write("\(fence)/new.txt", "precious\n")
            try scratch.write("\(fence)/later.txt", "precious too\n")
        }.check(0)
        try repository.settle(lease)
        #expect(!Scratch.exists("\(lease)/new.txt"))
        #expect(try repository.holds("precious\n"))
        #expect(try repository.holds("precious too\n"))
    }

    @Test("G1 a recycling that fails says why, by the slot's own path")
    func failedRecycling() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        let file = try repository.scratch.write("\(lease)/new.txt", "new\n")
        guard try repository.scratch.run(["chattr", "+i", file]).status == 0 else {
            return print("skipped: no file can be made immutable here")
        }
        defer { _ = try? repository.scratch.run(["chattr", "-i", file]) }
        try repository.pool("done", "--save", "a").check(0)
        let outcome = try repository.pool("gc").check(128, says: "'\(file)'")
        #expect(!outcome.err.contains(".fenced-"))
        #expect(try repository.pool("list").ok().out.contains("its recycling failed: '\(file)'"))
        try repository.scratch.run(["chattr", "-i", file]).ok()
        try repository.settle(lease)
    }
}
