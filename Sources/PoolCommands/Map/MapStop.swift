internal import POSIX

/// Why a `map` starts nothing new, and whether what runs may go on.
enum MapStop: Equatable {
    case none
    /// Interrupted once: what runs may end by itself.
    case draining
    /// Interrupted again, or told to end: what runs is ended.
    case ending(Signal)
    /// An item could not be started, for a reason that would hold for the next one too.
    case failed(status: Int32)

    mutating func interrupt() {
        switch self {
        case .none, .failed: self = .draining
        case .draining: self = .ending(.interrupt)
        case .ending: break
        }
    }

    mutating func terminate(_ signal: Signal) { self = .ending(signal) }

    mutating func fail(_ status: Int32) { if self == .none { self = .failed(status: status) } }

    var endsRunning: Bool {
        switch self {
        case .ending: true
        case .none, .draining, .failed: false
        }
    }

    /// What `map` as a whole has to answer for, beside its items.
    var status: Int32 {
        switch self {
        case .none: 0
        case .draining: 128 + Signal.interrupt.number
        case .ending(let signal): 128 + signal.number
        case .failed(let status): status
        }
    }
}
