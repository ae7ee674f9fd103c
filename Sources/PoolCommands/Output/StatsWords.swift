internal import GitPool

/// How a pool is used, for people and as JSON.
struct StatsWords {
    private let statistics: Statistics

    init(_ statistics: Statistics) { self.statistics = statistics }

    private var counts: Counts { statistics.counts }

    /// - Parameter sparkline: nil where there is no terminal.
    func text(_ sparkline: Sparkline?) -> String {
        let states = statistics.states.filter { $0.count > 0 || [.leased, .idle].contains($0.state) }
        let hits = counts.hitPercent.map { " (hit rate \($0)%)" } ?? ""
        let wait = Elapsed.text(counts.waited)
        let rows: [(String, String?)] = [
            ("now", states.map { "\($0.count) \($0.state.shown)" }.joined(separator: ", ") + " of \(statistics.limit)"),
            ("leases", "\(counts.leases): \(counts.reused) in a slot that waited, \(counts.made) in a new one\(hits)"),
            ("adopted", counts.adopted > 0 ? "\(counts.adopted)" : nil),
            ("made", StatsWords.count(counts.slots, "slot")),
            ("waits", counts.waits > 0 ? "\(counts.waits), \(wait) in all" : "none"),
            ("reaped", StatsWords.count(counts.reaped, "lease") + " whose holder died"),
            ("saved", StatsWords.count(counts.saves, "time")),
            ("disk", statistics.free.map { Size(bytes: $0).text + " free" }),
            ("since", Timestamp(seconds: statistics.since).description),
        ]
        let lines = rows.compactMap { label, value in value.map { StatsWords.padded(label, 9) + $0 } }
        return (lines + use(sparkline)).map { $0 + "\n" }.joined()
    }

    private static let spans = ["last hour", "last day", "last 14 days"]

    private func use(_ sparkline: Sparkline?) -> [String] {
        zip(UseHistory.scales, StatsWords.spans).enumerated().map { index, pair in
            let (scale, span) = pair
            let cells = statistics.history.cells(of: scale, at: statistics.now)
            // A pool is not blamed for the time before it was made.
            let age = max(1, min(scale.span, statistics.now - statistics.since))
            let tenths = cells.reduce(0) { $0 + $1.seconds } * 10 / age
            // The last one has only begun.
            let values = cells.map { $0.seconds * scale.width / max(1, min(scale.width, statistics.now - $0.from)) }
            let head =
                StatsWords.padded(index == 0 ? "in use" : "", 9) + StatsWords.padded(span, 14)
                + StatsWords.padded("\(tenths / 10).\(tenths % 10) on average", 17)
            let line = head + (sparkline?.text(values, after: head.utf8.count) ?? "")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }

    /// - Parameter limits: those of the configuration.
    func json(_ limits: Limits) -> JSON {
        let states = statistics.states.map { JSON.Member($0.state.shown, JSON($0.count)) }
        let use = UseHistory.scales.map { scale in
            let cells = statistics.history.cells(of: scale, at: statistics.now)
            let used = cells.filter { $0.seconds > 0 }.map { cell in
                JSON.object([
                    .init("from", JSON(Timestamp(seconds: cell.from))), .init("leaseSeconds", JSON(cell.seconds)),
                ])
            }
            return JSON.object([
                .init("seconds", JSON(scale.width)),
                .init("from", JSON(cells.first.map { Timestamp(seconds: $0.from) })),
                .init("cells", .array(used)),
            ])
        }
        return .object([
            .init("schema", 1), .init("since", JSON(Timestamp(seconds: statistics.since))),
            .init("limit", JSON(statistics.limit)), .init("slots", .object(states)),
            .init("leases", JSON(counts.leases)), .init("reused", JSON(counts.reused)), .init("new", JSON(counts.made)),
            .init("adopted", JSON(counts.adopted)), .init("hitPercent", JSON(counts.hitPercent)),
            .init("created", JSON(counts.slots)), .init("waits", JSON(counts.waits)),
            .init("waitedMilliseconds", JSON(counts.waited)), .init("reaped", JSON(counts.reaped)),
            .init("saved", JSON(counts.saves)), .init("diskFreeBytes", JSON(statistics.free)),
            .init("use", .array(use)), .init("limits", LimitWords.json(limits)),
        ])
    }

    private static func count(_ number: Int64, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.utf8.count))
    }
}
