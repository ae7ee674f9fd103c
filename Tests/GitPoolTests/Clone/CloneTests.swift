import Foundation
import Glibc
import Testing

@Suite struct CloneTests {
    enum Flavour: String, CaseIterable, Sendable {
        case plain, version4, sha256, indexThreads, madeByGit, submodule
    }

    @Test(
        "E3 a new slot is cloned from a worktree, and the first status of it hashes nothing",
        arguments: Flavour.allCases)
    func cloned(_ flavour: Flavour) throws {
        let scratch = try Scratch()
        if flavour == .version4 { try scratch.git("config", "--global", "index.version", "4") }
        if flavour == .indexThreads { try scratch.git("config", "--global", "index.threads", "2") }
        let fixture = try CloneFixture(scratch, format: flavour == .sha256 ? "sha256" : "sha1")
        let repository = fixture.repository
        // A layout only git makes: the admin directory is there before the tree is.
        if flavour == .madeByGit {
            // An older git does not know it, and would refuse it here.
            if NewerGit.isSystems { try repository.git("config", "core.repositoryFormatVersion", "1") }
            try repository.git("config", "extensions.relativeWorktrees", "true")
        }
        if flavour == .submodule {
            try repository.addSubmodule()
            try fixture.age()
        }
        let first = try repository.lease("a")
        for name in ["d/long.txt", "exec/run", "dangling", "large.bin", "empty", "with space/f g"] {
            #expect(fixture.isCloned(first, name), "\(name)")
        }
        try fixture.check(first)
        // The next one, from the first.
        try fixture.check(try repository.lease("b"))
    }

    @Test("E3 with many files several processes clone, and no two make the same")
    func parallel() throws {
        let fixture = try CloneFixture(
            Scratch(),
            extra: "for d in $(seq 1 40); do mkdir -p many/$d; (cd many/$d; seq 1 900 | split -l 20 -a 2 -); done")
        let place = try fixture.repository.lease("a")
        #expect(fixture.isCloned(place, "many/40/xaz"))
        try fixture.check(place)
        #expect(
            fixture.repository.scratch.entries("\(fixture.repository.commonDirectory)/worktrees/repo-1").sorted()
                == ["HEAD", "commondir", "gitdir", "index", "locked"])
    }

    @Test("E3 files whose checkout is not their blob are left to git")
    func converted() throws {
        let scratch = try Scratch()
        try scratch.write(
            "home/.config/git/attributes", "*.glob eol=crlf\n")
        let fixture = try CloneFixture(
            scratch,
            extra: #"""
                git config filter.rot.clean "tr a-z b-za"; git config filter.rot.smudge "tr b-za a-z"
                printf '*.crlf text eol=crlf\n*.id ident\n*.rot filter=rot\n*.lf text eol=lf\n*.u16 working-tree-encoding=UTF-16LE\n' \
                    >.gitattributes
                printf 'a\nb\n' >t.crlf; printf '$Id$\n' >t.id; printf 'plain\n' >t.rot; printf 'a\nb\n' >t.lf
                printf 'a\nb\n' >t.glob; printf 'h\0i\0' >t.u16
                """#)
        let repository = fixture.repository
        // What the main worktree has there need not be what a checkout would write.
        for name in ["t.crlf", "t.glob", "t.id"] {
            try scratch.sh("git cat-file blob HEAD:$1 >$1", name, in: repository.path)
        }
        try fixture.age()
        let place = try repository.lease("a")
        #expect(fixture.isCloned(place, "t.lf"))
        #expect(try scratch.read("\(place)/t.crlf") == "a\r\nb\r\n")
        #expect(try scratch.read("\(place)/t.glob") == "a\r\nb\r\n")
        #expect(try scratch.read("\(place)/t.rot") == "plain\n")
        #expect(try scratch.read("\(place)/t.id") != "$Id$\n")
        try fixture.check(place, hashed: 8)
    }

    @Test("E3 where all text is converted git makes all of it", arguments: ["core.autocrlf", "core.eol"])
    func autocrlf(_ key: String) throws {
        let fixture = try CloneFixture(Scratch(), extra: "printf '* text=auto\n' >.gitattributes")
        try fixture.repository.git("config", key, key == "core.eol" ? "crlf" : "true")
        let place = try fixture.repository.lease("a")
        #expect(try fixture.repository.scratch.read("\(place)/d/deep/a.txt") == "one\r\n")
        try fixture.check(place, hashed: 100)
    }

    @Test("E3 a donor that was edited gives only what its commit has, whatever its index says")
    func dirty() throws {
        let fixture = try CloneFixture(Scratch())
        let repository = fixture.repository
        // The same size and the same time: neither stat nor git can tell.
        try repository.scratch.sh(
            #"""
            printf 'two\n' >d/deep/a.txt; touch -d '2026-01-02 03:04:05.678' d/deep/a.txt
            git update-index --assume-unchanged d/deep/a.txt
            rm d/long.txt; ln -sf elsewhere dangling; rm -r exec; ln -s d exec; rm empty; mkfifo empty
            printf 'new\n' >new.txt; printf 'more\n' >>large.bin; rm "$1"; mkdir "$1"
            printf 'staged\n' >staged.txt; git add staged.txt
            """#, "with space/f g", in: repository.path)
        let before = try tree(of: repository.path)
        let place = try repository.lease("a")
        #expect(try repository.scratch.read("\(place)/d/deep/a.txt") == "one\n")
        try fixture.check(place, hashed: 8)
        // A leased slot that is edited in this very second.
        try repository.scratch.write("\(place)/d/deep/a.txt", "six\n")
        let next = try repository.lease("b")
        #expect(try repository.scratch.read("\(next)/d/deep/a.txt") == "one\n")
        #expect(
            try tree(of: repository.path).filter { !$0.key.hasPrefix(".git") }
                == before.filter { !$0.key.hasPrefix(".git") })
    }

    @Test("E3 a slot gives what nobody touched in it, whatever sizes and times say")
    func edited() throws {
        // Many, for what is made in no time has no noted birth.
        let fixture = try CloneFixture(
            Scratch(), extra: "mkdir m; (cd m; seq 1 3000 | sed 's/$/ of many/' | split -l 1 -a 3 -)")
        let repository = fixture.repository
        let place = try repository.lease("a")
        #expect(Scratch.exists("\(repository.state)/births/1"))
        try repository.scratch.sh(
            #"""
            python3 - <<'END'
            import mmap, os
            def kept(path, change):
                before = os.stat(path)
                change(path)
                os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
            def mapped(path):
                with open(path, "r+b") as file, mmap.mmap(file.fileno(), 0) as view: view[0:1] = b"9"
            def written(path):
                with open(path, "r+b") as file: file.write(b"8")
            kept("m/xaaa", mapped); kept("large.bin", mapped); kept("d/long.txt", written); kept("with space/f g", written)
            os.rename("d/deep/a.txt", "other"); os.rename("exec/run", "d/deep/a.txt"); os.rename("other", "exec/run")
            END
            """#, in: place
        ).ok()
        let next = try repository.lease("b")
        try fixture.check(next)
        #expect(fixture.isCloned(next, "m/xaaa") == false)
        #expect(fixture.isCloned(next, "m/xaab"))
    }

    @Test("E3 what was written when the clock had been set back to a slot's birth is not taken for its commit's")
    func clockSetBack() throws {
        let fixture = try CloneFixture(Scratch(), extra: "printf 'one\\n' >top.txt")
        let repository = fixture.repository
        let place = try repository.lease("a")
        let inode = try repository.scratch.sh("stat -c %i \"$1\"", place).line
        let tree = try repository.git("rev-parse", "HEAD^{tree}").line
        // Files are stamped by a clock that may be some milliseconds behind.
        let start = Int(Date().timeIntervalSince1970 * 1e9) - 20_000_000
        try repository.scratch.sh("printf 'six\n' >top.txt; sleep 0.1", in: place).ok()
        // As if all of this had been in the moment of its birth.
        try repository.scratch.write(
            "\(repository.state)/births/1", "\(tree) \(start) \(start + 1_000_000_000_000) \(inode)\n")
        try fixture.check(try repository.lease("b"))
    }

    @Test("E3 another commit than the donor's: what differs comes from git")
    func otherCommit() throws {
        let fixture = try CloneFixture(Scratch())
        let repository = fixture.repository
        let first = try repository.git("rev-parse", "HEAD").line
        try repository.scratch.sh(
            "git mv d/long.txt moved.txt; printf 'two\n' >d/deep/a.txt; chmod 644 exec/run; rm link-dir; mkdir link-dir; "
                + "printf 'f' >link-dir/f; printf '*.o text eol=crlf\n' >.gitattributes",
            in: repository.path)
        try repository.commit("second")
        try fixture.age()
        let place = try repository.lease("a", "--from", first)
        try fixture.check(place, hashed: 20, from: first)
        #expect(fixture.isCloned(place, "large.bin"))
        try fixture.check(try repository.lease("b", "--from", "main"), hashed: 20)
    }

    @Test("E3 pool.storage: checkout clones nothing, and a noted way that fails is left")
    func storage() throws {
        let fixture = try CloneFixture(Scratch(), extra: "seq 1 1300 | split -l 10 -a 3 -")
        let repository = fixture.repository
        try repository.git("config", "pool.storage", "checkout")
        let plain = try repository.lease("a")
        #expect(!fixture.isCloned(plain, "d/long.txt"))
        try repository.git("config", "pool.storage", "reflink")
        try fixture.check(try repository.lease("b"))
        let noted = try repository.scratch.read("\(repository.state)/storage")
        #expect(noted.contains("copy") || noted.contains("reflink"))
        try repository.git("config", "pool.storage", "fast")
        try repository.add("c").check(128, says: "pool.storage", "reflink")
    }

    @Test("E3 pool.template: ignored files of an idle slot come along, repositories and what is not ignored do not")
    func template() throws {
        let fixture = try CloneFixture(Scratch(), extra: "printf 'out/\n*.o\n*.tmp\n' >.gitignore")
        let repository = fixture.repository
        let idle = try repository.lease("a", "--detach")
        try repository.scratch.sh(
            "mkdir -p out/sub; echo built >out/sub/x; chmod 700 out/sub/x; echo o >d/a.o; ln -s x out/link; echo t >t.tmp; "
                + "touch -d '2026-02-03' out/sub/x; mkfifo out/pipe",
            in: idle)
        try repository.pool("done", "a").ok()
        try repository.settle(idle)
        // A later commit tells of a file that was ignored before.
        let next = try repository.commit("next", [".gitignore": "out/\n*.o\n"])
        let bare = try repository.lease("b", "--fresh")
        #expect(!Scratch.exists("\(bare)/out"))
        try repository.git("config", "pool.template", "true")
        let place = try repository.lease("c", "--fresh", "--from", next)
        #expect(try repository.scratch.read("\(place)/out/sub/x") == "built\n")
        #expect(try tree(of: "\(place)/out")["sub/x"].map { $0.mode & 0o777 } == 0o700)
        #expect(try tree(of: "\(place)/out")["link"]?.target == "x")
        #expect(Scratch.exists("\(place)/d/a.o"))
        #expect(!Scratch.exists("\(place)/t.tmp") && !Scratch.exists("\(place)/out/pipe"))
        #expect(try repository.status(of: place).isEmpty)
    }

    @Test("E3 pool.template: what was built of older files does not lie beside newer ones that look older than it")
    func stale() throws {
        let repository = try Scratch().repository(files: [".gitignore": "*.o\n", "a.c": "old\n"])
        let scratch = repository.scratch
        let idle = try repository.lease("a")
        try repository.commit("second", ["a.c": "new\n"])
        try scratch.sh("touch -d '1 hour ago' a.c; git status -s", in: repository.path).ok()
        // Built of the first commit's file, after the second one's was written in the main worktree.
        try scratch.sh("cp a.c a.o; touch -d '30 minutes ago' a.o", in: idle).ok()
        try repository.pool("done", "a").ok()
        try repository.settle(idle)
        #expect(try scratch.read("\(idle)/a.c") == "new\n" && Scratch.exists("\(idle)/a.o"))
        try repository.git("config", "pool.template", "true")
        let place = try repository.lease("b", "--fresh")
        #expect(try scratch.read("\(place)/a.c") == "new\n")
        try scratch.sh("test ! -e a.o || test a.c -nt a.o", in: place).ok()
    }

    @Test("E3 twelve slots at once are cloned whole from one donor")
    func together() throws {
        let fixture = try CloneFixture(Scratch())
        let adds = try (0..<12).map { try fixture.repository.startAdd("n\($0)") }
        let places = try adds.map { try $0.wait().ok().line }
        #expect(Set(places).count == 12)
        for place in places {
            #expect(try fixture.repository.status(of: place).isEmpty)
            #expect(fixture.isCloned(place, "large.bin"))
        }
        try fixture.check(places[11])
    }
}
