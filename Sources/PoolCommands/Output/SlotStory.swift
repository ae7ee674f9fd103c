internal import Git
internal import GitPool
internal import POSIX

/// `show`: everything about one slot, and what keeps it from being used again.
struct SlotStory {
    private let pool: Pool
    /// As `Pool.risks` takes it.
    private let excused: [Bystander]

    init(_ pool: Pool, excused: [Bystander]) {
        self.pool = pool
        self.excused = excused
    }

    func text(_ slot: Slot) -> String {
        let lease = slot.lease
        let rows: [(String, String?)] = [
            ("name", lease?.name), ("slot", String(slot.number)), ("state", slot.shownState),
            ("path", slot.record?.path), ("branch", lease.map { $0.branch ?? "(detached)" }),
            ("from", lease.map { "\($0.start.prefix(10))" + ($0.base.map { " of \($0)" } ?? "") }),
            ("holder", slot.state.counts ? lease.map(holder) : nil), ("session", lease?.session), ("note", lease?.note),
            ("claims", lease.flatMap { $0.claims.isEmpty ? nil : $0.claims.joined(separator: ", ") }),
            ("leased", lease.map { ago($0.leasedAt) }), ("released", lease?.release?.at.map(ago)),
            ("used", slot.record.map { $0.useCount == 1 ? "once" : "\($0.useCount) times" }),
            ("writes", slot.record.map { "\($0.path) and \(pool.repository.commonDirectory)" }),
        ]
        var lines = rows.compactMap { label, value in
            value.map { label + String(repeating: " ", count: 10 - label.count) + Printable.line($0) }
        }
        lines += why(slot)
        return lines.map { $0 + "\n" }.joined()
    }

    /// What stands against recycling it now, and what `gc` would do.
    private func why(_ slot: Slot) -> [String] {
        var lines: [String] = []
        if let record = slot.record, slot.state.counts {
            lines += pool.risks(of: record, excused: excused).map { "keeps it  " + Printable.line($0.summary) }
        }
        lines.append("gc        " + GCWords.plan(pool.plan(slot), slot))
        return lines
    }

    private func holder(_ lease: Lease) -> String {
        guard let process = Words.process(lease.holder) else {
            return "nobody: it ends by '\(Words.pool("done", lease.name))'"
        }
        let state =
            switch pool.verdict(of: lease) {
            case .alive: "alive"
            case .dead: "dead"
            case .unknown: "not to be told from here"
            }
        return "\(process), \(state)"
    }

    private func ago(_ time: Int64) -> String { Duration(seconds: max(0, pool.now() - time)).age + " ago" }
}
