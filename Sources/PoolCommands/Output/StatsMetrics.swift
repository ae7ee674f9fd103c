internal import GitPool

/// The same figures as OpenMetrics text (OpenMetrics 1.0): each family once, counters end in `_total`, `# EOF` last.
struct StatsMetrics {
    private let statistics: Statistics
    private let disk: DiskReport?

    init(_ statistics: Statistics, _ disk: DiskReport?) { (self.statistics, self.disk) = (statistics, disk) }

    private enum Kind: String { case gauge, counter }

    private struct Family {
        let name: String
        let kind: Kind
        var unit: String?
        let help: String
        let samples: [(label: (name: String, value: String)?, value: String)]

        init(_ name: String, _ kind: Kind, unit: String? = nil, _ help: String, _ value: String) {
            (self.name, self.kind, self.unit, self.help, samples) = (name, kind, unit, help, [(nil, value)])
        }

        init(
            _ name: String, _ kind: Kind, unit: String? = nil, _ help: String, by label: String,
            _ values: [(String, String)]
        ) {
            (self.name, self.kind, self.unit, self.help) = (name, kind, unit, help)
            samples = values.map { ((label, $0.0), $0.1) }
        }
    }

    var text: String { families.map(text).joined() + "# EOF\n" }

    private var families: [Family] {
        let counts = statistics.counts
        var families = [
            Family(
                "slots", .gauge, "Slots by state.", by: "state",
                statistics.states.map { ($0.state.shown, String($0.count)) }),
            Family("slots_limit", .gauge, "Leases there may be at once.", String(statistics.limit)),
            Family(
                "leases", .counter, "Leases by where their slot came from.", by: "slot",
                [("reused", String(counts.reused)), ("new", String(counts.made)), ("adopted", String(counts.adopted))]),
            Family("slots_made", .counter, "Slots made, for a lease or ahead of one.", String(counts.slots)),
            Family("waits", .counter, "Leases that queued for a slot.", String(counts.waits)),
            Family(
                "wait_seconds", .counter, unit: "seconds", "Time that leases queued for a slot.",
                StatsMetrics.seconds(counts.waited)),
            Family("reaped", .counter, "Leases whose holder was found dead.", String(counts.reaped)),
            Family("saves", .counter, "Saves of work.", String(counts.saves)),
        ]
        if let free = statistics.free {
            families.append(
                Family("disk_free_bytes", .gauge, unit: "bytes", "Free space where the slots are.", String(free)))
        }
        if let disk {
            let parts = [
                ("source", disk.source), ("output", disk.output), ("caches", disk.caches), ("shared", disk.shared),
                ("real", disk.real),
            ]
            families.append(
                Family(
                    "disk_bytes", .gauge, unit: "bytes", "What the pool takes of the disk.", by: "part",
                    parts.map { ($0.0, String($0.1)) }))
        }
        return families
    }

    private func text(_ family: Family) -> String {
        let name = "git_pool_" + family.name
        var lines = ["# TYPE \(name) \(family.kind.rawValue)"]
        if let unit = family.unit { lines.append("# UNIT \(name) \(unit)") }
        lines.append("# HELP \(name) \(family.help)")
        for sample in family.samples {
            let labels = [("repository", statistics.repository)] + (sample.label.map { [$0] } ?? [])
            let list = labels.map { "\($0.0)=\"\(StatsMetrics.escaped($0.1))\"" }.joined(separator: ",")
            lines.append("\(name)\(family.kind == .counter ? "_total" : ""){\(list)} \(sample.value)")
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func seconds(_ milliseconds: Int64) -> String {
        let rest = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - rest.utf8.count) + rest
    }

    /// A label's value is anything but a bare quote, backslash or line feed. By scalars: a line feed may be half of a
    /// character.
    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            switch scalar {
            case "\\": "\\\\"
            case "\"": "\\\""
            case "\n": "\\n"
            default: String(scalar)
            }
        }
        .joined()
    }
}
