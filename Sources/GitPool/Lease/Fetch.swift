internal import Git
internal import POSIX

/// `--fetch`, coalesced: whoever waited while another add fetched uses what that fetch brought.
extension Pool {
    /// A fetch counts for everyone who asked before it ended, and for `pool.fetchInterval` after that: agents that start
    /// together do not start in the same millisecond. FETCH_HEAD is neither read nor written.
    func fetchOnce() throws {
        let asked = Clock.sinceBoot()
        let boot = surroundings.bootID ?? ""
        let note = Note(path: Path.join(directory, "fetched"))
        let guarding = try acquire(Path.join(directory, "fetch.lock"), .fetch, patience: 600_000)
        defer { extendLifetime(guarding) }
        if let last = note.words(2), last[0] == boot, let ended = Int64(last[1]),
            ended >= asked - settings.fetchInterval * 1000
        {
            return
        }
        try git.persist(["fetch", "-q", "--no-write-fetch-head"])
        try note.write(boot, String(Clock.sinceBoot()))
    }
}
