import Foundation
import Testing

@Suite struct TrackedFileTests {
    private func write(_ text: String, _ repository: Repository) throws {
        try repository.scratch.write("\(repository.path)/.gitpool", text)
    }

    @Test("B16 commands of .gitpool run only after git pool trust, word for word, and not after a change")
    func trust() throws {
        let repository = try Scratch().repository(files: ["a.txt": "one\n", ".gitignore": "*.log\n"])
        let scratch = repository.scratch
        try write(
            "[pool]\n\tsetup = \"echo one >>ran.log\"\n\tsetup = \"echo\\ttwo \\\"x\\\" >>ran.log\"\n", repository)
        let before = try repository.snapshot()
        let refused = try repository.add("a").check(1, says: "echo one >>ran.log", "git pool trust")
        #expect(refused.out.isEmpty)
        #expect(try repository.snapshot() == before)
        #expect(try repository.slots().isEmpty)
        let shown = try repository.pool("trust").check(0)
        #expect(shown.out.contains("echo one >>ran.log") && shown.out.contains("two"))
        #expect(try scratch.sh("stat -c %a .git/pool .git/pool/trust", in: repository.path).out == "700\n600\n")
        let lease = try repository.lease("a")
        #expect(try scratch.read("\(lease)/ran.log") == "one\ntwo x\n")
        // Other keys may change, the commands may not: a byte, the order, one more, the same in another place.
        for text in [
            "[pool]\nsetup = \"echo one >>ran.log \"\nsetup = \"echo\\ttwo \\\"x\\\" >>ran.log\"\n",
            "[pool]\nsetup = \"echo\\ttwo \\\"x\\\" >>ran.log\"\nsetup = \"echo one >>ran.log\"\n",
            "[pool]\nsetup = \"echo one >>ran.log\\necho\\ttwo \\\"x\\\" >>ran.log\"\n",
            "[pool]\nsetup = echo one >>ran.log\n",
        ] {
            try write(text, repository)
            try repository.add("b").check(1, says: "git pool trust")
        }
        try write(
            "[pool]\nmax=9\nsetup = \"echo one >>ran.log\"\n\tsetup = \"echo\\ttwo \\\"x\\\" >>ran.log\"\n", repository)
        _ = try repository.lease("b")
        try repository.pool("trust", "--revoke").check(0)
        try repository.add("c").check(1, says: "git pool trust")
        try repository.pool("trust", "--revoke").check(0)
        // The user's own configuration stands for the file's, an empty one for none.
        try repository.git("config", "pool.setup", "")
        #expect(!Scratch.exists("\(try repository.lease("c"))/ran.log"))
        try repository.pool("done", "c").check(0)
    }

    @Test("B16 a record of trust that others can write, or that is not understood, is none", arguments: [0o622, 0o600])
    func record(_ mode: Int) throws {
        let repository = try Scratch().repository()
        try write("[pool]\nsetup = true\n", repository)
        try repository.pool("trust").check(0)
        _ = try repository.lease("a")
        let path = "\(repository.state)/trust"
        let text = try repository.scratch.read(path)
        try repository.scratch.write(path, mode == 0o600 ? text + "more\n" : text, mode: mode_t(mode))
        try repository.add("b").check(1, says: "git pool trust")
    }

    @Test("B16 .gitpool gives defaults, never over the user's own, never for keys that lead out or run")
    func defaults() throws {
        let repository = try Scratch().repository(files: ["a.txt": "one\n", ".gitignore": ".env\n"])
        let scratch = repository.scratch
        let elsewhere = scratch.at("elsewhere")
        try scratch.write("included", "[pool]\nmax = 0\n")
        try scratch.write("\(repository.path)/.env", "secret\n")
        try write(
            """
            [pool]
                root = \(elsewhere)
                branchTemplate = topic/{name}
                max = 2
                include = /.env
                saveExpire = 0
                transparent = sh
                keeper = true
            [pool "cache.x"]
                env = LD_PRELOAD
                path = /evil.so
            [include]
                path = \(scratch.at("included"))
            [core]
                hooksPath = \(elsewhere)
            [alias]
                x = !touch \(elsewhere)
            """, repository)
        let lease = try repository.lease("a")
        #expect(lease == repository.slot(1))
        #expect(try repository.git("symbolic-ref", "--short", "HEAD", in: lease).line == "topic/a")
        #expect(try scratch.read("\(lease)/.env") == "secret\n")
        // The file of a lease says nothing, not even to those who stand in it.
        try scratch.write("\(lease)/.gitpool", "[pool]\nbranchTemplate = evil/{name}\nsetup = touch \(elsewhere)\n")
        let other = try repository.lease("b", in: lease)
        #expect(try repository.git("symbolic-ref", "--short", "HEAD", in: other).line == "topic/b")
        try repository.add("c").check(4)
        try repository.git("config", "pool.max", "3")
        try repository.git("config", "pool.branchTemplate", "{name}")
        #expect(try repository.git("symbolic-ref", "HEAD", in: repository.lease("c")).line == "refs/heads/c")
        #expect(!Scratch.exists(elsewhere))
        try repository.pool("trust").check(0, says: "pool.root", "pool.saveexpire", "pool.transparent")
    }

    @Test(
        "B16 a hostile .gitpool only warns, and stops no command",
        arguments: ["huge", "binary", "broken", "value", "link", "folder", "fifo"])
    func hostile(_ kind: String) throws {
        let repository = try Scratch().repository()
        let scratch = repository.scratch
        let path = "\(repository.path)/.gitpool"
        switch kind {
        case "huge": try scratch.write(path, String(repeating: "[pool]\n\tmax = 1\n", count: 1 << 16))
        case "binary": try scratch.write(path, Data((0...255).map { UInt8($0) }))
        case "broken": try scratch.write(path, "[pool]\n\tmax = 1\n[pool\n")
        case "value": try scratch.write(path, "[pool]\n\tmax = 1\n\tttl = \u{1B}[31mred\n")
        case "link":
            try scratch.write("target", "[pool]\n\tmax = 1\n")
            try scratch.sh("ln -s ../target .gitpool", in: repository.path)
        case "folder": try scratch.directory(path)
        default: try scratch.sh("mkfifo .gitpool", in: repository.path)
        }
        let outcome = try repository.add("a", seconds: 20).check(0, says: "warning", ".gitpool")
        #expect(!outcome.err.contains("\u{1B}"))
        // Nothing of it is used.
        _ = try repository.lease("b")
        try repository.pool("list").check(0)
        try repository.pool("trust").check(1)
        try repository.pool("done", "a", "b").check(0)
    }
}
