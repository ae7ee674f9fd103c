package import Git

/// Which slots wait for a lease, how many, and for how long.
package struct UpkeepSettings: Sendable {
    package enum Strategy: String, CaseIterable, Sendable {
        /// Whoever comes next gets a slot that somebody had before.
        case reuse
        /// As `reuse`, and slots are made before anybody comes.
        case pooled
        /// Every lease gets a slot that nobody had, and it goes with the lease.
        case ondemand
        /// A slot that a name had is that name's for ever.
        case dedicated
    }

    package let strategy: Strategy
    /// How many idle slots are kept ready.
    package let warm: Int
    /// Seconds that an idle slot beyond these is kept; `.max` is for ever.
    package let idleTimeout: Int64
    /// Seconds after which any idle slot goes.
    package let maxAge: Int64
    /// Bytes that a new worktree must leave on the disk; 0 asks for none.
    package let minFree: Int64

    /// - Throws: `ConfigurationError`
    package init(_ configuration: Configuration) throws(ConfigurationError) {
        func seconds(_ key: String, _ fallback: Int64) throws(ConfigurationError) -> Int64 {
            // As in gc.reflogExpire.
            if configuration.string(key) == "never" { return .max }
            return try configuration.seconds(key) ?? fallback
        }
        strategy = try configuration.choice("pool.strategy") ?? .reuse
        warm = try configuration.count("pool.warm") ?? (strategy == .pooled ? UpkeepSettings.pooled : 0)
        idleTimeout = try seconds("pool.idletimeout", 600)
        maxAge = try seconds("pool.maxage", .max)
        minFree = Int64(max(0, try configuration.integer("pool.minfree") ?? 0))
    }

    /// One for whoever comes next, and one while that is made good again.
    private static let pooled = 2
}
