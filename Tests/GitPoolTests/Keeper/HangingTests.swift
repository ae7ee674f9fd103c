import Foundation
import Glibc
import Testing

/// A slot in which a git command never ends, or fails again and again: the others have nothing to do with it.
@Suite struct HangingTests {
    private let kept: Kept
    private var scratch: Scratch { kept.scratch }
    private var repository: Repository { kept.repository }

    /// A clean filter that notes each start on what `change` wrote, and does not end while a file is there. Unchanged
    /// files are read too, where they are as young as the index.
    init() throws {
        kept = try Kept()
        let filter = try scratch.write(
            "filter.sh",
            """
            text=$(cat)
            case $text in
            *'#')
                date +%s%N >>'\(scratch.at("started"))'
                while test -e '\(scratch.at("hang"))'; do sleep 0.05; done ;;
            esac
            printf '%s\\n' "$text"

            """)
        try repository.git("config", "filter.slow.clean", "sh '\(filter)'")
        try scratch.write("\(repository.commonDirectory)/info/attributes", "a.txt filter=slow\n")
    }

    /// Of the same size: git has to read it.
    private func change(_ place: String) throws {
        let text = try scratch.read("\(place)/a.txt")
        try scratch.write("\(place)/a.txt", String(text.dropLast(2)) + "#\n")
    }

    private func hang() throws {
        try scratch.write("started", "")
        try scratch.write("hang", "")
    }

    private var starts: [Int] {
        get throws { try scratch.read("started").split(separator: "\n").compactMap { Int($0) } }
    }

    @Test(
        "D2 where git hangs in the slots of dead holders, the keeper sees to the others all the same",
        arguments: [1, 3])
    func keeper(count: Int) throws {
        let holders = try (0...count).map { _ in try scratch.holder() }
        for (index, holder) in holders.enumerated() {
            let place = try kept.lease("lease-\(index)", holder: holder)
            if index < count { try change(place) }
        }
        let keeper = try kept.keeper()
        try hang()
        for holder in holders.dropLast() { holder.kill() }
        try scratch.until("the filters hang") { try starts.count == count }
        holders[count].kill()
        try scratch.until("the next slot is idle") { kept.isRecorded("\(count + 1).idle") }
        for number in 1...count { #expect(kept.isRecorded("\(number).releasing")) }
        // The slots that hang are nobody's business but their own.
        try repository.pool("list").ok()
        #expect(try repository.lease("next") == repository.slot(count + 1))
        #expect(try kept.keeper() == keeper)
        Scratch.remove(scratch.at("hang"))
        try scratch.until("what hung was kept") { (1...count).allSatisfy { kept.isRecorded("\($0).orphaned") } }
        func lines(of index: Int) -> Int {
            kept.log.split(separator: "\n").count { $0.contains("'lease-\(index)': ") }
        }
        // The record comes first, then the line.
        try scratch.until("all is told") { (0...count).allSatisfy { lines(of: $0) > 0 } }
        for index in 0...count { #expect(lines(of: index) == 1, "\(kept.log)") }
    }

    @Test("D2 a keeper that is told to end does not wait for what hangs, and the next one goes round it")
    func nextKeeper() throws {
        let (first, second) = (try scratch.holder(), try scratch.holder())
        try change(try kept.lease("a", holder: first))
        let keeper = try kept.keeper()
        try hang()
        first.kill()
        try scratch.until("the filter hangs") { try starts.count == 1 }
        Glibc.kill(keeper, SIGTERM)
        try scratch.until("the keeper has ended") { Kept.hasEnded(keeper) }
        _ = try kept.lease("b", holder: second)
        _ = try kept.keeper()
        second.kill()
        try scratch.until("the second slot is idle") { kept.isRecorded("2.idle") }
        #expect(kept.isRecorded("1.releasing"))
        Scratch.remove(scratch.at("hang"))
        try scratch.until("what hung was kept") { kept.isRecorded("1.orphaned") }
    }

    @Test("D2 a slot that cannot be recycled is tried ever more seldom, and told of once")
    func failing() throws {
        let place = try kept.lease("a", holder: try scratch.holder())
        try scratch.write("started", "")
        try change(place)
        let file = try scratch.write("\(place)/d/new.txt", "new\n")
        // One holds root up, the other everybody else.
        func set(_ attribute: String, _ mode: String) throws {
            try scratch.sh("chmod \(mode) \"$2\" && chattr \(attribute) \"$1\" || :", file, "\(place)/d")
        }
        try set("+i", "555")
        defer { try? set("-i", "755") }
        try repository.pool("done", "--save", "a", env: kept.env).ok()
        try scratch.until("there is a second between two attempts", within: 20) {
            let starts = try starts
            // A keeper may take as long to begin with.
            return kept.log.contains("its recycling failed")
                && zip(starts, starts.dropFirst()).contains { $1 - $0 > 1_000_000_000 }
        }
        let lines = kept.log.split(separator: "\n").map { $0.drop { $0 != " " } }
        #expect(
            lines.contains { $0.contains("its recycling failed") } && Set(lines).count == lines.count, "\(kept.log)")
        // It is aside while another attempt is made.
        try scratch.until("the slot is idle", within: 20) {
            try set("-i", "755")
            _ = try repository.pool("gc", "--auto", env: kept.env)
            return kept.isRecorded("1.idle")
        }
    }

    @Test("H4 without a keeper no command waits long for what hangs in a dead holder's slot, and none waits twice")
    func alone() throws {
        let holder = try scratch.holder()
        let place = try repository.lease("a", "--pid", String(holder.pid))
        try change(place)
        try hang()
        holder.kill()
        let outcome = try repository.pool("add", "b", env: ["GIT_POOL_LOCK_TIMEOUT": "500"], seconds: 30).ok()
        #expect(outcome.line == repository.slot(2))
        for words in [["list"], ["gc", "--auto"], ["add", "c"], ["done", "b"]] {
            try scratch.run(["git", "pool"] + words, in: repository.path, seconds: 30).ok()
        }
        #expect(try starts.count == 1 && kept.isRecorded("1.releasing"))
        Scratch.remove(scratch.at("hang"))
        try scratch.until("what hung was kept") { kept.isRecorded("1.orphaned") }
    }

    @Test("H4 a command that needs room does not wait long for what hangs in an orphan, and none waits twice")
    func full() throws {
        try repository.git("config", "pool.max", "1")
        let holder = try scratch.holder()
        try change(try repository.lease("a", "--pid", String(holder.pid)))
        holder.kill()
        try repository.pool("gc").ok()
        #expect(repository.records == ["1.orphaned"])
        try hang()
        for _ in 1...2 {
            try repository.add("b", env: ["GIT_POOL_LOCK_TIMEOUT": "500"], seconds: 30).check(4, says: "is full (1")
        }
        #expect(try starts.count == 1 && kept.isRecorded("1.orphaned"))
        Scratch.remove(scratch.at("hang"))
        try scratch.until("what hung was saved") { kept.isRecorded("1.idle") }
        _ = try repository.lease("b")
    }

    @Test("H4 who stands in line waits no longer than was said", arguments: ["add", "map"])
    func line(_ command: String) throws {
        try repository.git("config", "pool.max", "1")
        let holder = try scratch.holder()
        try change(try repository.lease("a", "--pid", String(holder.pid)))
        let words = command == "add" ? ["--no-holder", "b"] : ["--", "true", ":::", "b"]
        let waiting = try scratch.start(
            ["git", "pool", command, "--wait=4s"] + words, in: repository.path, env: ["GIT_POOL_LOCK_TIMEOUT": "500"])
        try scratch.until("it waits") { scratch.entries("\(repository.state)/queue").contains("1") }
        try hang()
        holder.kill()
        try waiting.wait(30).check(3, says: "the wait is over")
        #expect(try starts.count == 1 && kept.isRecorded("1.releasing"))
        Scratch.remove(scratch.at("hang"))
        try scratch.until("what hung was kept") { kept.isRecorded("1.orphaned") }
    }

    @Test("H4 done without a keeper does not wait long for the checkout with which its slot is recycled")
    func recycling() throws {
        _ = try repository.lease("a")
        #expect(mkfifo(scratch.at("never"), 0o600) == 0)
        let smudge = "touch '\(scratch.at("smudges"))'; cat '\(scratch.at("never"))'"
        try repository.git("config", "filter.slow.smudge", smudge)
        try repository.commit("second", ["a.txt": "two\n"])
        try repository.pool("done", "a", env: ["GIT_POOL_LOCK_TIMEOUT": "500"], seconds: 30).ok()
        #expect(Scratch.exists(scratch.at("smudges")) && kept.isRecorded("1.cleaning"))
        try scratch.sh("cat '\(repository.path)/a.txt' >'\(scratch.at("never"))'")
        try scratch.until("what hung was recycled") { kept.isRecorded("1.idle") }
    }

    /// From now on the filter passes as often as there are files in a folder, which go; then it does not end while one is
    /// there.
    private func hang(after passes: Int) throws {
        for pass in 0..<passes { try scratch.write("passes/\(pass)", "") }
        try hang()
    }

    private var passing: String {
        "{ for f in '\(scratch.path)'/passes/*; do rm \"$f\" 2>/dev/null && break; done; }"
    }

    @Test("H4 add does not wait long for the release of the name's last lease, nor does a second one")
    func released() throws {
        let place = try repository.lease("a")
        let filter = """
            echo >>'\(scratch.at("started"))'
            \(passing) || while test -e '\(scratch.at("hang"))'; do sleep 0.05; done
            cat

            """
        try scratch.write("filter.sh", filter)
        let stander = try scratch.start(["sleep", "900"], in: place)
        try change(place)
        try repository.pool("done", "--save", "a").ok()
        #expect(kept.isRecorded("1.releasing"))
        // As often as one look calls it: what every command does first comes to its end, what 'add' does itself hangs.
        try scratch.write("started", "")
        try repository.pool("gc").ok()
        #expect(kept.isRecorded("1.releasing"))
        try hang(after: scratch.read("started").count)
        let variables: [String: String?] = ["GIT_POOL_LOCK_TIMEOUT": "500"]
        try repository.add("a", env: variables, seconds: 30).check(6, says: "being released")
        try repository.add("a", env: variables, seconds: 30).check(3, says: "'a' is locked by git-pool")
        stander.kill()
        Scratch.remove(scratch.at("hang"))
        try repository.settle(place)
    }

    @Test("H4 add does not wait long for the recycling of a slot that it could have")
    func soonIdle() throws {
        let place = try repository.lease("a")
        let smudge = """
            case $PWD in *-1) while test -e '\(scratch.at("hang"))'; do sleep 0.05; done ;; esac
            cat

            """
        let filter = try scratch.write("smudge.sh", smudge)
        try repository.git("config", "filter.slow.smudge", "sh '\(filter)'")
        try repository.commit("second", ["a.txt": "two\n"])
        _ = try scratch.run(["git-pool", "done", "a"], in: repository.path, env: ["GIT_POOL_FAULT": "cleaning"])
        #expect(kept.isRecorded("1.cleaning"))
        try hang()
        // What every command does first passes over it.
        let lock = "\(repository.state)/slots/1.lock"
        let locker = try scratch.start(["flock", "-F", lock, "sleep", "900"])
        try scratch.until("it is locked") { try scratch.run(["flock", "-n", lock, "true"]).status == 1 }
        let real = try scratch.sh("command -v git").ok().line
        let script = "#!/bin/sh\ncase \"$*\" in *HEAD~0*) touch '\(scratch.at("asked"))' ;; esac\nexec \(real) \"$@\"\n"
        try scratch.write("asking/git", script, mode: 0o755)
        scratch.findFirst(in: scratch.at("asking"))
        let words = ["git-pool", "add", "--no-holder", "--from", "HEAD~0", "b"]
        let adding = try scratch.start(words, in: repository.path, env: ["GIT_POOL_LOCK_TIMEOUT": "500"])
        try scratch.until("it looks for a slot") { Scratch.exists(scratch.at("asked")) }
        locker.kill()
        #expect(try adding.wait(30).ok().line == repository.slot(2))
        Scratch.remove(scratch.at("hang"))
        try repository.settle(place)
    }

    @Test("D2 where the process that a keeper started is stopped before it comes to a slot, another does its work")
    func stopped() throws {
        let real = try scratch.sh("command -v git").ok().line
        let script = """
            #!/bin/sh
            if test -e '\(scratch.at("stop"))' && tr '\\0' ' ' </proc/$PPID/cmdline | grep -q ' _upkeep '; then
                rm '\(scratch.at("stop"))'
                echo $PPID >'\(scratch.at("stopped"))'
                kill -STOP $PPID
            fi
            exec \(real) "$@"

            """
        try scratch.write("stopping/git", script, mode: 0o755)
        scratch.findFirst(in: scratch.at("stopping"))
        let holder = try scratch.holder()
        for (name, pid) in [("a", String(holder.pid)), ("b", try scratch.holderPid())] {
            // 'git pool' would put its own git first.
            try scratch.run(["git-pool", "add", "--pid", pid, name], in: repository.path, env: kept.env).ok()
        }
        _ = try kept.keeper()
        try scratch.until("it has begun") { kept.workers.isEmpty }
        try scratch.write("stop", "")
        // Settings that were changed just now are asked of git.
        try repository.git("config", "pool.ttl", "1h")
        holder.kill()
        try scratch.until("it is stopped") { (try? scratch.read("stopped"))?.hasSuffix("\n") ?? false }
        let pid = try #require(Int32(try scratch.read("stopped").dropLast()))
        defer { Glibc.kill(pid, SIGKILL) }
        try scratch.until("the slot is idle", within: 20) { kept.isRecorded("1.idle") }
        #expect(Kept.state(pid) == "T")
    }

    @Test("C3 however much a filter says, its slot is kept, and no more of it is held or noted than is of use")
    func talkative() throws {
        let filter = try scratch.write("talk.sh", "head -c 600000000 /dev/zero | tr '\\0' x >&2; cat\n")
        try repository.git("config", "filter.slow.clean", "sh '\(filter)'")
        let holder = try scratch.holder()
        try change(try repository.lease("a", "--pid", String(holder.pid)))
        holder.kill()
        try scratch.sh("ulimit -v 300000; exec git pool gc", in: repository.path)
        #expect(repository.records == ["1.orphaned"])
        let outcome = try repository.pool("list").ok()
        #expect(outcome.out.contains("git status: xxx") && outcome.out.utf8.count < 3000)
    }
}
