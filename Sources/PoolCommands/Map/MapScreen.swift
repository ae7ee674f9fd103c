internal import GitPool
internal import POSIX

/// What a `map` says while it runs: whole outputs of items on standard output, and on standard error a live view where
/// that is a terminal, else a line for each item that is over.
struct MapScreen {
    private let session: Session
    private let logs: String
    private let started = Clock.sinceBoot()
    private var view: LiveView?
    private var tally: MapTally
    private var results: [MapResult] = []
    /// Results whose output waits for that of an earlier item.
    private var held: [Int: MapResult] = [:]
    private var nextToPrint = 1
    private let keepsOrder: Bool
    private(set) var redrawAt: Int64?

    init(_ session: Session, total: Int, logs: String) {
        self.session = session
        self.logs = logs
        tally = MapTally(total: total)
        keepsOrder = session.arguments.flag("keep-order")
        view = session.isQuiet ? nil : LiveView(2, environment: session.environment)
    }

    private var elapsed: Int64 { Clock.sinceBoot() - started }

    /// Draws the live view, once a second at least: the time in it goes on.
    mutating func show(_ jobs: [MapJob], next: Int, _ stop: MapStop) {
        guard view != nil else { return }
        tally.running = jobs.count
        let oldest = jobs.sorted { $0.startedAt < $1.startedAt }
        let head = (stop == .none ? "" : "stopping: ") + tally.line(after: elapsed)
        let now = Clock.sinceBoot()
        view?.draw([head] + oldest.map { "  " + MapWords.running($0, now) })
        redrawAt = now + 1000
    }

    /// Prints for good, above the live view.
    mutating func print(_ diagnostics: [Diagnostic]) {
        view?.erase()
        session.report(diagnostics)
    }

    mutating func tell(_ stop: MapStop, running: Int) {
        guard let text = MapWords.stopping(stop, running: running), !session.isQuiet else { return }
        print([.note(text)])
    }

    mutating func finish(_ result: MapResult, _ limits: Limits) {
        if result.status == 0 { tally.done += 1 } else { tally.failed += 1 }
        results.append(result)
        if let passed = result.passed { print([LimitWords.passed(passed, by: result.name, limits)]) }
        if view == nil || result.status != 0, !session.isQuiet {
            print([.note("[\(tally.finished)/\(tally.total)] " + MapWords.over(result))])
        }
        guard keepsOrder else { return pass(result) }
        held[result.number] = result
        passHeld()
    }

    private mutating func passHeld() {
        while let result = held.removeValue(forKey: nextToPrint) {
            pass(result)
            nextToPrint += 1
        }
    }

    /// An item's standard output whole: no other's comes between. Files without a byte are not worth keeping.
    private mutating func pass(_ result: MapResult) {
        if let size = try? Files.status(result.output).size, size > 0 {
            view?.erase()
            Streams.copy(result.output, to: 1)
        } else {
            try? Files.unlink(result.output)
        }
        if let size = try? Files.status(result.log).size, size == 0 { try? Files.unlink(result.log) }
    }

    /// What there is to say at the end.
    mutating func sum(notStarted: Int) {
        view?.erase()
        // Only where a stop left a hole before them.
        for number in held.keys.sorted() {
            if let result = held.removeValue(forKey: number) { pass(result) }
        }
        tally.running = 0
        session.note(
            "\(tally.done) of \(tally.total) done"
                + (tally.failed > 0 ? ", \(tally.failed) failed" : "")
                + (notStarted > 0 ? ", \(notStarted) not started" : "") + " in \(Elapsed.text(elapsed))")
        let failed = results.filter { $0.status != 0 }.sorted { $0.number < $1.number }
        if !failed.isEmpty { session.report(MapWords.failures(failed, of: tally.total)) }
        let kept = results.filter { !$0.keptBecause.isEmpty }.sorted { $0.number < $1.number }
        if !kept.isEmpty { session.report(MapWords.kept(kept)) }
        if results.contains(where: { Files.exists($0.output) || Files.exists($0.log) }) {
            session.note("what the items wrote is in '\(logs)'")
        }
    }

    func status(_ stop: MapStop) -> Int32 { results.reduce(stop.status) { max($0, $1.status) } }
}
