import GitPool
import Glibc
import Testing

/// A command at a fault point, where it, or what it has started to collect, stops itself.
extension Repository {
    /// Starts `git-pool` and waits until it is there; nil if it ends before.
    func started(
        until point: FaultPoint, _ words: [String], env: [String: String?] = [:]
    ) throws -> Background? {
        let fault: [String: String?] = ["GIT_POOL_FAULT": point.rawValue + ":pause"]
        let process = try scratch.start(["git-pool"] + words, in: path, env: env.merging(fault) { $1 })
        try scratch.until("it stops at \(point.rawValue)") { !process.isRunning || !process.stopped.isEmpty }
        return process.isRunning ? process : nil
    }

    func stop(
        at point: FaultPoint, _ words: [String], at location: SourceLocation = #_sourceLocation
    ) throws -> Background {
        let process = try started(until: point, words)
        return try #require(process, "it did not come by \(point.rawValue)", sourceLocation: location)
    }

    /// Lets `meanwhile` happen while it is there, and lets it go on to its end.
    func interrupt(at point: FaultPoint, _ words: String..., meanwhile: () throws -> Void) throws -> Outcome {
        try interrupt(at: point, words, meanwhile: meanwhile)
    }

    func interrupt(at point: FaultPoint, _ words: [String], meanwhile: () throws -> Void) throws -> Outcome {
        let process = try stop(at: point, words)
        try meanwhile()
        // What is tried again comes by the same point again.
        try scratch.until("it ends") {
            guard process.isRunning else { return true }
            process.goOn()
            return false
        }
        return try process.wait()
    }

    /// Ends the command there by SIGKILL, and with it what collects for it.
    func kill(at point: FaultPoint, _ words: String..., at location: SourceLocation = #_sourceLocation) throws {
        let isKilled = try killed(at: point, words)
        try #require(isKilled, "it did not come by \(point.rawValue)", sourceLocation: location)
    }

    /// False if the command ended before.
    func killed(at point: FaultPoint, _ words: [String]) throws -> Bool {
        guard let process = try started(until: point, words) else { return false }
        let stopped = process.stopped
        // First who waits for the others, or it would go on.
        process.signal(SIGKILL)
        try process.wait().check(137)
        for pid in stopped where pid != process.pid { Glibc.kill(pid, SIGKILL) }
        try scratch.until("all have ended") { stopped.allSatisfy(Kept.hasEnded) }
        return true
    }
}
