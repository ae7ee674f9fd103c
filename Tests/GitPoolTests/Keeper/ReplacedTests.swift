import Foundation
import Glibc
import Testing

/// A program that is replaced or removed while a keeper of it runs: an update, or an uninstall.
@Suite struct ReplacedTests {
    private let kept: Kept
    private let bin: String
    private let env: [String: String?]

    init() throws {
        kept = try Kept()
        bin = try kept.scratch.directory("bin")
        var env = kept.env
        env["PATH"] = "\(bin):\(kept.scratch.environment["PATH"] ?? "")"
        self.env = env
        try place("git-pool")
    }

    private func place(_ name: String) throws {
        try kept.scratch.sh("cp \"$1/git-pool\" \"$2/$3\"", Scratch.binaryDirectory, bin, name).ok()
    }

    private func program(_ pid: Int32) -> String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/exe")) ?? ""
    }

    @Test("D2 a keeper whose program was replaced makes way for one of the new program, which sees the same leases")
    func replaced() throws {
        let holder = try kept.scratch.holder()
        _ = try kept.repository.lease("a", "--pid", String(holder.pid), env: env)
        let first = try kept.keeper()
        #expect(program(first) == "\(bin)/git-pool")
        try place("git-pool.new")
        try kept.scratch.sh("mv \"$1/git-pool.new\" \"$1/git-pool\"", bin).ok()
        #expect(program(first).hasSuffix(" (deleted)"))
        // Anything that wakes it.
        let other = try kept.scratch.holder()
        _ = try kept.repository.lease("b", "--pid", String(other.pid), env: env)
        try kept.scratch.until("the first keeper has ended") { Kept.hasEnded(first) }
        let second = try kept.keeper()
        #expect(program(second) == "\(bin)/git-pool")
        #expect(kept.log.contains("the program was replaced"))
        holder.kill()
        try kept.scratch.until("the lease has ended") { kept.isRecorded("1.idle") }
        #expect(kept.isRecorded("2.leased"))
    }

    @Test("D2 one whose program was removed is followed by what PATH has, or else goes on")
    func removed() throws {
        let holder = try kept.scratch.holder()
        _ = try kept.repository.lease("a", "--pid", String(holder.pid), env: env)
        let first = try kept.keeper()
        Scratch.remove("\(bin)/git-pool")
        holder.kill()
        try kept.scratch.until("the lease has ended") { kept.isRecorded("1.idle") }
        try kept.scratch.until("the keeper has ended") { Kept.hasEnded(first) && kept.keepers.isEmpty }
    }
}
