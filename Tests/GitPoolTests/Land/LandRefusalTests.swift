import Foundation
import Testing

@Suite struct LandRefusalTests {
    private func repository() throws -> (repository: Repository, lease: String) {
        let repository = try Scratch().repository(files: ["a.txt": "one\n", ".gitignore": "*.o\n"])
        let lease = try repository.lease("work")
        try repository.commit("work", ["w.txt": "w\n", "a.txt": "two\n"], in: lease)
        return (repository, lease)
    }

    @Test("F4 what is not committed is refused, and stays; so is an operation of something else")
    func dirty() throws {
        let (repository, lease) = try repository()
        let before = try repository.tip("main")
        try repository.scratch.write("\(lease)/new.txt", "new\n")
        try repository.pool("land", "work").check(7, says: "would not land", "new.txt", "commit it")
        Scratch.remove("\(lease)/new.txt")
        // Neither a commit nor a stash holds a repository.
        try repository.git("init", "-q", "\(lease)/inner")
        let refused = try repository.pool("land", "work").check(7, says: "would not land", "inner", "see to it there")
        #expect(!refused.err.contains("commit it"))
        Scratch.remove("\(lease)/inner")
        try repository.git("switch", "-q", "-c", "side", in: lease)
        try repository.pool("land", "work").check(1, says: "'side'", "git switch work")
        try repository.commit("side", ["a.txt": "side\n"], in: lease)
        try repository.git("switch", "-q", "work", in: lease)
        try repository.commit("more", ["a.txt": "more\n"], in: lease)
        _ = try repository.scratch.run(["git", "merge", "-q", "side"], in: lease)
        try repository.pool("land", "work").check(7, says: "a merge of something else")
        #expect(try repository.tip("main") == before)
    }

    @Test("F4 a branch that was renamed in the worktree lands under its new name")
    func renamed() throws {
        let (repository, lease) = try repository()
        try repository.git("branch", "-m", "work", "better", in: lease)
        try repository.pool("land", "work").check(0)
        #expect(try repository.git("log", "-1", "--format=%s", "main").line == "Merge branch 'better'")
    }

    @Test("F4 a target that is checked out at a path that is no text does not move under it")
    func pathOfNoText() throws {
        let (repository, _) = try repository()
        try repository.scratch.sh(
            #"git worktree add -q -b topic "$1/b$(printf '\374')cher""#, repository.scratch.path, in: repository.path
        ).ok()
        let before = try repository.tip("topic")
        try repository.pool("land", "work", "--into", "topic").check(7, says: "'topic' cannot move", "UTF-8")
        #expect(try repository.tip("topic") == before)
    }

    @Test("F4 without a branch, a base or a target there is nothing to land, or nothing to land in")
    func noBranch() throws {
        let (repository, _) = try repository()
        _ = try repository.lease("loose", "--detach")
        try repository.pool("land", "loose").check(1, says: "no branch to land", "git switch -c")
        try repository.git("update-ref", "refs/remotes/origin/main", "main")
        _ = try repository.lease("remote", "--from", "origin/main")
        try repository.pool("land", "remote").check(1, says: "only a fetch may move", "--into")
        _ = try repository.lease("tagless", "--from", "HEAD~0")
        try repository.pool("land", "tagless").check(1, says: "--into <branch>")
        try repository.pool("land", "work", "--into", "nowhere").check(1, says: "no branch 'nowhere'")
        try repository.pool("land", "work", "--into", "work").check(1, says: "itself")
        try repository.git("branch", "gone")
        try repository.pool("land", "gone").check(1, says: "git pool add gone -b gone", "no lease named 'gone'")
        // Where the target is checked out nowhere, only its ref moves.
        let tip = try repository.tip("work")
        try repository.pool("land", "work", "--into", "gone", "--strategy=ff").check(0)
        #expect(try repository.tip("gone") == tip)
        #expect(try repository.git("status", "--porcelain").out == "")
    }

    @Test("F4 changes in the way in the target's worktree refuse the landing before the tests, ignored files too")
    func blocked() throws {
        let (repository, lease) = try repository()
        let scratch = repository.scratch
        let before = try repository.tip("main")
        let marker = scratch.at("tested")
        func land() throws -> Outcome { try repository.pool("land", "work", "--test", "touch '\(marker)'") }
        try scratch.write("\(repository.path)/a.txt", "precious\n")
        try land().check(7, says: "'a.txt' has changes there", repository.path)
        #expect(try scratch.read("\(repository.path)/a.txt") == "precious\n")
        try repository.git("checkout", "-q", "a.txt")
        try scratch.write("\(repository.path)/w.txt", "precious\n")
        try land().check(7, says: "'w.txt' is untracked there")
        Scratch.remove("\(repository.path)/w.txt")
        #expect(!Scratch.exists(marker))

        try repository.git("add", "-f", try scratch.write("\(lease)/x.o", "object\n"), in: lease)
        try repository.git("commit", "-q", "-m", "object", in: lease)
        try scratch.write("\(repository.path)/x.o", "precious\n")
        try land().check(7, says: "x.o")
        #expect(try scratch.read("\(repository.path)/x.o") == "precious\n")
        #expect(try repository.tip("main") == before)
        #expect(try repository.git("status", "--porcelain").out == "")
        Scratch.remove("\(repository.path)/x.o")
        try land().check(0)
        #expect(try scratch.read("\(repository.path)/x.o") == "object\n")
    }

    @Test("F4 an ignored file in the slot is not overwritten by what the target brings")
    func ignored() throws {
        let (repository, lease) = try repository()
        let scratch = repository.scratch
        try scratch.write("\(repository.path)/y.o", "object\n")
        try scratch.write("\(repository.path)/out.o/deep", "object\n")
        try repository.git("add", "-f", "y.o", "out.o/deep")
        try repository.git("commit", "-q", "-m", "objects")
        try scratch.write("\(lease)/y.o", "precious\n")
        try scratch.write("\(lease)/out.o", "precious\n")
        for strategy in ["no-ff", "squash", "rebase"] {
            try repository.pool("land", "work", "--strategy", strategy).check(7, says: "y.o", "out.o", "move them away")
        }
        #expect(try scratch.read("\(lease)/y.o") == "precious\n")
        #expect(try scratch.read("\(lease)/out.o") == "precious\n")
        #expect(try repository.git("status", "--porcelain", in: lease).out == "")
    }

    @Test("F4 ignored files in a folder of the slot make no way for a file of the target, though its name is no text")
    func ignoredInFolderOfNoText() throws {
        let (repository, lease) = try repository()
        let scratch = repository.scratch
        try scratch.sh(
            #"""
            name=$(printf 'b\374.o')
            echo object >"$name"; git add -f "$name"; git commit -qm object
            mkdir "$1/$name"; echo precious >"$1/$name/x"
            """#, lease, in: repository.path
        ).ok()
        for strategy in ["no-ff", "squash", "rebase"] {
            try repository.pool("land", "work", "--strategy", strategy).check(7, says: ".o/x", "move them away")
        }
        #expect(try tree(of: lease)["b\\xfc.o/x"]?.bytes == Data("precious\n".utf8))
        #expect(try repository.git("status", "--porcelain", in: lease).out == "")
    }

    @Test("F4 an ignored file in the slot is not overwritten by a commit on the way of a rebase that is undone later")
    func ignoredOnTheWay() throws {
        let (repository, lease) = try repository()
        let scratch = repository.scratch
        try scratch.write("\(lease)/x.o", "object\n")
        try repository.git("add", "-f", "x.o", in: lease)
        try repository.git("commit", "-qm", "object", in: lease)
        try repository.git("rm", "-q", "x.o", in: lease)
        try repository.git("commit", "-qm", "no object", in: lease)
        try scratch.write("\(lease)/x.o", "precious\n")
        try repository.commit("other", ["m.txt": "m\n"])
        try repository.pool("land", "work", "--strategy=rebase").check(7, says: "x.o", "move them away")
        #expect(try scratch.read("\(lease)/x.o") == "precious\n")
        #expect(try repository.git("status", "--porcelain", in: lease).out == "")
        try repository.pool("land", "work", "--strategy=squash").check(0)
        #expect(try scratch.read("\(lease)/x.o") == "precious\n")
    }

    @Test(
        "F4 an ignored file in the slot is not overwritten by a file that follows its folder", arguments: ["deep/", ""])
    func ignoredInMovedFolder(_ sub: String) throws {
        let files = (0..<4).reduce(into: [".gitignore": "*.o\n"]) { $0["old/\(sub)\($1)"] = "\($1) is a file\n" }
        let repository = try Scratch().repository(files: files)
        let scratch = repository.scratch
        let lease = try repository.lease("work")
        try repository.git("mv", "old", "new", in: lease)
        try repository.git("commit", "-qm", "moved", in: lease)
        try scratch.write("\(lease)/new/\(sub)x.o", "precious\n")
        try scratch.write("\(repository.path)/old/\(sub)x.o", "object\n")
        try repository.git("add", "-f", "old/\(sub)x.o")
        try repository.git("commit", "-qm", "object")
        for strategy in ["no-ff", "squash", "rebase"] {
            try repository.pool("land", "work", "--strategy", strategy).check(7, says: "x.o", "move them away")
            #expect(try scratch.read("\(lease)/new/\(sub)x.o") == "precious\n")
        }
        #expect(try repository.git("status", "--porcelain", in: lease).out == "")
    }

    @Test("F4 the target may be checked out in another lease: its worktree follows; in a rebase it may not move")
    func targetInSlot() throws {
        let (repository, lease) = try repository()
        let inner = try repository.lease("inner", in: lease)
        try repository.commit("inner", ["i.txt": "i\n"], in: inner)
        try repository.scratch.write("\(lease)/scratch.txt", "untracked\n")
        try repository.pool("land", "inner").check(0, says: "in 'work'")
        #expect(try repository.git("status", "--porcelain", in: lease).lines == ["?? scratch.txt"])
        #expect(Scratch.exists("\(lease)/i.txt"))
        try repository.commit("inner again", ["i.txt": "ii\n"], in: inner)
        let rebase = ["git", "-c", "sequence.editor=sed -i '1i break'", "rebase", "-q", "-i", "HEAD~1"]
        try repository.scratch.run(rebase, in: lease)
        try repository.pool("land", "inner").check(7, says: "'work' cannot move", "a rebase is in progress")
    }

    @Test(
        "F4 the user's hooks may forbid the landing and edit its message; commits are signed where that is configured")
    func hooks() throws {
        let (repository, lease) = try repository()
        let scratch = repository.scratch
        let hooks = "\(repository.commonDirectory)/hooks"
        func hook(_ name: String, _ script: String) throws {
            try scratch.write("\(hooks)/\(name)", "#!/bin/sh\n\(script)\n", mode: 0o755)
        }
        let before = (try repository.tip("main"), try repository.tip("work"))
        for name in ["pre-merge-commit", "commit-msg", "pool-pre-land"] {
            try hook(name, "echo \(name) has words; exit 1")
            try repository.pool("land", "work").check(7, says: "\(name) has words", "hook '\(name)' said no")
            #expect(try repository.tip("main") == before.0)
            try hook(name, "exit 0")
        }
        try repository.git("reset", "-q", "--keep", try #require(before.1), in: lease)
        try hook("commit-msg", "printf '\\nChange-Id: 1\\n' >>\"$1\"")
        try hook("pool-post-land", "echo landed: \"$@\" in $GIT_POOL_NAME; exit 1")
        let signer = try scratch.write(
            "signer", "#!/bin/sh\ncat >/dev/null\necho '[GNUPG:] SIG_CREATED ' >&2\necho SIGNED\n", mode: 0o755)
        try repository.git("config", "commit.gpgSign", "true")
        try repository.git("config", "gpg.program", signer)
        let outcome = try repository.pool("land", "work", "-m", "Land it").check(
            0, says: "landed: work refs/heads/main \(before.0 ?? "?") ", "in work")
        #expect(outcome.out == "\(try repository.tip("main") ?? "?")\n")
        let commit = try repository.git("cat-file", "commit", "main").out
        #expect(commit.contains("SIGNED") && commit.hasSuffix("Land it\n\nChange-Id: 1\n"), "\(commit)")
    }
}
