import Foundation
import Glibc
import Testing

@Suite struct IncludeTests {
    /// A repository in which `.env*`, `*.local` and `deep/` are ignored.
    private func repository() throws -> Repository {
        try Scratch().repository(files: ["a.txt": "one\n", ".gitignore": ".env*\n*.local\ndeep/\n"])
    }

    private func mode(_ path: String) -> UInt32 {
        var status = stat()
        return lstat(path, &status) == 0 ? UInt32(status.st_mode & 0o7777) : 0
    }

    @Test("B15 pool.include and .worktreeinclude: ignored files come along with their modes, and are no work")
    func copies() throws {
        let repository = try repository()
        let scratch = repository.scratch
        try scratch.write("\(repository.path)/.env", "secret\n", mode: 0o600)
        try scratch.write("\(repository.path)/tool.local", "tool\n", mode: 0o750)
        try scratch.write("\(repository.path)/deep/er/file", "deep\n")
        try scratch.write("\(repository.path)/.env.other", "not asked for\n")
        try repository.commit("include", [".worktreeinclude": "# comment\n\ndeep/er/\n"])
        try repository.git("config", "pool.include", "/.env")
        try repository.git("config", "--add", "pool.include", "*.local")
        let outcome = try repository.add("a").check(0)
        let lease = repository.slot(1)
        #expect(outcome.out == lease + "\n")
        #expect(!outcome.err.contains("not included"), "\(outcome)")
        #expect(try scratch.read("\(lease)/.env") == "secret\n")
        #expect(mode("\(lease)/.env") == 0o600)
        #expect(mode("\(lease)/tool.local") == 0o750)
        #expect(try scratch.read("\(lease)/deep/er/file") == "deep\n")
        #expect(!Scratch.exists("\(lease)/.env.other"))
        #expect(try repository.status(of: lease).isEmpty)
        try repository.pool("done", "a").check(0)
        try repository.settle(lease)
        try repository.checkSound()
    }

    @Test("B15 an untouched copy follows the main worktree; one that a session changed is never overwritten")
    func refreshes() throws {
        let repository = try repository()
        let scratch = repository.scratch
        try repository.git("config", "pool.include", "/.env")
        try scratch.write("\(repository.path)/.env", "old\n")
        let lease = try repository.lease("a")
        try repository.pool("done", "a").check(0)
        try repository.settle(lease)
        try scratch.write("\(repository.path)/.env", "new\n", mode: 0o600)
        #expect(try repository.lease("b") == lease)
        #expect(try scratch.read("\(lease)/.env") == "new\n")
        #expect(mode("\(lease)/.env") == 0o600)
        try scratch.write("\(lease)/.env", "mine\n")
        try repository.pool("done", "b").check(0)
        try repository.settle(lease)
        try scratch.write("\(repository.path)/.env", "newest\n")
        #expect(try repository.add("c").check(0, says: "'.env'", "changed").line == lease)
        #expect(try scratch.read("\(lease)/.env") == "mine\n")
        try repository.pool("done", "c").check(0)
        try repository.settle(lease)
        // What the session took away comes back.
        Scratch.remove("\(lease)/.env")
        _ = try repository.lease("d")
        #expect(try scratch.read("\(lease)/.env") == "newest\n")
    }

    @Test("B15 a copy that was cut short is made anew; no record is believed for another slot of the number")
    func interrupted() throws {
        let repository = try repository()
        let scratch = repository.scratch
        try repository.git("config", "pool.include", "/.env")
        try scratch.write("\(repository.path)/.env", "whole\n")
        let lease = try repository.lease("a")
        try repository.pool("done", "a").check(0)
        try repository.settle(lease)
        let record = "\(repository.state)/includes/1"
        let known = try scratch.read(record)
        let owner = known.split(separator: "\0")[1]
        try scratch.write("\(lease)/.env", "wh")
        try scratch.write(record, "git-pool-includes 1\0\(owner)\0\0\0.env\0end\n")
        _ = try repository.lease("b")
        #expect(try scratch.read("\(lease)/.env") == "whole\n")
        try repository.pool("done", "b").check(0)
        try repository.settle(lease)
        for text in ["git-pool-includes 1\0" + "1 /elsewhere\0\0\0.env\0end\n", "git-pool-includes 9\0", "\0\0\0", ""] {
            try scratch.write("\(lease)/.env", "mine\n")
            try scratch.write(record, text)
            try repository.add("c").check(0, says: "changed")
            #expect(try scratch.read("\(lease)/.env") == "mine\n")
            try repository.pool("done", "c").check(0)
            try repository.settle(lease)
        }
    }

    @Test("B15 nothing outside is read or written: patterns that lead out are refused")
    func escapes() throws {
        let repository = try repository()
        let scratch = repository.scratch
        let outside = try scratch.write("outside.env", "outside\n")
        let before = try repository.snapshot()
        for pattern in ["../outside.env", "deep/../../outside.env", "..", outside, "/etc/passwd", "~/.netrc"] {
            let words = ["git", "-c", "pool.include=\(pattern)", "pool", "add", "--pid", try scratch.holderPid(), "a"]
            let outcome = try scratch.run(words, in: repository.path).check(128, says: "pool.include")
            #expect(outcome.out.isEmpty)
        }
        #expect(try repository.snapshot() == before)
        #expect(try repository.slots().isEmpty)
        // In a file that came with the repository they match nothing.
        try repository.commit("include", [".worktreeinclude": "../outside.env\n\(outside)\n/etc/passwd\n!\n/\n"])
        let lease = try repository.lease("a")
        #expect(try tree(of: lease) == tree(of: repository.path))
    }

    @Test("B15 no link is followed in either tree, and what is tracked or not ignored is left alone")
    func links() throws {
        let repository = try repository()
        let scratch = repository.scratch
        try scratch.write("outside/secret.local", "outside\n")
        try scratch.sh("ln -s ../outside/secret.local .env.link; ln -s ../outside out", in: repository.path)
        try scratch.write("\(repository.path)/plain.txt", "plain\n")
        try scratch.write("\(repository.path)/deep/x.local", "x\n")
        try repository.git("config", "pool.include", "/.env.link")
        for pattern in ["out/", "/plain.txt", "/a.txt", "deep/x.local"] {
            try repository.git("config", "--add", "pool.include", pattern)
        }
        let outcome = try repository.add("a").check(0, says: "'.env.link'", "'plain.txt'")
        let lease = outcome.line
        #expect(Set(try tree(of: lease).keys) == ["a.txt", ".gitignore", "deep", "deep/x.local"])
        try repository.pool("done", "a").check(0)
        try repository.settle(lease)
        // A session that puts a link in the way of the next copy gains nothing.
        Scratch.remove("\(lease)/deep")
        try scratch.sh("ln -s ../../outside deep", in: lease)
        try scratch.sh("echo /deep >> .git/info/exclude", in: repository.path)
        try repository.add("b").check(0, says: "'.env.link' and 1 more")
        #expect(scratch.entries("outside") == ["secret.local"])
        // Tracked by the branch of the lease alone: git has it as it is there.
        try repository.git("switch", "-q", "-c", "tracks")
        try repository.git("add", "-f", "deep/x.local")
        try repository.git("commit", "-q", "-m", "tracks")
        try repository.git("switch", "-q", "main")
        try scratch.write("\(repository.path)/deep/x.local", "untracked here\n")
        let other = try repository.lease("c", "--from", "tracks")
        #expect(try scratch.read("\(other)/deep/x.local") == "x\n")
        #expect(try repository.status(of: other).isEmpty)
    }

    @Test("B15 repositories and worktrees inside are never copied, and a bare repository has nothing to copy")
    func nested() throws {
        let repository = try repository()
        let scratch = repository.scratch
        try repository.git("init", "-q", "deep/inner")
        try scratch.write("\(repository.path)/deep/inner/.env", "inner\n")
        try repository.git("worktree", "add", "-q", "--detach", "deep/tree")
        try scratch.write("\(repository.path)/deep/tree/.env", "tree\n")
        try scratch.write("\(repository.path)/deep/.env", "own\n")
        try repository.git("config", "pool.include", ".env")
        try repository.git("config", "--add", "pool.include", "deep/")
        let lease = try repository.add("a").check(0, says: "repository").line
        #expect(Set(try tree(of: lease).keys) == ["a.txt", ".gitignore", "deep", "deep/.env"])

        let bare = try scratch.bareClone(of: repository)
        try bare.git("config", "pool.include", ".env")
        let outcome = try bare.add("z").check(0, says: "no main worktree")
        #expect(outcome.err.components(separatedBy: "main worktree").count == 2)
    }
}
