import Foundation
import Glibc
import POSIX
import Testing

@testable import Git
@testable import GitPool
@testable import PoolCommands

/// Whatever bytes stand in the files that are read without asking git: an answer or none, and no more.
@Suite struct FilesFuzzTests: FileFuzz {
    private static let id = String(repeating: "1a", count: 20)

    @Test("H3 JSON from an agent: what is understood is written and reads the same again")
    func json() {
        let text = #"""
            {"hook_event_name":"WorktreeCreate","session_id":"s\u00e9\n","cwd":"/w","name":"a/b","x":[1,-2.5e3,{"y":null}]}
            """#
        var understood = 0
        each([text, #"{"worktree_path":"/w/\ud83d\ude00","n":[[[[true]]],"\\\""]}"#], 4000) { bytes in
            for kind in [AgentEvent.Kind.create, .remove] { _ = try? AgentEvent(bytes, kind) }
            guard let value = try? JSONReader.read(bytes) else { return }
            understood += 1
            #expect(try! JSONReader.read(Array(value.text.utf8)).text == value.text)
        }
        #expect(understood > 50)
        // Nesting is bounded by the reader, not by the stack.
        #expect(throws: JSONReader.Malformed.self) { try JSONReader.read([UInt8](repeating: 0x5B, count: 1 << 20)) }
    }

    @Test("H3 refs, HEAD, commondir and the .git file: an object id, or git is asked")
    func refs() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        let lease = try repository.lease("a")
        let common = repository.commonDirectory
        let admin = try #require(AdminDirectory.named(byTree: lease)).path
        let id = FilesFuzzTests.id
        let packed = "# pack-refs with: peeled fully-peeled sorted \n\(id) refs/heads/a/b\n\(id) refs/tags/v\n^\(id)\n"
        let samples = [
            ("\(common)/packed-refs", [packed]), ("\(common)/refs/heads/main", ["\(id)\n", "ref: refs/heads/a\n"]),
            ("\(common)/HEAD", ["ref: refs/heads/main\n", "\(id)\n"]), ("\(admin)/commondir", ["../..\n"]),
            ("\(admin)/HEAD", ["ref: refs/heads/a\n"]), ("\(admin)/gitdir", ["\(lease)/.git\n"]),
            ("\(lease)/.git", ["gitdir: \(admin)\n"]),
        ]
        for (path, texts) in samples {
            let original = FileManager.default.contents(atPath: path)
            try each(texts, 150) { bytes in
                try put(bytes, path)
                for place in [repository.path, lease] {
                    guard let plain = PlainRepository(above: place, environment: [:]) else { continue }
                    for format in ["sha1", "sha256"] {
                        if let tip = plain.tip(format) { #expect(Text.isObjectID(tip.commit)) }
                    }
                }
                for ref in ["refs/heads/main", "refs/heads/a/b", "refs/heads/a"] {
                    if let found = RefFiles.id(of: ref, in: common) { #expect(Text.isObjectID(found)) }
                }
                _ = AdminDirectory(admin).isLinked(to: lease)
            }
            if let original { try original.write(to: URL(fileURLWithPath: path)) } else { Scratch.remove(path) }
        }
        try repository.pool("done", "a").check(0)
    }

    @Test(
        "H3 a number in a file of the pool's that is as low or as high as can be ends no command",
        arguments: [
            ("stats", "git-pool-stats 1\nsince \(Int64.min)\nend\n", "stats", 0),
            ("tree-size", "HEAD \(Int64.min)\n", "add --fresh --no-holder", 0),
            ("tree-size", "HEAD \(Int64.max)\n", "add --fresh --no-holder", 0),
            ("queue/\(Int64.max)", "", "add --no-holder --wait=1s", 3),
            ("queue/5.idle", "\(Int64.min)", "add --no-holder --wait=5s", 0),
        ] as [(String, String, String, Int32)])
    func numbers(_ file: String, _ text: String, _ command: String, _ status: Int32) throws {
        let repository = try Scratch().repository()
        let scratch = repository.scratch
        _ = try repository.lease("a")
        try repository.git("config", "pool.minFree", "1M")
        try repository.git("config", "pool.maxDisk", "1000000000000")
        let head = try #require(try repository.tip("HEAD"))
        try scratch.write("\(repository.state)/\(file)", text.replacingOccurrences(of: "HEAD", with: head))
        if status == 3 { try repository.git("config", "pool.max", "1") }
        if file == "queue/5.idle" {
            // A waiter in front that lets a free slot lie.
            _ = try scratch.start(["flock", "\(repository.state)/queue/5", "sleep", "900"])
            try scratch.until("it waits") { Scratch.exists("\(repository.state)/queue/5") }
        }
        let words = ["git", "pool"] + command.split(separator: " ").map(String.init)
        try scratch.run(words, in: repository.path).check(status)
    }

    @Test("H3 births and what the user agreed to: read whole, or not at all")
    func records() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        let pool = try Pool(lookingAt: repository.commonDirectory, environment: scratch.environment)
        let id = FilesFuzzTests.id
        try scratch.directory("\(repository.state)/births")
        try each(["\(id) 1700000000000000000 1700000000100000000 77\n"], 600) { bytes in
            try put(bytes, "\(repository.state)/births/1")
            guard let birth = Birth(of: 1, in: pool) else { return }
            #expect(birth.tree.map(Text.isObjectID) ?? true)
        }
        let path = "\(repository.state)/trust"
        let whole = [TrackedCommand(key: .setup, lines: ["make", "echo 'a b' %"])]
        let trust = Trust(of: pool.repository)
        try trust.record(whole)
        let text = try scratch.read(path)
        try each([text], 600) { bytes in
            try put(bytes, path)
            chmod(path, 0o600)
            let agreed = Trust(of: pool.repository).commands
            // A record that was cut or lengthened agrees to nothing, or to what stands in it word for word.
            for line in agreed.flatMap(\.lines) { #expect(!line.utf8.contains(0x0A)) }
        }
    }
}
