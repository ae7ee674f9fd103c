internal import GitPool
internal import POSIX

/// Every item once, in its own lease, at most `width` at a time; when this ends, no lease of it is left but those whose
/// worktree holds work.
///
/// One process and no threads: items are children that write to files, and all waiting is one poll(2).
struct MapRun: ~Copyable {
    private let session: Session
    private let pool: Pool
    private let items: [String]
    private let template: MapTemplate
    private let request: LeaseRequest
    private let plan: LimitPlan
    private let width: Int
    private let logs: MapLogs
    private let started = Clock.sinceBoot()
    private var bell: SignalBell
    private var screen: MapScreen
    private var stop = MapStop.none
    /// The item that is next, from 0.
    private var next = 0
    private var queue: MapQueue?
    private var jobs: [MapJob] = []

    init(
        _ session: Session, _ pool: Pool, _ items: [String], _ template: MapTemplate, request: LeaseRequest,
        plan: LimitPlan, width: Int
    ) throws {
        let logs = try MapLogs(pool)
        let bell = try SignalBell(for: [.interrupt, .quit, .terminate, .hangUp, .child, .resize])
        ProcessTable.adoptOrphans()
        screen = MapScreen(session, total: items.count, logs: logs.directory)
        self.session = session
        self.pool = pool
        self.items = items
        self.template = template
        self.request = request
        self.plan = plan
        self.width = width
        self.logs = logs
        self.bell = bell
        queue = nil
    }

    /// The worst of all statuses.
    mutating func run() throws -> Int32 {
        while !jobs.isEmpty || mayStart {
            // In this order: a child that ends after the look at the children rings again.
            readSignals()
            reap()
            for index in jobs.indices { jobs[index].command.tend() }
            finishEnded()
            let hasStarted = startNext()
            screen.show(jobs, next: next, stop)
            if !hasStarted { try wait() }
        }
        queue = nil
        screen.sum(notStarted: items.count - next)
        return screen.status(stop)
    }

    private var mayStart: Bool { next < items.count && stop == .none }

    private mutating func readSignals() {
        for note in bell.take() {
            switch note.signal {
            case .interrupt: stop.interrupt()
            case .terminate, .hangUp, .quit: stop.terminate(note.signal)
            case .user1, .user2, .kill, .resume, .child, .resize: continue
            }
            queue = nil
            screen.tell(stop, running: jobs.count)
        }
        if stop.endsRunning {
            for index in jobs.indices where !jobs[index].command.isEnding { jobs[index].command.end() }
        }
    }

    private mutating func reap() {
        while let event = ChildEvent.next() {
            guard case .ended(let pid, let termination, let peak) = event,
                let index = jobs.firstIndex(where: { $0.command.pid == pid && $0.command.termination == nil })
            else { continue }
            jobs[index].command.note(termination, peakBytes: peak)
        }
    }

    private mutating func finishEnded() {
        var index = 0
        while index < jobs.count {
            guard jobs[index].command.isOver, let termination = jobs[index].command.termination else {
                index += 1
                continue
            }
            if beginsLanding(at: index, termination) {
                index += 1
            } else {
                finish(jobs.remove(at: index), termination)
            }
        }
    }

    /// With `--land`, a command that ended well is followed by the landing of its branch.
    private mutating func beginsLanding(at index: Int, _ termination: Termination) -> Bool {
        guard jobs[index].isGood(termination), session.arguments.flag("land"), !jobs[index].isLanding,
            !stop.endsRunning
        else { return false }
        jobs[index].command.leave()
        do { try jobs[index].land(session) } catch {
            screen.print(ErrorText(error).diagnostics)
            return false
        }
        return true
    }

    private mutating func finish(_ job: MapJob, _ termination: Termination) {
        job.command.leave()
        let hasLanded = job.isLanding || !session.arguments.flag("land")
        let status =
            job.command.passed != nil ? 9 : job.isGood(termination) && !hasLanded ? 1 : termination.shellStatus
        var result = MapResult(job, status: status, milliseconds: Clock.sinceBoot() - job.startedAt)
        do {
            let report = try session.giveBack(job.leased, failed: status != 0, in: pool)
            if let report, report.state == .orphaned || report.state == .expiring {
                result.keptBecause = report.risks.isEmpty ? ["it failed"] : report.risks.map(\.summary)
            }
        } catch {
            // The lease ends with this process at the latest.
            screen.print(ErrorText(error).diagnostics)
        }
        screen.finish(result, plan.limits)
    }

    /// At most one item, so that nobody who ended waits for the lease of another.
    private mutating func startNext() -> Bool {
        guard mayStart, jobs.count < width else { return false }
        do {
            guard let leased = try lease() else { return false }
            try start(leased)
        } catch let problem as SlotCommand.Problem {
            screen.print([problem.diagnostic])
            stop.fail(problem.status)
        } catch {
            // What one lease failed of, the next would too.
            let text = ErrorText(error)
            screen.print(text.diagnostics)
            stop.fail(text.status)
        }
        queue = nil
        return true
    }

    /// Nil while the pool is full; this map waits its turn like anybody.
    private mutating func lease() throws -> LeasedSlot? {
        if queue == nil { queue = try MapQueue(request, named: MapItems.leaseName(items[next]), in: pool) }
        return try queue?.ask(in: pool, hasOwn: !jobs.isEmpty)
    }

    private mutating func start(_ leased: LeasedSlot) throws {
        let number = next + 1
        let name = leased.lease.name
        let words = template.filled(item: items[next], number: number, name: name)
        next += 1
        if session.mayStartKeeper(pool) { session.goOn(pool) }
        do {
            let job = try MapJob(
                number, items[next - 1], leased, logs,
                SlotCommand(program: words[0], words: Array(words.dropFirst()), leased: leased),
                session, pool, plan)
            jobs.append(job)
        } catch {
            _ = try? session.giveBack(leased, failed: true, in: pool)
            throw error
        }
    }

    private mutating func wait() throws {
        let now = Clock.sinceBoot()
        var until = jobs.compactMap { $0.command.wakeAt }.min()
        if queue != nil { until = min(until ?? .max, now + MapQueue.pause) }
        if let redraw = screen.redrawAt { until = min(until ?? .max, redraw) }
        let time = until.map { max(0, $0 - now) }
        if time.map({ $0 > 2000 }) ?? true { Readiness.shrink() }
        _ = try Readiness.wait(for: [bell.number], milliseconds: time)
    }
}
