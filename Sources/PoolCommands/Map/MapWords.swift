internal import GitPool
internal import POSIX

/// The lines of `map`.
enum MapWords {
    static func running(_ job: MapJob, _ now: Int64) -> String {
        let time = Elapsed.text(now - job.startedAt)
        return "\(job.number)  \(job.name)  \(time)" + (job.isLanding ? ", landing" : "")
            + of(job.item, named: job.name)
    }

    static func over(_ result: MapResult) -> String {
        let time = Elapsed.text(result.milliseconds)
        if result.status == 0 { return "'\(result.name)' done in \(time)" }
        return "'\(result.name)' failed with status \(result.status) in \(time)"
    }

    static func stopping(_ stop: MapStop, running: Int) -> String? {
        switch stop {
        case .none, .failed: nil
        case .draining:
            running == 0 ? "interrupted" : "interrupted: \(running) still run; interrupt again to end them"
        case .ending: "ending \(running) that still run"
        }
    }

    static func failures(_ failed: [MapResult], of total: Int) -> [Diagnostic] {
        let rows = failed.flatMap { result in
            ["  \(result.number) '\(result.name)': status \(result.status)" + of(result.item, named: result.name)]
                + lastLines(result.log).map { "      " + $0 }
        }
        return [Diagnostic(.error, ["\(failed.count) of \(total) failed:"] + rows)]
    }

    static func kept(_ kept: [MapResult]) -> [Diagnostic] {
        let rows = kept.map { "  '\($0.name)': " + $0.keptBecause.joined(separator: ", ") }
        return [
            Diagnostic(.warning, ["\(kept.count == 1 ? "a worktree is" : "\(kept.count) worktrees are") kept:"] + rows),
            .hint("take one up with 'git pool add --resume <name>', or end it with 'git pool done --save <name>'"),
        ]
    }

    private static func of(_ item: String, named name: String) -> String { item == name ? "" : ", for '\(item)'" }

    /// The end of what an item wrote to standard error.
    private static func lastLines(_ path: String) -> [String] {
        let bytes = (try? Files.tail(path, 2048)) ?? []
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).suffix(5).map { String($0) }
    }
}
