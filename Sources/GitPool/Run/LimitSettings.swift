package import Git

/// `pool.limit.*`, the default limits of `run` and `map`; and `pool.maxDisk`.
package struct LimitSettings: Sendable {
    package let limits: Limits
    /// Bytes that the worktrees of the pool may take together.
    package let maxDisk: Int64?

    /// - Throws: `ConfigurationError`
    package init(_ configuration: Configuration) throws(ConfigurationError) {
        var limits = Limits()
        limits.memory = try configuration.count("pool.limit.memory").map { Int64($0) }
        limits.cpu = try configuration.count("pool.limit.cpu")
        limits.disk = try configuration.count("pool.limit.disk").map { Int64($0) }
        limits.time = try configuration.seconds("pool.limit.time")
        self.limits = limits
        maxDisk = try configuration.count("pool.maxdisk").map { Int64($0) }
    }
}
