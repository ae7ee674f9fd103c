internal import GitPool
internal import POSIX

/// One item that runs, in the slot that is leased for it.
struct MapJob {
    let number: Int
    let item: String
    let leased: LeasedSlot
    let output: String
    let log: String
    /// Milliseconds since boot.
    let startedAt: Int64
    var command: RunningCommand

    /// Whether its command has succeeded and its branch is on the way into its target.
    private(set) var isLanding = false

    var name: String { leased.lease.name }

    func isGood(_ termination: Termination) -> Bool { command.passed == nil && termination == .exited(0) }

    /// Goes on with the landing, in a process of its own: tests may take their time, and others wait for them by
    /// themselves. What it says goes into the item's log.
    mutating func land(_ session: Session) throws {
        guard let program = OwnProgram.path(session.environment) else {
            throw SystemError.missing("git-pool")
        }
        let words = (session.isQuiet ? ["-q"] : []) + ["--", name]
        var command = Command(program, ["land"] + words, environment: session.environment)
        command.directory = leased.record.path
        let err = try Descriptor(opening: log, for: .append)
        (command.input, command.output, command.error) = (.null, .null, .descriptor(err.number))
        command.session = .detached
        self.command = try RunningCommand(starting: command, in: leased.record.path, under: LimitPlan(Limits()))
        isLanding = true
        extendLifetime(err)
    }

    /// Starts it in a session of its own: what is typed at the terminal is not for it, and where it would ask there it
    /// is told at once that it has none.
    ///
    /// - Throws: `SlotCommand.Problem`, or what kept the files from being made.
    init(
        _ number: Int, _ item: String, _ leased: LeasedSlot, _ logs: borrowing MapLogs, _ slotCommand: SlotCommand,
        _ session: Session, _ pool: Pool, _ plan: LimitPlan
    ) throws {
        self.number = number
        self.item = item
        self.leased = leased
        output = logs.path(number, leased.lease.name, "out")
        log = logs.path(number, leased.lease.name, "log")
        var command = try slotCommand.command(session, pool)
        let out = try Descriptor(opening: output, for: .append)
        let err = try Descriptor(opening: log, for: .append)
        command.input = .null
        command.output = .descriptor(out.number)
        command.error = .descriptor(err.number)
        command.session = .detached
        startedAt = Clock.sinceBoot()
        self.command = try slotCommand.start(command, under: plan)
        extendLifetime(out)
        extendLifetime(err)
    }
}

/// One item that is over.
struct MapResult {
    let number: Int
    let item: String
    let name: String
    let status: Int32
    let passed: LimitKind?
    let milliseconds: Int64
    let output: String
    let log: String
    /// Why its worktree stays; empty if it does not.
    var keptBecause: [String] = []

    init(_ job: MapJob, status: Int32, milliseconds: Int64) {
        number = job.number
        item = job.item
        name = job.name
        self.status = status
        passed = job.command.passed
        self.milliseconds = milliseconds
        output = job.output
        log = job.log
    }
}
