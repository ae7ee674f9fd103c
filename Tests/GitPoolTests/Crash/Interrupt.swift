import GitPool
import Glibc
import Testing

extension Repository {
    /// Runs `git-pool` up to a point where it stops itself, lets `meanwhile` happen, and lets it go on to its end.
    func interrupt(at point: FaultPoint, _ words: String..., meanwhile: () throws -> Void) throws -> Outcome {
        let process = try scratch.start(
            ["git-pool"] + words, in: path, env: ["GIT_POOL_FAULT": point.rawValue + ":pause"])
        try scratch.until("it stops at \(point.rawValue)") {
            let status = try scratch.read("/proc/\(process.pid)/stat")
            return status.split(separator: ")").last?.hasPrefix(" T") == true
        }
        try meanwhile()
        process.signal(SIGCONT)
        return try process.wait()
    }
}
