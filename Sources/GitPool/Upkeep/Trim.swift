internal import POSIX

/// Removes an idle slot whose time is over; somebody may have worked there, so it is judged behind its fence as a lease
/// would be.
extension Pool {
    /// - Returns: nil where nothing was done: the slot is somebody's again, or a process stands in it.
    func trim(_ number: Int) throws -> CollectReport? {
        guard var claim = try claim(number), claim.state == .idle, isPresent(claim.record) else { return nil }
        // How many others wait matters only where some are to be kept ready.
        let slots = settings.upkeep.warm == 0 ? [claim.slot] : try snapshot(reading: [.idle])
        guard IdleSlots(self, slots).due.contains(number), try Occupants.scan(claim.record.path).isEmpty else {
            return nil
        }
        return report(&claim, .trim) { (claim: inout SlotClaim) throws in
            try claim.advance(to: .cleaning)
            try recycle(&claim, removes: true)
        }
    }

    /// Carries a step out and tells what became of the slot.
    func report(
        _ claim: inout SlotClaim, _ plan: CollectPlan, _ step: (inout SlotClaim) throws -> Void
    ) -> CollectReport {
        let (from, name) = (claim.state, claim.state == .idle ? nil : claim.record.lease?.name)
        var failure: (any Error)?
        do { try step(&claim) } catch { failure = claim.record.named(error) }
        return CollectReport(
            number: claim.number, name: name, from: from, plan: plan, to: claim.isForgotten ? nil : claim.state,
            keptBecause: claim.record.lease?.keptBecause ?? [], failure: failure)
    }
}
