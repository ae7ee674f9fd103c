import Foundation
import Glibc
import Testing

/// Limits of `run` and `map`: what passes one ends with all it started, and what cannot be kept is said first.
@Suite struct LimitTests {
    private let scratch: Scratch
    private let repository: Repository

    init() throws {
        scratch = try Scratch()
        repository = try scratch.repository()
    }

    private func allocating(_ megabytes: Int, then rest: String) -> [String] {
        ["python3", "-c", "import time; x = b'x' * (\(megabytes) << 20); \(rest)"]
    }

    private func run(_ options: [String], _ command: [String], env: [String: String?] = [:]) throws -> Outcome {
        try scratch.run(["git", "pool", "run"] + options + ["a", "--"] + command, in: repository.path, env: env)
    }

    @Test("F3 a memory limit of 64 MB ends a command that takes 256, also one that is over at once")
    func memory() throws {
        try run(["--memory=64M"], allocating(256, then: "time.sleep(900)")).check(
            9, says: "limits: memory 64M (", "error: 'a' passed its memory limit of 64M")
        try run(["--memory", "64M"], allocating(256, then: "pass")).check(9, says: "memory limit of 64M")
        try repository.settle(repository.slot(1))
    }

    @Test("F3 a memory limit counts all that a command starts together, and what they share once")
    func memoryOfAll() throws {
        let child = allocating(40, then: "time.sleep(900)").map {
            "'\($0.replacingOccurrences(of: "'", with: "'\\''"))'"
        }
        .joined(separator: " ")
        try run(["--memory=64M"], ["sh", "-c", "\(child) & setsid \(child) & wait"]).check(
            9, says: "memory limit of 64M")
        // One 40 MB array in three processes.
        let shared = "import os, time; x = b'x' * (40 << 20); [os.fork() for _ in 'ab']; time.sleep(0.5)"
        try run(["--memory=90M"], ["python3", "-c", shared]).ok()
    }

    @Test("F3 two slots at 60 MB of 100 each both pass")
    func memoryOfEach() throws {
        let runs = try ["a", "b"].map { name in
            try scratch.start(
                ["git-pool", "run", "--memory=100M", name, "--"] + allocating(60, then: "time.sleep(0.3)"),
                in: repository.path)
        }
        for run in runs { try run.wait().ok() }
    }

    @Test("F3 a disk limit of 1 MB ends a command that writes 2, and its work is kept")
    func disk() throws {
        let writes = "dd if=/dev/urandom of=big bs=1M count=2 2>/dev/null"
        try run(["--disk=1M"], ["sh", "-c", writes + "; exec sleep 900"]).check(
            9, says: "limits: disk 1.0M (watched)", "error: 'a' passed its disk limit of 1.0M", "'a' is kept")
        #expect(try repository.state(at: repository.slot(1)) == "orphaned")
        #expect(Scratch.exists("\(repository.slot(1))/big"))
        try scratch.run(["git", "pool", "run", "--disk=1M", "b", "--", "sh", "-c", writes], in: repository.path).check(
            9)
        try scratch.run(["git", "pool", "run", "--disk=3M", "c", "--", "sh", "-c", writes], in: repository.path).ok()
    }

    @Test("F3 a time limit ends all that a command started, wherever it went; 5 s later without asking")
    func time() throws {
        let script = """
            setsid sh -c 'trap "" TERM; echo $$ >"$1"; while :; do sleep 0.05; done' sh "$1" &
            while [ ! -s "$1" ]; do sleep 0.02; done; exec sleep 900
            """
        let note = scratch.at("pid")
        try run(["--time=1s"], ["sh", "-c", script, "sh", note]).check(
            9, says: "limits: time 1s (enforced)", "error: 'a' passed its time limit of 1s")
        let pid = try #require(Int32(try scratch.read(note).trimmingCharacters(in: .newlines)))
        #expect(Kept.hasEnded(pid))
        try repository.settle(repository.slot(1))
        try repository.git("config", "pool.limit.time", "1")
        try run([], ["sleep", "900"]).check(9, says: "time limit of 1s")
        try run(["--time=0"], ["true"]).ok()
        try repository.git("config", "pool.limit.time", "soon")
        try run([], ["true"]).check(128, says: "bad value 'soon' for 'pool.limit.time'")
    }

    @Test("F3 what cannot be kept is an error before anything is made, and with --best-effort a warning")
    func unavailable() throws {
        let before = try repository.snapshot()
        let outcome = try run(["--cpu=50"], ["true"])
        guard outcome.status != 0 else {
            // Here the kernel keeps it.
            return #expect(outcome.err.contains("cpu 50% (enforced)"))
        }
        outcome.check(128, says: "fatal: the cpu limit can only be requested", "hint: ", "--best-effort")
        #expect(try repository.snapshot() == before)
        #expect(repository.records.isEmpty)
        let tried = try run(
            ["--cpu=50%", "--best-effort", "-q"],
            ["sh", "-c", "i=0; while [ $(nice) -lt 10 ] && [ $i -lt 500 ]; do sleep 0.02; i=$((i+1)); done; nice"]
        ).ok()
        #expect(tried.err.contains("warning: the cpu limit can only be requested"))
        #expect(tried.line == "10" || tried.line == "19")
        try run(["--cpu=half"], ["true"]).check(129, says: "percentage")
        try run(["--memory=lots"], ["true"]).check(129, says: "size")
    }

    @Test("F3 map limits each item by itself")
    func items() throws {
        let outcome = try scratch.run(
            ["git", "pool", "map", "-j3", "--time=1s", "--", "sleep", ":::", "900", "0", "0.1"], in: repository.path)
        outcome.check(9, says: "'900' passed its time limit of 1s", "1 of 3 failed", "2 of 3 done")
    }

    @Test("F3 pool.maxDisk refuses one more worktree before anything is made, and lets an idle one be leased")
    func ceiling() throws {
        // Zeros would take no room: git writes them as a hole.
        try scratch.write(
            "repo/big", Data((0..<(1 << 20)).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) }))
        try repository.commit("big")
        try repository.git("config", "pool.maxDisk", "2500k")
        _ = try repository.lease("a")
        _ = try repository.lease("b")
        let before = try repository.snapshot()
        try repository.add("c").check(9, says: "error: no room for another worktree", "pool.maxDisk")
        #expect(try repository.snapshot() == before)
        #expect(repository.records == ["1.leased", "2.leased"])
        try repository.pool("done", "a").ok()
        try repository.settle(repository.slot(1))
        #expect(try repository.lease("c") == repository.slot(1))
    }

    @Test(
        "F3 where only the user's systemd may make a cgroup, run starts once more in a scope of it",
        arguments: [true, false])
    func userScope(answers: Bool) throws {
        let note = scratch.at("calls")
        try scratch.write("run/systemd/private", "")
        try scratch.write(
            "bin/systemd-run",
            """
            #!/bin/sh
            echo "$*" >>'\(note)'
            \(answers ? "" : "exit 1")
            while [ "$1" != -- ]; do shift; done
            shift; exec "$@"
            """, mode: 0o755)
        let env: [String: String?] = ["PATH": scratch.at("bin") + ":" + (scratch.environment["PATH"] ?? "")]
        let outcome = try run(["--memory=64M"], ["sh", "-c", "echo scope=$GIT_POOL_SCOPE; exit 5"], env: env)
        // With a cgroup of our own at hand there is nothing to ask for.
        guard !outcome.err.contains("memory 64M (enforced)") else { return }
        outcome.check(5, says: "limits: memory 64M (watched)")
        #expect(outcome.line == "scope=")
        let calls = try scratch.read("calls").split(separator: "\n")
        #expect(calls.count == (answers ? 2 : 1))
        #expect(calls.first?.hasSuffix("-- true") == true)
        try repository.settle(repository.slot(1))
        let items = try scratch.run(
            ["git", "pool", "map", "--memory=64M", "--from-file=-", "--", "echo"], in: repository.path, env: env,
            input: "a\n")
        #expect(try items.ok().out == "a\n")
    }

    @Test("F3 stats --json tells which limits are configured, and how well one of each kind is kept here")
    func levels() throws {
        try repository.git("config", "pool.limit.memory", "64m")
        try repository.git("config", "pool.limit.disk", "0")
        let stats = try repository.pool("stats", "--json").object()
        let limits = try #require(stats["limits"] as? [String: [String: Any]])
        #expect(limits["memory"]?["limit"] as? Int == 64 << 20 && limits["disk"]?["limit"] is NSNull)
        #expect(limits["time"]?["limit"] is NSNull && limits["time"]?["level"] as? String == "enforced")
        let said = try run(["--best-effort", "--cpu=50", "--disk=1M"], ["true"]).ok().err
        for kind in ["memory", "cpu", "disk"] {
            let level = try #require(limits[kind]?["level"] as? String)
            #expect(said.contains(try Regex("\(kind) [0-9.]+[M%] \\(\(level)\\)")), "\(said)")
        }
    }
}
