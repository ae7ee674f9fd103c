/// How far a `map` is.
struct MapTally: Equatable {
    let total: Int
    var done = 0
    var failed = 0
    var running = 0

    var finished: Int { done + failed }
    var waiting: Int { max(0, total - finished - running) }

    /// What is left takes as long as what is over did; nil before there is anything to go by.
    private func estimate(after milliseconds: Int64) -> Int64? {
        guard finished > 0, finished < total else { return nil }
        return milliseconds / Int64(finished) * Int64(total - finished)
    }

    /// `12 of 25 done, 1 failed, 4 running, 8 waiting, 1m12s, about 2m left`.
    func line(after milliseconds: Int64) -> String {
        var parts = ["\(done) of \(total) done"]
        if failed > 0 { parts.append("\(failed) failed") }
        if running > 0 { parts.append("\(running) running") }
        if waiting > 0 { parts.append("\(waiting) waiting") }
        parts.append(Elapsed.text(milliseconds))
        if let rest = estimate(after: milliseconds) { parts.append("about \(Elapsed.text(rest)) left") }
        return parts.joined(separator: ", ")
    }
}

/// Time that went by, as people read it off a clock: `7s`, `1m12s`, `2h05m`.
enum Elapsed {
    static func text(_ milliseconds: Int64) -> String {
        let seconds = milliseconds / 1000
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        if seconds < 60 { return "\(seconds)s" }
        if seconds < 3600 { return "\(seconds / 60)m\(two(seconds % 60))s" }
        return "\(seconds / 3600)h\(two(seconds / 60 % 60))m"
    }
}
