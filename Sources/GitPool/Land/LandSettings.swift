internal import Git

/// The `pool.land.*` keys: how work lands where the command line does not say.
package struct LandSettings: Sendable {
    package let strategy: LandStrategy
    /// A command for `sh -c`, nil for none.
    package let test: String?

    /// - Throws: `ConfigurationError`
    init(_ configuration: Configuration) throws(ConfigurationError) {
        let key = "pool.land.strategy"
        if let text = configuration.string(key) {
            guard let strategy = LandStrategy(rawValue: text) else {
                let words = LandStrategy.allCases.map(\.rawValue)
                throw ConfigurationError(key: key, value: text, expected: .choice(words))
            }
            self.strategy = strategy
        } else {
            strategy = .merge
        }
        test = configuration.string("pool.land.test").flatMap { $0.isEmpty ? nil : $0 }
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
