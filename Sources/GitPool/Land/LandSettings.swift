internal import Git

/// The `pool.land.*` keys: how work lands where the command line does not say.
package struct LandSettings: Sendable {
    package let strategy: LandStrategy
    /// A command for `sh -c`, nil for none.
    package let test: String?

    /// - Throws: `ConfigurationError`
    init(_ configuration: Configuration) throws(ConfigurationError) {
        strategy = try configuration.choice("pool.land.strategy") ?? .merge
        test = configuration.text("pool.land.test")
    }
}

/// What lands in the target.
package enum LandStrategy: String, CaseIterable, Sendable {
    /// A merge commit, always: its first parent is the target, its second the branch.
    case merge = "no-ff"
    /// The branch as it is, if it descends from the target.
    case fastForward = "ff"
    /// One commit with all the branch changed.
    case squash
    /// The branch's commits, replayed on the target.
    case rebase
}
