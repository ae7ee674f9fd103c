internal import Git
internal import POSIX

/// An idle slot follows the branch it waits on, so that a lease of its newest commit moves no file.
extension Pool {
    /// - Returns: nil where nothing was done.
    func park(_ number: Int) throws -> CollectReport? {
        guard var claim = try claim(number), claim.state == .idle, isPresent(claim.record),
            let tip = newerTip(claim.record, askingGit: true)
        else { return nil }
        let record = claim.record
        guard admin(record).head == .detached(record.head), try Occupants.scan(record.path).isEmpty else { return nil }
        return report(&claim, .park) { (claim: inout SlotClaim) throws in
            claim.record.head = tip
            try claim.advance(to: .cleaning)
            try finish(&claim)
        }
    }

    /// Where the branch of an idle slot is by now; nil where the slot is there, or follows none.
    ///
    /// - Parameter askingGit: without it a ref that no file tells has not moved.
    func newerTip(_ record: SlotRecord, askingGit: Bool = false) -> String? {
        guard let base = record.base, let tip = knownTip(of: base) ?? (askingGit ? tip(of: base) : nil),
            tip != record.head
        else { return nil }
        return tip
    }
}
