import Foundation
import Glibc
import Testing

/// What is no UTF-8, or speaks to a terminal: it goes on as it is, or is refused; it is never something else.
@Suite struct BytesTests {
    @Test("H3 words that are not UTF-8 are refused: changed, they would name something else")
    func words() throws {
        let repository = try Scratch().repository()
        for words in ["add --no-holder -b \"$x\"", "add --no-holder \"$x\"", "run --no-holder a -- echo \"$x\"", "$x"] {
            let script = "x=$(printf 'a\\377\\033[31mb'); exec git-pool \(words)"
            let outcome = try repository.scratch.run(["sh", "-c", script], in: repository.path)
            outcome.check(129, says: "is not UTF-8")
            #expect(outcome.out.isEmpty && !outcome.err.contains("\u{1B}"))
        }
        #expect(!Scratch.exists(repository.state))
    }

    @Test("H3 an environment that is not UTF-8 reaches commands and set-up as it is")
    func environment() throws {
        let repository = try Scratch().repository()
        try repository.git("config", "pool.setup", "printf %s \"$ODD\" >odd")
        let script = """
            ODD=$(printf 'a\\377b\\360'); export ODD
            git-pool run -- sh -c 'printf %s "$ODD"; cat odd'
            """
        let outcome = try repository.scratch.run(["sh", "-c", script], in: repository.path)
        outcome.check(0)
        #expect(Array(outcome.bytes) == [0x61, 0xFF, 0x62, 0xF0, 0x61, 0xFF, 0x62, 0xF0])
    }

    @Test("H3 a path that is not UTF-8 is refused by name before anything is made")
    func path() throws {
        let scratch = try Scratch()
        let script = """
            place=$(printf 're\\377po'); git init -q "$place"; cd "$place"
            git commit -q --allow-empty -m x
            for words in 'add --no-holder a' list gc doctor; do git-pool $words || echo $?; done
            ! test -e .git/pool
            """
        let outcome = try scratch.sh(script, in: scratch.path)
        outcome.check(0, says: "po' has bytes in its path that are not UTF-8")
        #expect(outcome.lines == ["128", "128", "128", "128"])
    }

    @Test(
        "C4 H3 a repository below a folder whose name is not UTF-8 is never thrown away", arguments: ["done", "trim"])
    func hiddenRepository(_ way: String) throws {
        let repository = try Scratch().repository()
        try repository.scratch.write("\(repository.commonDirectory)/info/exclude", "d*\n")
        try repository.git("config", "pool.recycle", way == "done" ? "pristine" : "keep")
        let lease = try repository.lease("a")
        let script = """
            cd "$1"; place=$(printf 'd\\377/in'); git init -q "$place"; cd "$place"
            echo precious >new.txt
            """
        try repository.scratch.sh(script, lease).ok()
        try repository.pool("done", "a").check(0)
        for _ in 0..<2 { try repository.pool("gc", env: ["GIT_POOL_FAKE_SECONDS": "9999999"]).check(0) }
        #expect(try repository.holds("precious\n"))
        #expect(try repository.state(at: lease) == "orphaned")
    }

    @Test("H3 escapes in a path: none of it reaches the terminal but by the answer itself")
    func escapes() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository(named: "re\u{1B}]0;x\u{7}po")
        let lease = try repository.lease("a")
        #expect(lease.hasPrefix("\(scratch.path)/re\u{1B}]0;x\u{7}po.pool/"))
        try scratch.write("\(lease)/n\u{1B}[2J\nx", "work\n")
        for words in [
            ["list", "--status"], ["doctor"], ["show", "a"], ["done", "a"], ["done", "-n", "--all"], ["gc"],
        ] {
            let outcome = try scratch.run(["git-pool"] + words, in: repository.path)
            #expect(!outcome.out.contains("\u{1B}") && !outcome.err.contains("\u{1B}"), "\(outcome)")
        }
        #expect(try repository.slot(named: "a")?["path"] as? String == lease)
    }

    @Test("C9 H3 a megabyte from each hook, on both streams: the answer is the path alone")
    func loudHooks() throws {
        let repository = try Scratch().repository()
        let loud = "yes 'out' | head -c 1000000; yes 'err' | head -c 1000000 >&2"
        for hook in ["post-checkout", "pool-post-add", "pool-pre-done", "pool-post-done"] {
            try repository.scratch.write(
                "\(repository.commonDirectory)/hooks/\(hook)", "#!/bin/sh\n\(loud)\n", mode: 0o755)
        }
        try repository.git("config", "pool.setup", loud)
        let add = try repository.add("a")
        #expect(add.status == 0 && add.out == repository.slot(1) + "\n", "\(add.status) \(add.out.prefix(200))")
        let json = try repository.add("--json", "b")
        #expect(try json.object()["path"] as? String == repository.slot(2))
        let done = try repository.pool("done", "a", "b")
        #expect(done.status == 0 && done.out.isEmpty, "\(done.status)")
    }
}
