internal import GitPool
internal import POSIX

/// What the items of one `map` wrote, in two files each: `<n>-<name>.out` and `<n>-<name>.log`, standard output and
/// standard error. The newest runs stay; one that goes on is never removed.
struct MapLogs: ~Copyable {
    let directory: String
    private let lock: FileLock

    /// How many runs stay.
    private static let count = 20

    init(_ pool: Pool) throws {
        let above = Path.join(pool.directory, "logs")
        try Files.makeDirectories(above)
        MapLogs.prune(above)
        // The names sort by time.
        let time = Timestamp(seconds: Clock.wall()).description.filter { $0 != ":" && $0 != "-" }
        let folder = Path.join(above, time + "-" + String(RandomID.make().prefix(4)))
        try Files.makeDirectory(folder)
        lock = try FileLock.acquire(Path.join(folder, ".lock"), until: Deadline(in: 1000))
        directory = folder
    }

    func path(_ number: Int, _ name: String, _ kind: String) -> String {
        let plain = String(name.map { $0 == "/" ? "-" : $0 })
        return Path.join(directory, "\(number)-\(plain).\(kind)")
    }

    private static func prune(_ above: String) {
        let runs = ((try? Directory.entries(above)) ?? []).sorted()
        for run in runs.dropLast(count - 1) {
            let folder = Path.join(above, run)
            guard let lock = (try? FileLock.attempt(Path.join(folder, ".lock"))) ?? nil else { continue }
            try? Directory.removeTree(folder)
            extendLifetime(lock)
        }
    }
}
