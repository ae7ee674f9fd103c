import Foundation
import Glibc
import Testing

/// A repository whose pool may start keepers; those that still run end with it.
final class Kept {
    let scratch: Scratch
    let repository: Repository
    /// For every command that may leave a keeper behind.
    let env: [String: String?] = ["GIT_POOL_AUTO": nil, "GITHUB_ACTIONS": nil, "JENKINS_URL": nil]

    init() throws {
        scratch = try Scratch()
        repository = try scratch.repository()
        // A slot that waits keeps its keeper awake.
        try repository.git("config", "pool.idleTimeout", "never")
    }

    deinit { for pid in keepers { Glibc.kill(pid, SIGKILL) } }

    /// The keepers of any repository of this scratch directory that run.
    var keepers: [Int32] { processes(of: "keeper") }
    /// What they started and may outlive them.
    var workers: [Int32] { processes(of: "_upkeep") }

    private func processes(of command: String) -> [Int32] {
        Kept.processes().filter { pid in
            let words = Kept.words(pid)
            return words.count > 2 && words[1] == command && !Kept.hasEnded(pid)
                && words[2...].contains { $0.hasPrefix(scratch.path + "/") }
        }
    }

    /// The one keeper of the repository, once it waits.
    func keeper(at location: SourceLocation = #_sourceLocation) throws -> Int32 {
        try scratch.until("one keeper", at: location) {
            keepers.count == 1 && Kept.state(keepers.first ?? 0) == "S" && log.contains("started")
        }
        return try #require(keepers.first)
    }

    var log: String { (try? scratch.read("\(repository.state)/keeper.log")) ?? "" }

    /// A lease with a keeper beside it.
    func lease(_ name: String, holder: Background, at location: SourceLocation = #_sourceLocation) throws -> String {
        try repository.lease(name, "--pid", String(holder.pid), env: env, at: location)
    }

    /// The state on the disk, which no command had a hand in.
    func isRecorded(_ record: String) -> Bool { repository.records.contains(record) }

    static func processes() -> [Int32] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }
    }

    static func words(_ pid: Int32) -> [String] { fields("/proc/\(pid)/cmdline") }
    static func environment(_ pid: Int32) -> [String] { fields("/proc/\(pid)/environ") }

    static func hasEnded(_ pid: Int32) -> Bool { state(pid).map { $0 == "Z" || $0 == "X" } ?? true }

    /// The fields behind the command in /proc/PID/stat: state, parent, group, session.
    static func stat(_ pid: Int32) -> [Substring] {
        let line = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
        return line.lastIndex(of: ")").map { line[line.index(after: $0)...].split(separator: " ") } ?? []
    }

    static func state(_ pid: Int32) -> Substring? { stat(pid).first }

    private static func fields(_ path: String) -> [String] {
        let bytes = (try? Data(contentsOf: URL(fileURLWithPath: path))) ?? Data()
        return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }
}
