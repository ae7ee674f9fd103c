import Foundation
import Glibc
import Testing

/// The keeper as a process: what it holds, how many there are, and when it ends.
@Suite struct KeeperTests {
    @Test("D2 a holder that is killed loses its lease with no command typed, and the keeper ends with it")
    func kill() throws {
        let kept = try Kept()
        let holder = try kept.scratch.holder()
        _ = try kept.lease("a", holder: holder)
        let keeper = try kept.keeper()
        #expect(kept.isRecorded("1.leased"))
        holder.kill()
        try kept.scratch.until("the lease has ended", within: 5) { kept.isRecorded("1.idle") }
        try kept.scratch.until("the keeper has ended") { Kept.hasEnded(keeper) }
        #expect(kept.log.contains("'a': leased -> idle"), "\(kept.log)")
    }

    @Test("D2 the keeper holds nothing of its starter's: streams, descriptors, directory, session, environment")
    func detached() throws {
        let kept = try Kept()
        let holder = try kept.scratch.holder()
        var env = kept.env
        env["SECRET"] = "x"
        env["GIT_CONFIG_COUNT"] = "1"
        env["GIT_CONFIG_KEY_0"] = "pool.ttl"
        env["GIT_CONFIG_VALUE_0"] = "3m"
        let script = "exec 7<a.txt; trap '' INT QUIT; git pool add --pid $1 a >/dev/null & wait"
        try kept.scratch.sh(script, String(holder.pid), in: kept.repository.path, env: env).ok()
        let keeper = try kept.keeper()
        // While it looks at the pool it has more open for a moment.
        try kept.scratch.until("it holds nothing but what it waits with") {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/\(keeper)/fd").allSatisfy { number in
                let link = "/proc/\(keeper)/fd/\(number)"
                guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: link) else { return true }
                if ["0", "1", "2"].contains(number) { return target == "/dev/null" }
                return target.hasSuffix("/keeper.lock") || target.hasSuffix("/keeper.fifo") || target.contains("pidfd")
            }
        }
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(keeper)/cwd") == "/")
        #expect(Kept.stat(keeper).dropFirst(3).first == Substring(String(keeper)))
        let names = Kept.environment(keeper).map { String($0.prefix { $0 != "=" }) }
        #expect(!names.contains("SECRET"))
        #expect(
            Set(names).isSuperset(of: [
                "GIT_CONFIG_GLOBAL", "GIT_CONFIG_KEY_0", "GIT_CONFIG_VALUE_0", "XDG_CONFIG_HOME",
            ]))
    }

    @Test("D2 adds at the same time start one keeper, which sees every lease")
    func single() throws {
        let kept = try Kept()
        let holders = try (0..<6).map { _ in try kept.scratch.holder() }
        let adds = try holders.enumerated().map { index, holder in
            try kept.repository.startAdd("--pid=\(holder.pid)", "lease-\(index)", env: kept.env)
        }
        for add in adds { try add.wait().ok() }
        let keeper = try kept.keeper()
        for holder in holders { holder.kill() }
        try kept.scratch.until("all leases have ended") {
            kept.repository.records.count == 6 && kept.repository.records.allSatisfy { $0.hasSuffix(".idle") }
        }
        try kept.scratch.until("the keeper has ended") { Kept.hasEnded(keeper) }
    }

    @Test("D2 a substitution returns at once although a keeper was started in it")
    func substitution() throws {
        let kept = try Kept()
        let holder = try kept.scratch.holder()
        let script = "place=$(git pool add --pid $1 a); printf %s \"$place\""
        let outcome = try kept.scratch.sh(script, String(holder.pid), in: kept.repository.path, env: kept.env).ok()
        #expect(outcome.out == kept.repository.slot(1))
        _ = try kept.keeper()
    }

    @Test("D2 a keeper told to end does so cleanly, and the next lease has one again")
    func terminated() throws {
        let kept = try Kept()
        _ = try kept.lease("a", holder: try kept.scratch.holder())
        let first = try kept.keeper()
        Glibc.kill(first, SIGTERM)
        try kept.scratch.until("the keeper has ended") { Kept.hasEnded(first) }
        #expect(kept.log.contains("ended by a signal"))
        _ = try kept.lease("b", holder: try kept.scratch.holder())
        #expect(try kept.keeper() != first)
    }

    @Test("D2 a keeper ends quietly once its repository is gone")
    func deleted() throws {
        let kept = try Kept()
        let holder = try kept.scratch.holder()
        _ = try kept.lease("a", holder: holder)
        let keeper = try kept.keeper()
        // A folder in which somebody works is not removed whole.
        try kept.scratch.until("what it began with is done") { kept.workers.isEmpty }
        Scratch.remove(kept.repository.path)
        holder.kill()
        try kept.scratch.until("the keeper has ended") { Kept.hasEnded(keeper) }
        #expect(!Scratch.exists(kept.repository.path))
    }

    @Test("D2 no keeper starts where none is wanted", arguments: [false, true])
    func unwanted(byConfiguration: Bool) throws {
        let kept = try Kept()
        if byConfiguration { try kept.repository.git("config", "pool.keeper", "false") }
        let env: [String: String?] = byConfiguration ? kept.env : ["GIT_POOL_AUTO": "0"]
        _ = try kept.repository.lease("a", env: env)
        try kept.repository.pool("done", "a", env: env).ok()
        #expect(kept.keepers.isEmpty)
        #expect(kept.isRecorded("1.idle"))
        #expect(!Scratch.exists("\(kept.repository.state)/keeper.lock"))
    }

    @Test("D2 doctor tells who keeps, and the end of its log")
    func told() throws {
        let kept = try Kept()
        let none = try kept.repository.pool("doctor", env: kept.env).ok()
        #expect(none.lines.contains("keeper: none runs"), "\(none)")
        let holder = try kept.scratch.holder()
        _ = try kept.lease("a", holder: try kept.scratch.holder())
        _ = try kept.lease("b", holder: holder)
        let keeper = try kept.keeper()
        holder.kill()
        try kept.scratch.until("the log tells of it") { kept.log.contains("'b': leased -> idle") }
        let filler = (1...30).map { "line \($0)\n" }.joined()
        try kept.scratch.write("\(kept.repository.state)/keeper.log.old", filler + "last \u{1b}[31m\n")
        let outcome = try kept.repository.pool("doctor", env: kept.env).ok()
        let start = try #require(outcome.lines.firstIndex(of: "keeper: pid \(keeper)"), "\(outcome)")
        let shown = outcome.lines[(start + 1)...].prefix { $0.hasPrefix("  ") }
        #expect(shown.count == 10 && shown.last?.contains("'b': leased -> idle") == true, "\(outcome)")
        #expect(!outcome.out.contains("\u{1b}"))
        let json = try kept.repository.pool("doctor", "--json", env: kept.env).object()["keeper"] as? [String: Any]
        #expect(json?["pid"] as? Int == Int(keeper))
        #expect((json?["log"] as? [String])?.count == 10)
    }
}
