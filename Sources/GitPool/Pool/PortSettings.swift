package import Git

/// The keys `pool.portBase` and `pool.portCount`: a block of ports a slot, the same for its life, and no two overlap.
///
/// 20000 lies above what services are known by and below what Linux hands out by itself (32768, ip_local_port_range);
/// with ten ports each, 1,276 slots fit in between.
package struct PortSettings: Sendable, Equatable {
    package let base: Int
    package let count: Int

    /// - Throws: `ConfigurationError`
    package init(_ configuration: Configuration) throws(ConfigurationError) {
        base = try PortSettings.number("pool.portbase", in: configuration) ?? 20_000
        count = try PortSettings.number("pool.portcount", in: configuration) ?? 10
    }

    private static func number(_ key: String, in configuration: Configuration) throws(ConfigurationError) -> Int? {
        guard let number = try configuration.integer(key) else { return nil }
        guard 1...65_535 ~= number else {
            throw ConfigurationError(key: key, value: configuration.string(key) ?? "", expected: .range(1...65_535))
        }
        return number
    }

    /// The first port of a slot; nil where its block does not end below 65536.
    package func first(of slot: Int) -> Int? {
        let (offset, overflow) = slot.multipliedReportingOverflow(by: count)
        guard !overflow, offset <= 65_536 - count - base else { return nil }
        return base + offset
    }
}
