internal import Git

/// Something that is over: a lease, a slot, a save. Its id is unique for ever, so that what is told twice counts once.
enum JournalLine: Hashable {
    case lease(LeaseFacts)
    /// A slot that was made and is gone.
    case slot(id: String)
    /// A save that was made and is to be dropped.
    case save(ref: String, commit: String)

    init?(_ lease: Lease, in state: SlotState, at now: Int64) {
        guard let facts = LeaseFacts(lease, in: state, at: now) else { return nil }
        self = .lease(facts)
    }

    /// Nil for one that the pool did not make, or not to the end: its name as a draft says so.
    init?(slot record: SlotRecord) {
        guard record.isMade else { return nil }
        self = .slot(id: record.id)
    }

    /// Nil where the save holds commits alone, that nobody asked to keep.
    init?(_ saved: Saved) {
        let ref = String(saved.ref.dropFirst(Saved.folder.count))
        guard saved.isOfWork, JournalLine.isID(ref), Text.isObjectID(saved.id) else { return nil }
        self = .save(ref: ref, commit: saved.id)
    }

    /// Nil for a line that was torn, or that another version wrote.
    init?(_ line: String) {
        let words = line.split(separator: " ").map(String.init)
        switch (words.first, words.count) {
        case ("lease", 7):
            guard let facts = LeaseFacts(words: words.dropFirst()) else { return nil }
            self = .lease(facts)
        case ("slot", 2) where JournalLine.isID(words[1]): self = .slot(id: words[1])
        case ("save", 3) where JournalLine.isID(words[1]) && Text.isObjectID(words[2]):
            self = .save(ref: words[1], commit: words[2])
        case (_, _): return nil
        }
    }

    var text: String {
        switch self {
        case .lease(let facts): "lease " + facts.text
        case .slot(let id): "slot \(id)"
        case .save(let ref, let commit): "save \(ref) \(commit)"
        }
    }

    /// Ids are ours; a record is data, and whatever else stands in one is not passed on.
    static func isID(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 64
            && text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-")
            }
    }
}

/// What is counted of a lease.
struct LeaseFacts: Hashable {
    let id: String
    let origin: Lease.Origin
    /// Seconds since 1970.
    let from: Int64
    let to: Int64
    /// Milliseconds.
    let waited: Int64?
    let isReaped: Bool

    /// Nil for one that nobody was told of.
    init?(_ lease: Lease, in state: SlotState, at now: Int64) {
        guard state != .leasing, let origin = lease.origin, JournalLine.isID(lease.id) else { return nil }
        (id, self.origin, from) = (lease.id, origin, lease.leasedAt)
        to = max(lease.leasedAt, lease.release?.at ?? now)
        waited = lease.waited
        isReaped = lease.orders.isReaped
    }

    fileprivate init?(words: ArraySlice<String>) {
        let words = Array(words)
        guard JournalLine.isID(words[0]), let origin = Lease.Origin(rawValue: words[1]), let from = Int64(words[2]),
            let to = Int64(words[3]), from <= to, ["-", "reaped"].contains(words[5])
        else { return nil }
        (id, self.origin, self.from, self.to) = (words[0], origin, from, to)
        guard words[4] == "-" || Int64(words[4]).map({ $0 >= 0 }) == true else { return nil }
        waited = Int64(words[4])
        isReaped = words[5] == "reaped"
    }

    fileprivate var text: String {
        "\(id) \(origin.rawValue) \(from) \(to) \(waited.map { String($0) } ?? "-") \(isReaped ? "reaped" : "-")"
    }
}

extension SlotRecord {
    /// Whether the pool made the slot's worktree to the end.
    var isMade: Bool { !isAdopted && JournalLine.isID(id) && !workID.hasPrefix(SlotRecord.draftPrefix) }
}
