/// The state of a slot on disk: the suffix of its record's name, changed by one rename.
package enum SlotState: String, CaseIterable, Sendable {
    case warming, idle, leasing, leased, releasing, expiring, orphaned, cleaning, trash, broken

    /// Whether the slot counts against `pool.max`: somebody has it, or somebody's work is in it.
    package var counts: Bool {
        switch self {
        case .leasing, .leased, .releasing, .expiring, .orphaned: true
        case .warming, .idle, .cleaning, .trash, .broken: false
        }
    }

    package static var counted: [SlotState] { allCases.filter(\.counts) }

    /// The word that `list` shows.
    package var shown: String {
        switch self {
        case .leasing, .leased, .releasing: SlotState.leased.rawValue
        case .cleaning, .trash: SlotState.cleaning.rawValue
        case .warming, .idle, .expiring, .orphaned, .broken: rawValue
        }
    }
}
