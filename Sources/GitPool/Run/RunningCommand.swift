package import POSIX

/// One command that runs in a slot, and all that it started: it ends by itself, or all of it is ended.
///
/// Whoever waits calls `tend` when `wakeAt` has come or a signal has, until `isOver`.
package struct RunningCommand: Sendable {
    package let pid: Int32
    /// How it ended; nil while it runs.
    package private(set) var termination: Termination?
    /// The limit it passed.
    package private(set) var passed: LimitKind?
    private let folder: String
    private let group: ControlGroup?
    private var watch: LimitWatch
    private var ending: Ending?

    /// Milliseconds since boot.
    private struct Ending {
        var killAt: Int64
        var giveUpAt: Int64
    }

    private static let patience: Int64 = 5000

    /// - Parameter folder: the slot, to which `GIT_POOL_PATH` leads in the command's environment.
    package init(starting command: Command, in folder: String, under plan: LimitPlan) throws {
        self.folder = folder
        group = try plan.makeGroup()
        watch = LimitWatch(plan, in: folder)
        do {
            if let group {
                pid = try group.enclosing { try Child(starting: command).pid }
            } else {
                pid = try Child(starting: command).pid
            }
        } catch {
            group?.remove()
            throw error
        }
        if plan.level(.cpu) == .requested { ProcessTable.lowerPriority(of: pid) }
    }

    package var isEnding: Bool { ending != nil }

    /// Its own end is enough, unless all of it was to be ended.
    package var isOver: Bool {
        guard termination != nil else { return false }
        guard let ending else { return true }
        return Clock.sinceBoot() >= ending.giveUpAt || members.isEmpty
    }

    /// Milliseconds since boot; nil if only a signal matters.
    package var wakeAt: Int64? {
        if ending != nil { return Clock.sinceBoot() + 20 }
        return watch.nextLook == .max ? nil : watch.nextLook
    }

    /// Asks all of it to end now, and kills what is left after five seconds.
    package mutating func end() {
        guard ending == nil else { return }
        let now = Clock.sinceBoot()
        ending = Ending(killAt: now + RunningCommand.patience, giveUpAt: now + 2 * RunningCommand.patience)
        send(.terminate)
        // A stopped process takes no signal before it goes on.
        send(.resume)
    }

    package mutating func tend() {
        if let ending {
            if Clock.sinceBoot() >= ending.killAt { send(.kill) }
        } else if termination == nil {
            var watch = watch
            passed = watch.look { members }
            self.watch = watch
            if passed != nil { end() }
        }
    }

    /// It has ended; called once.
    package mutating func note(_ termination: Termination, peakBytes: Int64) {
        self.termination = termination
        guard passed == nil, ending == nil else { return }
        passed = group?.ranOutOfMemory == true ? .memory : watch.lastLook(peakBytes: peakBytes)
    }

    /// After `isOver`.
    package func leave() { group?.remove() }

    private func send(_ signal: Signal) {
        for pid in members { signal.send(to: pid) }
    }

    /// Whoever left its parents is our child now (prctl(2), `PR_SET_CHILD_SUBREAPER`), and known by the slot it was
    /// started for. Somebody else's shell that stands in the slot is not among them.
    private var members: [Int32] {
        if let group { return group.members }
        let adopted = ProcessTree.ownChildren().filter {
            $0 != pid && ProcessTree.variable("GIT_POOL_PATH", of: $0) == folder
        }
        return ProcessTree.members(from: (termination == nil ? [pid] : []) + adopted)
    }
}
