internal import Git
internal import POSIX

/// The slow work on slots that nobody has, done in the background.
package struct Duties: Sendable {
    /// Slots whose time is over.
    package let trims: Set<Int>
    /// Slots whose branch has moved.
    package let parks: Set<Int>
    /// How many slots are to be made.
    package let missing: Int

    package init(_ pool: Pool, _ slots: [Slot]) {
        let idle = IdleSlots(pool, slots)
        trims = idle.due
        missing = idle.missing(of: pool.settings.upkeep.warm)
        parks = Set(
            idle.next(max(pool.settings.upkeep.warm, 2), of: slots).filter { slot in
                slot.record.map { pool.newerTip($0) != nil } ?? false
            }
            .map(\.number))
    }
}

extension Pool {
    /// Whether something is left that takes up disk for nothing.
    package func holdsWaste(_ slots: [Slot]) -> Bool {
        slots.contains { $0.state == .trash } || IdleSlots(self, slots).isAnyDue
    }

    /// Does them all, one after another; each look at the pool is new, because sessions come and go meanwhile.
    ///
    /// - Throws: why no slot could be made; everything else was done by then.
    package func upkeep(_ tell: (CollectReport) -> Void) throws {
        guard exists else { return }
        let slots = try snapshot(reading: [.idle])
        let idle = IdleSlots(self, slots)
        for slot in idle.next(max(settings.upkeep.warm, 2), of: slots) where !idle.due.contains(slot.number) {
            if let report = try? park(slot.number) { tell(report) }
        }
        for number in idle.due.sorted() {
            if let report = try? trim(number) { tell(report) }
        }
        for slot in try snapshot(reading: []) where slot.state == .trash {
            guard var claim = try? claim(slot.number), claim.state == .trash else { continue }
            tell(report(&claim, .deleteTrash) { (claim: inout SlotClaim) throws in try carryOut(.deleteTrash, &claim) })
        }
        Template.sweep(self)
        do {
            // No more than these, though somebody takes them as they are made.
            for _ in 0..<settings.upkeep.warm {
                guard let report = try warm(upTo: settings.upkeep.warm) else { break }
                tell(report)
            }
        } catch PoolError.noCommit {}
    }

    /// Starts a process that first collects, only these slots if any are named, then does them at the lowest priority;
    /// nil where none can be had.
    ///
    /// - Parameter slots: nil for one that is to be made; its number is 0, and so it is none to be collected.
    package func startUpkeep(_ thoroughness: Thoroughness = .quick, _ slots: [Int?] = []) -> Int32? {
        let options: [String] =
            switch thoroughness {
            case .quick: []
            case .full: ["--full"]
            }
        return OwnProgram.startDetached(
            ["_upkeep"] + options + [repository.commonDirectory] + slots.map { String($0 ?? 0) }, environment)
    }

    /// Collects what is due, if anything is, for a command that needs the room or has given some back.
    package func collectDue() {
        guard let slots = try? peek(), isAnyDue(slots) else { return }
        collectAside()
    }

    /// Collects in a process of its own.
    package func collectAside() { _ = aside(["--collect"]) }

    /// Collects in a process of its own, only these slots if any are named. Where git hangs in somebody's slot, the caller
    /// goes on after ten seconds, and the slot's lock stays with what hangs: nobody waits for it a second time. That is why
    /// it is not ended, not even where no process may be left behind.
    ///
    /// - Returns: false if it was not waited for to its end.
    func aside(_ options: [String], _ slots: [Int] = []) -> Bool {
        // The caller may stand in what it waits for.
        let leavers = Ancestry.read().leavers.map { "--leaver=" + $0.text }
        let words = ["_upkeep"] + options + leavers + [repository.commonDirectory] + slots.map(String.init)
        // What is the caller's own work is done as the caller was told, by 'git -c' too.
        guard let pid = OwnProgram.startDetached(words, environment, adding: environment) else { return false }
        let patience = Deadline(in: patience(10_000))
        while !Child.hasEnded(pid) {
            guard !patience.hasPassed else { return false }
            Clock.sleep(milliseconds: 2)
        }
        return true
    }
}
