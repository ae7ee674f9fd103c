package import Git

/// Where the submodules of a lease come from, and which stay out.
package struct SubmoduleSettings: Sendable {
    package enum Mode: String, CaseIterable, Sendable {
        /// From what is at hand; from its URL only if git calls the submodule active in the repository itself.
        case auto
        /// From their URLs.
        case declared
        /// From the mirrors below `pool.submodule.base`, or not at all.
        case mirror
        /// From the repository's own `modules`; what is not initialised there is not in the lease.
        case modules
        case none
    }

    package let mode: Mode
    /// A folder of mirrors, as configured.
    package let base: String?
    /// Patterns of paths, those of nested submodules from the top.
    private let excluded: [String]
    /// How many are cloned at once.
    package let width = 4

    /// - Throws: `ConfigurationError`
    package init(_ configuration: Configuration) throws(ConfigurationError) {
        mode = try configuration.choice("pool.submodule.mode") ?? .auto
        base = configuration.text("pool.submodule.base")
        if mode == .mirror, base == nil {
            throw ConfigurationError(key: "pool.submodule.base", value: "", expected: .name)
        }
        excluded = configuration.strings("pool.submodule.exclude").map {
            $0.utf8.last == UInt8(ascii: "/") ? String($0.dropLast()) : $0
        }
    }

    func excludes(_ path: String) -> Bool { excluded.contains { Glob($0).matches(path) } }
}
