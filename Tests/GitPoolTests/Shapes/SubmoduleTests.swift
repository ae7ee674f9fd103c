import Foundation
import GitPool
import Testing

@Suite struct SubmoduleTests {
    /// Six submodules and one in the first of them, all of them initialised; then their sources go, and every URL leads
    /// nowhere.
    static func superproject(_ scratch: Scratch, initialised: Bool = true) throws -> Repository {
        try scratch.sh(
            """
            export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=protocol.file.allow GIT_CONFIG_VALUE_0=always
            mkdir sources; cd sources
            for name in nested s1 s2 s3 s4 s5 'with space'; do
                git init -q "$name"; cd "$name"; echo "$name" >file.txt
                if [ "$name" = s1 ]; then git submodule -q add "$PWD/../nested" deep/nested; fi
                git add -A; git commit -qm "$name"; git commit -q --allow-empty -m later; cd ..
            done
            git init -q ../repo; cd ../repo; echo a >a.txt
            for name in s1 s2 s3 s4 s5 'with space'; do
                git submodule -q add "$PWD/../sources/$name" "lib/$name"
                git -C "lib/$name" checkout -q HEAD~1
                git config -f .gitmodules "submodule.lib/$name.url" "https://nowhere.invalid/$name.git"
            done
            git add -A; git commit -qm submodules
            git submodule -q update --init --recursive
            """
        ).ok()
        let repository = Repository(scratch: scratch, path: scratch.at("repo"))
        if !initialised {
            try scratch.sh("cd repo; git submodule -q deinit --all -f; rm -rf .git/modules").ok()
        }
        return repository
    }

    static let paths = ["lib/s1", "lib/s1/deep/nested", "lib/s2", "lib/s3", "lib/s4", "lib/s5", "lib/with space"]

    private func expectFilled(
        _ lease: String, _ repository: Repository, _ paths: [String] = paths,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        let status = try repository.git("submodule", "status", "--recursive", in: lease).out
        for path in SubmoduleTests.paths {
            let isFilled = paths.contains(path)
            #expect(Scratch.exists("\(lease)/\(path)/.git") == isFilled, "\(path)", sourceLocation: location)
            guard isFilled else { continue }
            let name = path.split(separator: "/").last ?? ""
            #expect(
                try repository.scratch.read("\(lease)/\(path)/file.txt") == "\(name)\n", sourceLocation: location)
        }
        // A dash is a submodule that is not there, a plus one at another commit.
        #expect(
            !status.split(separator: "\n").contains { $0.hasPrefix("+") }, "\(status)", sourceLocation: location)
        #expect(try repository.status(of: lease).isEmpty, sourceLocation: location)
    }

    @Test("B13 6 submodules and a nested one, at their pins, with the network blocked; nothing shared is written")
    func offline() throws {
        let scratch = try Scratch()
        let repository = try SubmoduleTests.superproject(scratch)
        Scratch.remove(scratch.at("sources"))
        let modules = try tree(of: "\(repository.path)/.git/modules")
        let before = try repository.snapshot()
        let blocked = try scratch.run(["unshare", "-n", "true"]).status == 0 ? ["unshare", "-n"] : []
        let words = blocked + ["git", "pool", "add", "--pid", try scratch.holderPid(), "a"]
        let lease = try scratch.run(words, in: repository.path).ok().line
        try expectFilled(lease, repository)
        #expect(try scratch.read("\(lease)/.gitmodules") == scratch.read("\(repository.path)/.gitmodules"))
        // The URL is the declared one: that of the user's own configuration comes first, as for git.
        #expect(
            try repository.git("remote", "get-url", "origin", in: "\(lease)/lib/s2").line
                == repository.git("config", "submodule.lib/s2.url").line)
        #expect(try tree(of: "\(repository.path)/.git/modules") == modules)
        try repository.pool("done", "a").check(0)
        try gone(repository)
        let after = try repository.snapshot()
        #expect(after.config == before.config && after.refs == before.refs && after.files == before.files)
        try expectFilled(try repository.lease("b"), repository)
        try repository.fsck()
    }

    private func gone(_ repository: Repository) throws {
        try repository.scratch.until("no slot is left") {
            try repository.pool("gc").ok()
            return try repository.slots().isEmpty
        }
    }

    @Test(
        "B13 B9 a lease whose commits move, add or remove a submodule leaves nothing behind", arguments: [false, true])
    func bumped(isSaved: Bool) throws {
        let scratch = try Scratch()
        let repository = try SubmoduleTests.superproject(scratch)
        let lease = try repository.lease("a")
        try scratch.sh(
            """
            cd "$1"; export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=protocol.file.allow GIT_CONFIG_VALUE_0=always
            git -C lib/s2 fetch -q "$2/s2" '+refs/heads/*:refs/remotes/origin/*'
            git -C lib/s2 checkout -q --detach "$(git -C "$2/s2" rev-parse HEAD)"
            git submodule -q add "$2/nested" lib/more
            git rm -qf lib/s3
            git commit -qam 'submodules moved'
            if [ "$3" = true ]; then echo work >>a.txt; fi
            """, lease, scratch.at("sources"), String(isSaved)
        ).ok()
        try repository.pool("done", isSaved ? "--save" : "--no-save", "a").check(0)
        try gone(repository)
        #expect(try repository.git("log", "-1", "--format=%s", "a").line == "submodules moved")
        try expectFilled(try repository.lease("b"), repository)
    }

    @Test("B13 pool.submodule.exclude and the modes none and modules", arguments: ["exclude", "none", "modules"])
    func modes(_ mode: String) throws {
        let scratch = try Scratch()
        let repository = try SubmoduleTests.superproject(scratch)
        var expected = SubmoduleTests.paths
        switch mode {
        case "exclude":
            try repository.git("config", "--add", "pool.submodule.exclude", "lib/s[3")
            try repository.git("config", "--add", "pool.submodule.exclude", "lib/s?/deep/*")
            try repository.git("config", "--add", "pool.submodule.exclude", "lib/with*")
            expected = ["lib/s1", "lib/s2", "lib/s3", "lib/s4", "lib/s5"]
        case "none":
            try repository.git("config", "pool.submodule.mode", "none")
            expected = []
        default:
            try repository.git("config", "pool.submodule.mode", "modules")
            // What is not there is not wanted; what is there without the commit is refused.
            try scratch.sh("rm -rf repo/.git/modules/lib/s2")
            expected.removeAll { $0 == "lib/s2" }
        }
        try expectFilled(try repository.lease("a"), repository, expected)
    }

    @Test("B13 mirrors: by the name of the submodule or of its URL, and a clear refusal where there is none")
    func mirrors() throws {
        let scratch = try Scratch()
        let repository = try SubmoduleTests.superproject(scratch, initialised: false)
        try repository.git("config", "pool.submodule.mode", "mirror")
        try repository.add("a").check(128, says: "pool.submodule.base")
        try repository.git("config", "pool.submodule.base", "../mirrors")
        try scratch.sh("mkdir mirrors; cd mirrors; git clone -q --mirror ../sources/nested")
        try scratch.sh("cd mirrors; for n in s1 s2 s3 s4; do git clone -q --mirror ../sources/$n; done").ok()
        try scratch.sh("mkdir mirrors/lib; git clone -q --mirror sources/s5 mirrors/lib/s5.git").ok()
        let before = try repository.snapshot()
        try repository.add("a").check(128, says: "lib/with space", "pool.submodule")
        // It was decided before anything was cloned: the slot is like any other.
        try repository.settle(repository.slot(1))
        #expect(try repository.snapshot().refs == before.refs)
        try scratch.sh("git clone -q --mirror 'sources/with space' 'mirrors/with space.git'").ok()
        let lease = try repository.lease("a")
        try expectFilled(lease, repository)
        #expect(
            try repository.git("remote", "get-url", "origin", in: "\(lease)/lib/s2").line
                == "https://nowhere.invalid/s2.git")
        #expect(try repository.snapshot().config == before.config)
    }

    @Test(
        "B13 auto leaves what the repository itself has not initialised; declared asks its URL, past no protection of git's"
    )
    func hostile() throws {
        let scratch = try Scratch()
        let repository = try SubmoduleTests.superproject(scratch, initialised: false)
        try expectFilled(try repository.lease("a"), repository, [])
        try scratch.sh(
            """
            cd repo; for n in s1 s2 s3 s4 s5 'with space'; do
                git config -f .gitmodules "submodule.lib/$n.url" "file://$PWD/../sources/$n"
            done; git commit -qam hostile
            """
        ).ok()
        try repository.git("config", "pool.submodule.mode", "declared")
        let before = try repository.snapshot()
        try repository.add("b").check(128, says: "transport 'file' not allowed")
        #expect(try repository.snapshot().config == before.config)
        try repository.settle(repository.slot(2))
        #expect(try repository.tip("b") == nil)
    }

    @Test("B13 a link on the way to a submodule's repository is not followed")
    func links() throws {
        let scratch = try Scratch()
        let repository = try SubmoduleTests.superproject(scratch)
        try scratch.sh("cd repo/.git/modules/lib; mv s2 ../../../../away; ln -s ../../../../away s2").ok()
        try repository.git("config", "pool.submodule.mode", "modules")
        try repository.add("a").check(128, says: "lib/s2")
        #expect(try repository.leased.isEmpty)
    }

    @Test(
        "B13 C3 commits, tags and stashes of a submodule keep its slot; --discard throws away files, and no commit",
        arguments: ["file", "assumed", "bisect", "blob", "commit", "tag", "stash", "branch", "reflog"])
    func work(_ kind: String) throws {
        let scratch = try Scratch()
        let repository = try SubmoduleTests.superproject(scratch)
        let lease = try repository.lease("a")
        let nested = "\(lease)/lib/s1/deep/nested"
        try scratch.write("\(nested)/file.txt", "precious\n")
        switch kind {
        case "file": break
        case "assumed": try repository.git("update-index", "--assume-unchanged", "file.txt", in: nested)
        case "bisect", "blob":
            let id = try repository.git("hash-object", "-w", "file.txt", in: nested).line
            try repository.git("checkout", "-q", "file.txt", in: nested)
            if kind == "blob" { try repository.git("update-ref", "refs/notes-of-mine/x", id, in: nested) }
            if kind == "bisect" { try repository.git("bisect", "start", in: nested) }
        case "stash": try repository.git("stash", "-q", in: nested)
        default:
            try repository.git("commit", "-qam", "precious", in: nested)
            if kind == "tag" { try repository.git("tag", "v1", in: nested) }
            if kind == "branch" { try repository.git("branch", "topic", in: nested) }
            if kind != "commit" { try repository.git("checkout", "-q", "HEAD~1", in: nested) }
        }
        try repository.pool("done", "a").check(7, says: "submodule 'lib/s1")
        try repository.pool("done", "--save", "a").check(7, says: "submodule 'lib/s1")
        #expect(try repository.leased == ["a"])
        let discarded = try repository.pool("done", "--discard", "a")
        if ["file", "assumed", "bisect"].contains(kind) {
            discarded.check(0)
            try gone(repository)
        } else {
            discarded.check(7, says: "nested")
            #expect(try repository.leased == ["a"])
        }
    }

    @Test("B13 C3 a submodule deep in the tree: its commits are work, and its slot can be released")
    func deep() throws {
        let repository = try Scratch().repository()
        let path = "a/b/c/d/e/f/g/h/i/j/k/l/m/n"
        try repository.addSubmodule(at: path)
        let lease = try repository.lease("a")
        try repository.commit("precious", ["b.txt": "precious\n"], in: "\(lease)/\(path)")
        try repository.git("checkout", "-q", "HEAD~1", in: "\(lease)/\(path)")
        try repository.pool("done", "a").check(7, says: "submodule '\(path)'")
        try repository.git("push", "-q", "origin", "HEAD@{1}:refs/heads/precious", in: "\(lease)/\(path)")
        try repository.pool("done", "a").check(0)
        try gone(repository)
    }

    @Test("B13 C3 a submodule whose name is no text keeps the slot, also when its tree is gone")
    func nameOfNoText() throws {
        let repository = try Scratch().repository()
        try repository.addSubmodule()
        let lease = try repository.lease("a")
        let script = """
            name=$(printf 's\\377')
            git -c protocol.file.allow=always submodule -q add "$1" "$name"
            git commit -qm second; git -C "$name" commit -q --allow-empty -m precious
            git -C "$name" checkout -q HEAD~1; git submodule -q deinit -f --all
            """
        try repository.scratch.sh(script, repository.scratch.at("library"), in: lease).ok()
        try repository.pool("done", "a").check(7, says: "could not be looked at")
    }

    @Test("B13 C3 another worktree of a submodule keeps the slot whose admin directory its repository lies in")
    func worktree() throws {
        let scratch = try Scratch()
        let repository = try SubmoduleTests.superproject(scratch)
        let lease = try repository.lease("a")
        let other = scratch.at("elsewhere")
        try repository.git("worktree", "add", "-q", "--detach", other, in: "\(lease)/lib/s1/deep/nested")
        try scratch.write("\(other)/file.txt", "precious\n")
        try repository.git("add", "file.txt", in: other)
        for words in [["done"], ["done", "--save"], ["done", "--discard"]] {
            try scratch.run(["git", "pool"] + words + ["a"], in: repository.path)
                .check(7, says: "another worktree of submodule 'lib/s1")
        }
        #expect(try repository.git("status", "--porcelain", in: other).lines == ["M  file.txt"])
        try repository.git("worktree", "remove", "--force", other, in: "\(lease)/lib/s1/deep/nested")
        try repository.pool("done", "a").check(0)
        try gone(repository)
    }

    @Test("B13 C3 notes and refs of any name in a submodule's repository are work")
    func otherRefs() throws {
        let scratch = try Scratch()
        let repository = try SubmoduleTests.superproject(scratch)
        let lease = try repository.lease("a")
        let module = "\(lease)/lib/s2"
        // No reflog of these tells.
        try scratch.sh("git config core.logAllRefUpdates false; git notes add -m precious HEAD", in: module).ok()
        for words in [["done"], ["done", "--save"], ["done", "--discard"]] {
            try scratch.run(["git", "pool"] + words + ["a"], in: repository.path).check(7, says: "lib/s2")
        }
        try scratch.sh(
            """
            git update-ref refs/foo/x "$(git commit-tree -m precious -p HEAD HEAD^{tree})"
            git update-ref -d refs/notes/commits
            """, in: module
        ).ok()
        try repository.pool("done", "--discard", "a").check(7, says: "lib/s2")
        try repository.git("update-ref", "-d", "refs/foo/x", in: module)
        try repository.pool("done", "a").check(0)
        try gone(repository)
    }

    @Test(
        "B13 H1 killed when the submodules are there, the next command takes all of it back", arguments: [false, true])
    func killed(_ isWarm: Bool) throws {
        let scratch = try Scratch()
        let repository = try SubmoduleTests.superproject(scratch)
        if isWarm { try repository.pool("warm", "1").check(0) }
        let before = try repository.snapshot()
        try repository.add("a", env: ["GIT_POOL_FAULT": FaultPoint.addSubmodules.rawValue]).check(137)
        try repository.scratch.until("no slot is left") {
            try repository.pool("gc").ok()
            return try repository.slots().allSatisfy { $0["state"] as? String == "idle" }
        }
        #expect(try repository.tip("a") == nil)
        #expect(try repository.snapshot().config == before.config)
        try expectFilled(try repository.lease("a"), repository)
        try repository.pool("doctor").check(0)
        try repository.fsck()
    }
}
