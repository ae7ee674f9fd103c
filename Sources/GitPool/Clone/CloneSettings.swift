internal import Git

/// `pool.storage` and `pool.template`: how a new slot's files are made, and which come along.
package struct CloneSettings: Sendable {
    /// The fastest way that may be tried; nil for what the disk can.
    package let storage: Storage?
    /// Whether ignored files of an idle slot are cloned too.
    let takesIgnoredFiles: Bool

    /// - Throws: `ConfigurationError`
    init(_ configuration: Configuration) throws(ConfigurationError) {
        let text = configuration.string("pool.storage") ?? "auto"
        storage = Storage(rawValue: text)
        guard storage != nil || text == "auto" else {
            let words = ["auto"] + Storage.allCases.reversed().map(\.rawValue)
            throw ConfigurationError(key: "pool.storage", value: text, expected: .choice(words))
        }
        takesIgnoredFiles = try configuration.bool("pool.template") ?? false
    }
}

/// The cloning ladder: how the files of a new slot are made, the slowest way first; where one fails, the one before it
/// is taken.
package enum Storage: String, CaseIterable, Sendable, Comparable {
    /// git writes each file.
    case checkout
    /// Files are copied from a tree that has them.
    case copy
    /// Files share their blocks with those of another tree (FICLONE).
    case reflink
    /// The whole tree shares everything with one that nobody can write in (btrfs).
    case snapshot

    package static func < (one: Storage, other: Storage) -> Bool { one.rank < other.rank }

    private var rank: Int {
        switch self {
        case .checkout: 0
        case .copy: 1
        case .reflink: 2
        case .snapshot: 3
        }
    }

    var below: Storage {
        switch self {
        case .checkout, .copy: .checkout
        case .reflink: .copy
        case .snapshot: .reflink
        }
    }
}
