internal import POSIX

/// Whether the wall clock may expire saves: one that was set wrong must not cost anybody's work. It is believed once it
/// has run as fast as the boot clock for an hour.
struct SaveClock {
    private static let trial: Int64 = 3600
    /// Seconds by which the two may come apart without either having been set (50 ppm are 130 s a month).
    private static let tolerance: Int64 = 600

    private let pool: Pool
    private var file: Note { Note(path: Path.join(pool.directory, "clock")) }

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

        init?(_ note: Note) {
            guard let words = note.words(3), let wall = Int64(words[1]), let sinceBoot = Int64(words[2]) else {
                return nil
            }
            (boot, self.wall, self.sinceBoot) = (words[0], wall, sinceBoot)
        }

        func write(to note: Note) throws { try note.write(boot, String(wall), String(sinceBoot)) }
    }

    /// Begins the trial if it has not begun, or if a clock was set since.
    func note() {
        if age == nil { try? Mark(pool).write(to: file) }
    }

    /// Enough for saves that are kept for `length` seconds.
    func isProven(for length: Int64) -> Bool { age.map { $0 >= min(SaveClock.trial, length) } ?? false }

    /// Seconds for which both clocks have gone alike in this boot.
    private var age: Int64? {
        guard let mark = Mark(file) else { return nil }
        let now = Mark(pool)
        guard mark.boot == now.boot, !now.boot.isEmpty else { return nil }
        let (wall, wallOverflows) = now.wall.subtractingReportingOverflow(mark.wall)
        let (boot, bootOverflows) = now.sinceBoot.subtractingReportingOverflow(mark.sinceBoot)
        guard !wallOverflows, !bootOverflows, (-tolerance...tolerance).contains(wall &- boot) else { return nil }
        return boot
    }

    private var tolerance: Int64 { SaveClock.tolerance }
}
