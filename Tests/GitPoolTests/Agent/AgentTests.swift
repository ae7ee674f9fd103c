import Foundation
import Testing

@Suite struct AgentTests {
    @Test("G10 an agent's worktree is a lease of its process and session, and its path is all it is told")
    func create() throws {
        let repository = try Scratch().repository()
        let agent = try Agent(repository)
        let outcome = try agent.create("feature-auth").check(0, says: "'feature-auth' is leased to ")
        #expect(outcome.out == repository.slot(1) + "\n")
        let slot = try #require(try repository.slot(named: "feature-auth"))
        #expect(slot["state"] as? String == "leased")
        #expect(slot["branch"] as? String == "feature-auth")
        let holder = try #require(slot["holder"] as? [String: Any])
        #expect(holder["pid"] as? Int == agent.pid)
        #expect(holder["session"] as? String == agent.session)

        // The name is taken, not given, empty, or spelled as other versions spell it: there is a worktree all the same.
        #expect(try agent.create("feature-auth").check(0).line == repository.slot(2))
        #expect(try agent.create(nil).check(0).line == repository.slot(3))
        #expect(try agent.create("").check(0).line == repository.slot(4))
        #expect(try agent.create(nil, ["worktree_name": #""other""#]).check(0).line == repository.slot(5))
        #expect(try repository.leased.filter { $0.hasPrefix("feature-auth") } == ["feature-auth", "feature-auth-2"])
        #expect(try repository.slot(named: "other")?["path"] as? String == repository.slot(5))
        // A branch of that name is no reason to fail either.
        try repository.git("branch", "topic")
        try agent.create("topic").check(0)
        #expect(try repository.leased.contains("topic-2"))
    }

    @Test("G10 the repository is that of the folder in the event, or none")
    func place() throws {
        let repository = try Scratch().repository(files: ["deep/a.txt": "one\n"])
        let agent = try Agent(repository, in: repository.scratch.directory("elsewhere"))
        let deep = "\"\(repository.path)/deep\""
        #expect(try agent.create("a", ["cwd": deep]).check(0).line == repository.slot(1))
        try agent.create("b", ["cwd": "\"\(repository.scratch.path)/nosuch\""]).check(128, says: "fatal: ")
        #expect(try repository.leased == ["a"])
    }

    @Test("G10 what an agent is done with goes back, once, and whether or not the worktree is there still")
    func remove() throws {
        let repository = try Scratch().repository()
        let agent = try Agent(repository)
        let path = try agent.create("a").ok().line
        let other = try agent.create("b").ok().line
        // The agent stands in it; a name for the path is the path.
        try repository.scratch.sh("ln -s \"$1\" link", path, in: repository.scratch.path)
        let outcome = try agent.remove(repository.scratch.at("link"), ["cwd": "\"\(path)\""])
        #expect(outcome.check(0, says: "released 'a'").out == "")
        try repository.settle(path)
        #expect(try repository.tip("a") == nil)
        try agent.remove(path).check(0, says: "nothing to release")
        #expect(try repository.leased == ["b"])

        let third = try agent.create("c").ok().line
        try repository.scratch.sh("rm -r \"$1\"; mv \"$2\" away", other, third, in: repository.scratch.path)
        #expect(try agent.remove(other, ["cwd": "\"\(other)\""]).check(0, says: "released 'b'").out == "")
        try agent.remove(third).check(0, says: "'c' is kept", "git worktree repair", "/away tells")
        #expect(try repository.leased == [])
        try agent.remove(repository.scratch.at("home")).check(128, says: "not a git repository")
        try agent.remove(repository.scratch.at("nosuch")).check(0, says: "nothing to release")
        try agent.remove(repository.path).check(0, says: "nothing to release")
        #expect(Scratch.exists("\(repository.path)/a.txt"))
    }

    @Test("G10 work at risk is kept and never makes the hook fail")
    func work() throws {
        let repository = try Scratch().repository()
        let agent = try Agent(repository)
        let path = try agent.create("a").ok().line
        try repository.scratch.write("\(path)/new.txt", "mine\n")
        let outcome = try agent.remove(path).check(
            0, says: "warning: 'a' is kept: ", "new.txt", "git pool done --save a")
        #expect(outcome.out == "")
        #expect(try repository.state(at: path) == "orphaned")
        #expect(try repository.scratch.read("\(path)/new.txt") == "mine\n")
        // Said again, it is not thrown away after all.
        try agent.remove(path).check(0, says: "nothing to release")
        #expect(try repository.state(at: path) == "orphaned")
        #expect(try repository.scratch.read("\(path)/new.txt") == "mine\n")

        // Commits stay on their branch.
        let second = try agent.create("b").ok().line
        let commit = try repository.commit("work", ["b.txt": "b\n"], in: second)
        try agent.remove(second).check(0, says: "released 'b'")
        try repository.settle(second)
        #expect(try repository.tip("b") == commit)
    }

    @Test("G10 a worktree that is another's by now is left alone, and so is one around that of an agent")
    func others() throws {
        let repository = try Scratch().repository()
        let agent = try Agent(repository)
        let path = try agent.create("a").ok().line
        for inside in ["\(path)/.claude/worktrees/x", "\(path)/.git", "\(path)/nosuch"] {
            try agent.remove(inside).check(0, says: "nothing to release")
        }
        try repository.scratch.directory("\(path)/.claude/worktrees/x")
        try agent.remove("\(path)/.claude/worktrees/x").check(0, says: "nothing to release")
        try agent.remove(repository.root).check(0, says: "nothing to release")
        #expect(try repository.leased == ["a"])
        try repository.scratch.sh("rmdir -p .claude/worktrees/x", in: path)
        try agent.remove(path).check(0)
        try repository.settle(path)

        #expect(try repository.lease("other") == path)
        try agent.remove(path).check(6, says: "error: 'other' is another session's: sleep (pid ")
        try agent.remove(path, ["session_id": ""]).check(6)
        #expect(try repository.leased == ["other"])

        // Its own are those of its session, whichever process asks, and those that its process holds.
        let second = try agent.create("second").ok().line
        let stranger = try Agent(repository)
        try stranger.remove(second).check(6, says: "error: 'second' is another session's: ")
        try stranger.remove(second, ["session_id": "\"\(agent.session)\""]).check(0, says: "released 'second'")
        let third = try agent.create("third").ok().line
        try agent.remove(third, ["session_id": #""resumed""#]).check(0, says: "released 'third'")
        #expect(try repository.leased == ["other"])
    }

    @Test("G10 pool-pre-done may refuse, and the lease stays")
    func hook() throws {
        let repository = try Scratch().repository()
        try repository.scratch.write("\(repository.path)/.git/hooks/pool-pre-done", "#!/bin/sh\nexit 3\n", mode: 0o755)
        let agent = try Agent(repository)
        let path = try agent.create("a").ok().line
        try agent.remove(path).check(1, says: "hook 'pool-pre-done' refused")
        #expect(try repository.leased == ["a"])
    }
}
