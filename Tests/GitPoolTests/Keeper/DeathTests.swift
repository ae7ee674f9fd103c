import Foundation
import Glibc
import Testing

/// Deaths and their look-alikes, each real, and what a clock has to say about them.
@Suite struct DeathTests {
    private func at(_ seconds: Int) -> [String: String?] { ["GIT_POOL_FAKE_SECONDS": "\(seconds)"] }

    /// Leases `name` from a script that ends at once. Another calls it: the test is called `git-poolPackage…`, and what a
    /// git runs is a hook.
    private func leaseOfScript(_ repository: Repository, _ name: String) throws -> String {
        let script = try repository.scratch.write("\(name).sh", "git pool add --quiet \(name)\ntrue\n")
        let outer = try repository.scratch.write("outer.sh", "sh '\(script)'\ntrue\n")
        let outcome = try repository.scratch.run(["sh", outer], in: repository.path).ok()
        #expect(outcome.err.isEmpty, "\(outcome)")
        return outcome.line
    }

    @Test("D4 early death: what a script leased as it ended is kept four minutes, then judged as always")
    func early() throws {
        let repository = try Scratch().repository()
        let clean = try leaseOfScript(repository, "clean")
        let dirty = try leaseOfScript(repository, "dirty")
        try repository.scratch.write("\(dirty)/new.txt", "work\n")
        for seconds in [0, 100, 230] {
            try repository.pool("gc", env: at(seconds)).ok()
            #expect(try repository.leased == ["clean", "dirty"])
        }
        try repository.pool("gc", env: at(250)).ok()
        #expect(try repository.state(at: clean) == "idle")
        #expect(try repository.state(at: dirty) == "orphaned")
        #expect(try repository.scratch.read("\(dirty)/new.txt") == "work\n")
    }

    @Test("D4 early death is no matter where the holder was named, or done was said")
    func named() throws {
        let repository = try Scratch().repository()
        let holder = try repository.scratch.holder()
        let named = try repository.lease("named", "--pid", String(holder.pid))
        let script = try leaseOfScript(repository, "script")
        holder.kill()
        try repository.pool("done", "script").ok()
        try repository.pool("gc").ok()
        #expect(try repository.state(at: named) == "idle")
        #expect(try repository.state(at: script) == "idle")
    }

    @Test("G6 gc says what a release waits for")
    func waiting() throws {
        let repository = try Scratch().repository()
        let holder = try repository.scratch.holder()
        let place = try repository.lease("a", "--pid", String(holder.pid))
        let occupant = try repository.scratch.start(["sleep", "900"], in: place)
        holder.kill()
        for _ in 0..<2 {
            let words = "'a': its release waits (a process inside it, sleep (pid \(occupant.pid)))"
            try repository.pool("gc").check(0, says: words)
        }
        occupant.kill()
        try repository.pool("gc").check(0, says: "'a': leased -> idle")
    }

    @Test("D4 a session that comes back within the four minutes has its lease, and keeps it")
    func back() throws {
        let repository = try Scratch().repository()
        let place = try leaseOfScript(repository, "a")
        try repository.pool("gc").ok()
        #expect(try repository.lease("a", "--resume") == place)
        try repository.pool("gc", env: at(100_000)).ok()
        #expect(try repository.leased == ["a"])
    }

    @Test("B6 D1 after --resume the new holder's death counts and the former one's does not")
    func rebound() throws {
        let repository = try Scratch().repository()
        let (former, new) = (try repository.scratch.holder(), try repository.scratch.holder())
        let place = try repository.lease("a", "--pid", String(former.pid))
        let outcome = try repository.pool("add", "--resume", "--pid", String(new.pid), "a").ok()
        #expect(outcome.line == place)
        #expect(outcome.err.contains("warning: 'a' was held by sleep (pid \(former.pid)), which still runs"))
        former.kill()
        try repository.pool("gc").ok()
        #expect(repository.records == ["1.leased"])
        new.kill()
        try repository.pool("gc").ok()
        #expect(repository.records == ["1.idle"])
    }

    @Test("B6 a lease that was taken up again is no dead holder's any more")
    func takenUp() throws {
        let repository = try Scratch().repository()
        let (former, new) = (try repository.scratch.holder(), try repository.scratch.holder())
        let place = try repository.lease("a", "--pid", String(former.pid))
        try repository.scratch.write("\(place)/new.txt", "precious\n")
        former.kill()
        try repository.pool("gc").ok()
        #expect(try repository.pool("list").ok().out.contains("sleep \(former.pid) (ended)"))
        #expect(try repository.lease("a", "--resume", "--pid", String(new.pid)) == place)
        let list = try repository.pool("list").ok().out
        #expect(list.contains("sleep \(new.pid) ") && !list.contains("(ended)"), "\(list)")
    }

    @Test("D1 D9 a zombie is dead to gc, a stopped process is not, and a pid that another has now is")
    func lookalikes() throws {
        let repository = try Scratch().repository()
        let holders = try (0..<3).map { _ in try repository.scratch.holder() }
        for (name, holder) in zip(["zombie", "stopped", "reused"], holders) {
            _ = try repository.lease(name, "--pid", String(holder.pid))
        }
        kill(holders[0].pid, SIGKILL)
        try repository.scratch.until("a zombie") { Kept.state(holders[0].pid) == "Z" }
        holders[1].signal(SIGSTOP)
        try repository.scratch.until("a stopped process") { Kept.state(holders[1].pid) == "T" }
        // As if the number had been given away: the kernel's own number for the process is another.
        let edit = "sed -i 's/^holder.inode .*/holder.inode 1/; s/^holder.start .*/holder.start 1/' 3.leased"
        try repository.scratch.sh(edit, in: "\(repository.state)/slots").ok()
        try repository.pool("gc").ok()
        #expect(repository.records == ["1.idle", "2.leased", "3.idle"])
        #expect(kill(holders[0].pid, 0) == 0 && Kept.state(holders[0].pid) == "Z")
    }

    @Test(
        "D9 D3 a living holder keeps its lease whatever the clock says",
        arguments: [86_400, 315_360_000, -86_400, -315_360_000])
    func clock(seconds: Int) throws {
        let repository = try Scratch().repository()
        try repository.git("config", "pool.ttl", "1s")
        let place = try repository.lease("a", "--ttl=1s")
        try repository.scratch.write("\(place)/new.txt", "work\n")
        for words in [["gc"], ["gc", "--auto"], ["add", "--no-holder", "b"], ["done", "b"]] {
            try repository.scratch.run(["git", "pool"] + words, in: repository.path, env: at(seconds)).ok()
        }
        #expect(try repository.leased == ["a"])
        #expect(try repository.scratch.read("\(place)/new.txt") == "work\n")
    }

    @Test("D3 C5 a clock that was set forward drops no save; one that went there does, and so does a word")
    func setForward() throws {
        let repository = try Scratch().repository()
        for name in ["a", "b"] {
            let place = try repository.lease(name)
            try repository.scratch.write("\(place)/new.txt", "work\n")
            try repository.pool("done", "--save", name).ok()
        }
        try repository.pool("gc").ok()
        func saves() throws -> Int { try repository.snapshot().saves.count }
        #expect(try saves() == 2)
        let set = "315360000"
        for _ in 0..<2 {
            try repository.pool("gc", env: ["GIT_POOL_FAKE_CLOCK": set]).ok()
            #expect(try saves() == 2)
        }
        let preview = try repository.pool("gc", "-n", env: ["GIT_POOL_FAKE_CLOCK": set]).ok()
        #expect(!preview.out.contains("drop"), "\(preview)")
        // The clock is right again, and both clocks go on for a month.
        try repository.pool("gc").ok()
        try repository.pool("gc", env: at(29 * 86_400)).ok()
        #expect(try saves() == 2)
        try repository.pool("gc", "--expire", "28d", env: at(29 * 86_400)).ok()
        #expect(try saves() == 0)
        let place = try repository.lease("c")
        try repository.scratch.write("\(place)/new.txt", "work\n")
        try repository.pool("done", "--save", "c").ok()
        try repository.pool("gc", env: at(31 * 86_400)).ok()
        #expect(try saves() == 0)
    }

    @Test("D3 a clock that was set back expires nothing, and what was kept goes when its time has come again")
    func setBack() throws {
        let repository = try Scratch().repository()
        let holder = try repository.scratch.holder()
        let place = try repository.lease("a", "--pid", String(holder.pid))
        try repository.scratch.write("\(place)/new.txt", "work\n")
        holder.kill()
        try repository.pool("gc").ok()
        for seconds in [-315_360_000, -3600, 3600] {
            try repository.pool("gc", env: at(seconds)).ok()
            #expect(try repository.state(at: place) == "orphaned")
        }
        try repository.pool("gc", env: at(86_500)).ok()
        #expect(try repository.state(at: place) == "idle")
        #expect(try repository.snapshot().saves.count == 1)
    }

    @Test("D4 D3 thirty holders die together while five gcs race: clean ones idle, dirty ones whole, no word of git's")
    func thirty() throws {
        let repository = try Scratch().repository()
        let holders = try (0..<30).map { _ in try repository.scratch.holder() }
        let adds = try holders.enumerated().map { index, holder in
            try repository.startAdd("--pid=\(holder.pid)", "lease-\(index)")
        }
        let places = try adds.map { try $0.wait(120).ok().line }
        for place in places[..<5] { try repository.scratch.write("\(place)/new.txt", "\(place)\n") }
        for holder in holders { kill(holder.pid, SIGKILL) }
        for holder in holders { holder.kill() }
        let gcs = try (0..<5).map { _ in try repository.scratch.start(["git", "pool", "gc"], in: repository.path) }
        for gc in gcs {
            let outcome = try gc.wait(120).ok()
            #expect(!outcome.err.contains("fatal") && !outcome.err.contains("error"), "\(outcome)")
        }
        try repository.pool("gc").ok()
        #expect(repository.records.filter { $0.hasSuffix(".idle") }.count == 25, "\(repository.records)")
        #expect(repository.records.filter { $0.hasSuffix(".orphaned") }.count == 5, "\(repository.records)")
        for place in places[..<5] { #expect(try repository.scratch.read("\(place)/new.txt") == "\(place)\n") }
        try repository.pool("doctor").ok()
    }

    @Test("D3 a reboot: leases of the boot before are over, dirty ones kept; those of a boot nobody knows stay")
    func reboot() throws {
        let kept = try Kept()
        let repository = kept.repository
        let before: [String: String?] = ["GIT_POOL_FAKE_BOOT_ID": "11111111-1111-1111-1111-111111111111"]
        let clean = try repository.lease("clean", env: before)
        let dirty = try repository.lease("dirty", env: before)
        let foreign = try repository.lease("foreign", env: before)
        try repository.scratch.write("\(dirty)/new.txt", "work\n")
        try repository.scratch.sh(
            "sed -i 's/^holder.boot .*/holder.boot 22222222-2222-2222-2222-222222222222/' 3.leased",
            in: "\(repository.state)/slots"
        ).ok()
        // The keeper of the boot before went with it; the first command after starts another.
        try repository.pool("list", env: kept.env).ok()
        try kept.scratch.until("both are judged") { kept.isRecorded("1.idle") && kept.isRecorded("2.orphaned") }
        #expect(kept.isRecorded("3.leased"))
        #expect(try repository.scratch.read("\(dirty)/new.txt") == "work\n")
        #expect(Scratch.exists(clean) && Scratch.exists(foreign))
        let gc = try repository.pool("gc", "-n").ok()
        #expect(gc.out.contains("foreign"), "\(gc)")
    }
}
