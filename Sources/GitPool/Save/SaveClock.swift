internal import POSIX

/// Whether the wall clock may expire saves: one that was set wrong must not cost anybody's work. It is believed once it
/// has run as fast as the boot clock for an hour.
struct SaveClock {
    private static let trial: Int64 = 3600
    /// Seconds by which the two may come apart without either having been set (50 ppm are 130 s a month).
    private static let tolerance: Int64 = 600

    private let pool: Pool
    private var path: String { Path.join(pool.directory, "clock") }

    init(_ pool: Pool) { self.pool = pool }

    /// Where the two clocks stood when they were last found to agree on nothing.
    private struct Mark: Equatable {
        var boot: String
        var wall: Int64
        var sinceBoot: Int64

        init(_ pool: Pool) {
            boot = pool.surroundings.bootID ?? ""
            wall = pool.now()
            sinceBoot = pool.uptime()
        }

        init?(_ line: String) {
            let words = line.split(separator: " ")
            guard words.count == 3, let wall = Int64(words[1]), let sinceBoot = Int64(words[2]) else { return nil }
            (boot, self.wall, self.sinceBoot) = (String(words[0]), wall, sinceBoot)
        }

        var line: String { "\(boot) \(wall) \(sinceBoot)\n" }
    }

    /// Begins the trial if it has not begun, or if a clock was set since.
    func note() {
        if age == nil { try? Files.replace(path, Array(Mark(pool).line.utf8)) }
    }

    /// Enough for saves that are kept for `length` seconds.
    func isProven(for length: Int64) -> Bool { age.map { $0 >= min(SaveClock.trial, length) } ?? false }

    /// Seconds for which both clocks have gone alike in this boot.
    private var age: Int64? {
        guard let bytes = try? Files.read(path, limit: 4096),
            let mark = Mark(String(decoding: bytes.filter { $0 != 0x0A }, as: UTF8.self))
        else { return nil }
        let now = Mark(pool)
        guard mark.boot == now.boot, !now.boot.isEmpty else { return nil }
        let (wall, wallOverflows) = now.wall.subtractingReportingOverflow(mark.wall)
        let (boot, bootOverflows) = now.sinceBoot.subtractingReportingOverflow(mark.sinceBoot)
        guard !wallOverflows, !bootOverflows, (-tolerance...tolerance).contains(wall &- boot) else { return nil }
        return boot
    }

    private var tolerance: Int64 { SaveClock.tolerance }
}
