import GitPool
import Glibc
import Testing

extension Repository {
    /// Runs `git-pool` up to a point where it stops itself, lets `meanwhile` happen, and lets it go on to its end.
    func interrupt(at point: FaultPoint, _ words: String..., meanwhile: () throws -> Void) throws -> Outcome {
        try interrupt(at: point, words, meanwhile: meanwhile)
    }

    func interrupt(at point: FaultPoint, _ words: [String], meanwhile: () throws -> Void) throws -> Outcome {
        let process = try scratch.start(
            ["git-pool"] + words, in: path, env: ["GIT_POOL_FAULT": point.rawValue + ":pause"])
        try scratch.until("it stops at \(point.rawValue)") { process.isStopped }
        try meanwhile()
        // What is tried again comes by the same point again.
        try scratch.until("it ends") {
            guard process.isRunning else { return true }
            if process.isStopped { process.signal(SIGCONT) }
            return false
        }
        return try process.wait()
    }
}
