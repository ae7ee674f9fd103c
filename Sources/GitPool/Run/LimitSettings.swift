package import Git

/// `pool.limit.*`, what `run` and `map` do not let a command pass unless told otherwise; and `pool.maxDisk`.
package struct LimitSettings: Sendable {
    package let limits: Limits
    /// Bytes that the worktrees of the pool may take together.
    package let maxDisk: Int64?

    /// - Throws: `ConfigurationError`
    package init(_ configuration: Configuration) throws(ConfigurationError) {
        func number(_ key: String) throws(ConfigurationError) -> Int? {
            guard let number = try configuration.integer(key) else { return nil }
            guard number >= 0 else {
                throw ConfigurationError(key: key, value: String(number), expected: .integer)
            }
            return number
        }
        var limits = Limits()
        limits.memory = try number("pool.limit.memory").map { Int64($0) }
        limits.cpu = try number("pool.limit.cpu")
        limits.disk = try number("pool.limit.disk").map { Int64($0) }
        if let text = configuration.string("pool.limit.time") {
            do { limits.time = try Seconds.parse(text) } catch {
                throw ConfigurationError(key: "pool.limit.time", value: text, expected: .duration)
            }
        }
        self.limits = limits
        maxDisk = try number("pool.maxdisk").map { Int64($0) }
    }
}
