import Foundation
import Glibc
import Testing

/// With the keeper, without it, and after it: the same state in the end.
@Suite struct ConvergenceTests {
    @Test("D3 the keeper killed, then the holder: the next command converges")
    func keeperKilled() throws {
        let kept = try Kept()
        let holder = try kept.scratch.holder()
        _ = try kept.lease("a", holder: holder)
        let keeper = try kept.keeper()
        Glibc.kill(keeper, SIGKILL)
        try kept.scratch.until("the keeper has ended, and what it started") {
            Kept.hasEnded(keeper) && kept.workers.isEmpty
        }
        holder.kill()
        #expect(kept.isRecorded("1.leased"))
        try kept.repository.pool("gc", "--auto").ok()
        #expect(kept.isRecorded("1.idle"))
        #expect(kept.keepers.isEmpty)
    }

    @Test("D3 after a reboot the leases of the boot before are over")
    func reboot() throws {
        let kept = try Kept()
        _ = try kept.repository.lease("a", env: ["GIT_POOL_FAKE_BOOT_ID": "11111111-1111-1111-1111-111111111111"])
        try kept.repository.pool("gc", "--auto").ok()
        #expect(kept.isRecorded("1.idle"))
        #expect(try kept.repository.leased.isEmpty)
    }

    @Test("D4 ten holders die together: seven clean slots are idle, three dirty ones are kept byte for byte")
    func together() throws {
        let kept = try Kept()
        let holders = try (0..<10).map { _ in try kept.scratch.holder() }
        let places = try holders.enumerated().map { try kept.lease("lease-\($0)", holder: $1) }
        for place in places[..<3] { try kept.scratch.write("\(place)/new.txt", "\(place)\n") }
        for holder in holders { Glibc.kill(holder.pid, SIGKILL) }
        for holder in holders { holder.kill() }
        try kept.scratch.until("all leases have ended", within: 20) {
            kept.repository.records.filter { $0.hasSuffix(".idle") }.count == 7
                && kept.repository.records.filter { $0.hasSuffix(".orphaned") }.count == 3
        }
        for place in places[..<3] { #expect(try kept.scratch.read("\(place)/new.txt") == "\(place)\n") }
        // An orphan has its time; until then somebody waits for it.
        _ = try kept.keeper()
    }

    @Test("D7 what is done is cleaned with no further command typed", arguments: [false, true])
    func cleaned(keeping: Bool) throws {
        let kept = try Kept()
        let place = try kept.lease("a", holder: try kept.scratch.holder())
        if keeping { try kept.scratch.write("\(place)/new.txt", "work\n") }
        try kept.repository.pool("done", "a", keeping ? "--keep=1s" : "--no-save", env: kept.env).ok()
        if keeping { #expect(kept.isRecorded("1.expiring")) }
        try kept.scratch.until("the slot is idle") { kept.isRecorded("1.idle") }
        #expect(!Scratch.exists("\(place)/new.txt"))
        let saves = try kept.repository.git("for-each-ref", "refs/pool/saved").lines
        #expect(saves.count == (keeping ? 1 : 0))
        try kept.scratch.until("the keeper has ended") { kept.keepers.isEmpty }
    }

    @Test("D7 a release that a process holds up goes on when that process has left")
    func heldUp() throws {
        let kept = try Kept()
        let holder = try kept.scratch.holder()
        let place = try kept.lease("a", holder: holder)
        let occupant = try kept.scratch.start(["sleep", "900"], in: place)
        holder.kill()
        try kept.scratch.until("the release has begun") { kept.isRecorded("1.releasing") }
        _ = try kept.keeper()
        occupant.kill()
        try kept.scratch.until("the slot is idle") { kept.isRecorded("1.idle") }
    }

    @Test("D9 a stopped holder keeps its lease while a keeper watches")
    func stopped() throws {
        let kept = try Kept()
        let holder = try kept.scratch.holder()
        _ = try kept.lease("a", holder: holder)
        let keeper = try kept.keeper()
        holder.signal(SIGSTOP)
        // The keeper is made to look, and has looked: it has seen the end of the second one.
        let other = try kept.scratch.holder()
        _ = try kept.lease("b", holder: other)
        other.kill()
        try kept.scratch.until("the keeper has looked") { kept.isRecorded("2.idle") }
        #expect(kept.isRecorded("1.leased"))
        #expect(!Kept.hasEnded(keeper))
    }

    @Test("D8 a run that is killed leaves its lease to the keeper")
    func runKilled() throws {
        let kept = try Kept()
        let run = try kept.scratch.start(
            ["git-pool", "run", "a", "--", "sleep", "900"], in: kept.repository.path, env: kept.env)
        try kept.scratch.until("the command runs") { kept.isRecorded("1.leased") && run.err.contains("running in") }
        _ = try kept.keeper()
        Glibc.kill(run.pid, SIGKILL)
        try kept.scratch.until("the release has begun") { !kept.isRecorded("1.leased") }
        run.kill()
    }
}
