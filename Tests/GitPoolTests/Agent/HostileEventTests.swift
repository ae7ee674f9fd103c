import Foundation
import Testing

@testable import PoolCommands

@Suite struct HostileEventTests {
    private static let start = #"{"session_id":"s","hook_event_name":"WorktreeCreate","cwd":"/","name":"#

    @Test("G10 an event that cannot be meant leases nothing and says why")
    func create() throws {
        let repository = try Scratch().repository()
        let agent = try Agent(repository)
        let cases: [(json: String, status: Int32, words: String)] = [
            ("", 128, "fatal: no event on standard input"),
            (Self.start, 128, "is not JSON: it ends too soon"),
            (Self.start + #""a"} {}"#, 128, "is not JSON: unexpected byte"),
            (Self.start + #""\ud83d"}"#, 128, "half a surrogate pair"),
            (Self.start + #""a","name":"b"}"#, 128, "a name stands twice"),
            (String(repeating: #"{"a":"#, count: 5000), 128, "nested deeper than 64 levels"),
            (Self.start + "\"" + String(repeating: "a", count: 1 << 20) + "\"}", 128, "it is larger than 1.0M"),
            ("[]", 128, "no JSON object"),
            (#"{"hook_event_name":"WorktreeRemove"}"#, 128, "is 'WorktreeRemove', not 'WorktreeCreate'"),
            (#"{"hook_event_name":"\u001b[2J\n"}"#, 128, "not 'WorktreeCreate'"),
            (#"{"name":["a"]}"#, 128, "'name' of the event on standard input is no string"),
            (#"{"session_id":7}"#, 128, "'session_id' of the event on standard input is no string"),
            (#"{"session_id":"a\nb"}"#, 128, "'session_id' of the event on standard input cannot be used"),
            (#"{"cwd":"repo"}"#, 128, "'cwd' of the event on standard input is no absolute path"),
            (#"{"cwd":"/tmp\u0000/x"}"#, 128, "'cwd' of the event on standard input cannot be used"),
            (#"{"name":"a\nb"}"#, 129, "is not a name for a lease"),
            (#"{"name":"a\u0000b"}"#, 129, "is not a name for a lease"),
            (#"{"name":"../../../etc"}"#, 129, "is not a name for a lease"),
            (#"{"name":"/etc/passwd"}"#, 129, "is not a name for a lease"),
            (#"{"name":"-rf"}"#, 129, "is not a name for a lease"),
            (#"{"name":"$(touch pwned)"}"#, 129, "is not a name for a lease"),
            (#"{"name":"refs/heads/../x.lock"}"#, 129, "is not a name for a lease"),
        ]
        for (json, status, words) in cases {
            let outcome = try agent.tell("create", json).check(status, says: words)
            #expect(outcome.out == "", "\(outcome)")
            #expect(outcome.err.allSatisfy { $0 == "\n" || !($0.asciiValue.map { $0 < 0x20 } ?? false) }, "\(outcome)")
        }
        #expect(try repository.slots().isEmpty)
        #expect(try repository.git("branch", "--list").line == "* main")

        // What git takes as a branch is a name, whatever a shell would make of it.
        let path = try agent.create("$(touch${IFS}pwned);`x`").check(0).line
        #expect(path == repository.slot(1))
        #expect(repository.scratch.entries(repository.path) == [".git", "a.txt"])
        #expect(repository.scratch.entries(path) == [".git", "a.txt"])
    }

    @Test("G10 an event that cannot be meant ends nothing")
    func remove() throws {
        let repository = try Scratch().repository()
        let agent = try Agent(repository)
        let path = try agent.create("a").ok().line
        let cases: [(path: String, status: Int32, words: String)] = [
            ("", 128, "has no 'worktree_path'"), ("null", 128, "has no 'worktree_path'"),
            (#""""#, 128, "has no 'worktree_path'"), ("[]", 128, "is no string"),
            (#""repo-1""#, 128, "is no absolute path"), (#""\#(path)\u0000""#, 128, "cannot be used"),
            (#""\#(path)/../..""#, 0, "nothing to release"), (#""\#(path)/..\n/repo-1""#, 0, "nothing to release"),
        ]
        for (json, status, words) in cases {
            let outcome = try agent.remove("", ["worktree_path": json]).check(status, says: words)
            #expect(outcome.out == "", "\(outcome)")
        }
        try agent.remove(path, ["hook_event_name": #""WorktreeCreate""#]).check(128, says: "not 'WorktreeRemove'")
        #expect(try repository.leased == ["a"])
    }

    @Test("G10 the hook takes no arguments and no --global, and is there for a program, not for a terminal")
    func commandLine() throws {
        let repository = try Scratch().repository()
        try repository.pool("hook", "claude-worktree-create", "x", input: "{}").check(129, says: "too many arguments")
        try repository.pool("hook", "--global", "claude-worktree-create", input: "{}").check(
            129, says: "'--global' is for")
        try repository.pool("hook", "claude-worktree-crate", input: "{}").check(129, says: "unknown event")
        let terminal = try Terminal(
            repository.scratch, ["git", "pool", "hook", "claude-worktree-remove"], in: repository.path)
        try terminal.wait(for: "no event on standard input")
    }
}
