package import Git

/// The `pool.*` keys with their defaults, each checked once, before anything is changed.
package struct Settings: Sendable {
    package let root: String?
    package let limit: Int
    package let groups: [String: Int]
    package let base: String?
    private let branchPattern: NamePattern
    package let isExclusive: Bool
    let isPristine: Bool
    /// Seconds, all of them.
    package let ttl: Int64
    package let orphanTtl: Int64
    package let saveExpire: Int64
    /// How old a fetch of another `add --fetch` may be to do for this one as well.
    package let fetchInterval: Int64
    package let keepDone: Bool
    package let keepFailed: Bool
    package let transparent: [String]
    package let sessionHosts: [String]
    package let startsKeeper: Bool?
    package let upkeep: UpkeepSettings
    package let submodules: SubmoduleSettings
    /// Whether HEAD can be read as a file, and an admin directory made by hand is complete.
    let hasPlainLayout: Bool
    /// The same but for `extensions.worktreeConfig`, which by itself adds nothing.
    let hasPlainTrees: Bool
    let ignoresCase: Bool
    package let land: LandSettings
    package let limits: LimitSettings
    package let clone: CloneSettings
    package internal(set) var setup: SetupSettings
    package let ports: PortSettings
    package let caches: CacheSettings
    package let configuration: Configuration

    /// - Throws: `ConfigurationError`
    package init(_ configuration: Configuration) throws(ConfigurationError) {
        self.configuration = configuration
        // More than any clock will run, and little enough to be added to a time.
        func seconds(_ key: String, _ fallback: Int64) throws(ConfigurationError) -> Int64 {
            min(try configuration.seconds(key) ?? fallback, 1 << 40)
        }
        root = configuration.text("pool.root")
        limit = max(0, try configuration.integer("pool.max") ?? 64)
        base = configuration.text("pool.base")
        let template = configuration.string("pool.branchtemplate") ?? NamePattern.place
        guard let pattern = NamePattern(template) else {
            throw ConfigurationError(key: "pool.branchTemplate", value: template, expected: .name)
        }
        branchPattern = pattern
        isExclusive = try configuration.bool("pool.exclusive") ?? false
        isPristine = try configuration.choice("pool.recycle") == Recycling.pristine
        ttl = try seconds("pool.ttl", 240)
        orphanTtl = try seconds("pool.orphanttl", 86_400)
        saveExpire = try seconds("pool.saveexpire", 30 * 86_400)
        fetchInterval = try seconds("pool.fetchinterval", 10)
        keepDone = try configuration.bool("pool.keepdone") ?? false
        keepFailed = try configuration.bool("pool.keepfailed") ?? false
        transparent = configuration.strings("pool.transparent")
        sessionHosts = configuration.strings("pool.sessionhost")
        startsKeeper =
            switch try configuration.choice("pool.keeper") as KeeperStart? {
            case .auto, nil: nil
            case .always: true
            case .never: false
            }
        upkeep = try UpkeepSettings(configuration)
        submodules = try SubmoduleSettings(configuration)
        ignoresCase = try configuration.bool("core.ignorecase") ?? false
        limits = try LimitSettings(configuration)
        ports = try PortSettings(configuration)
        caches = try CacheSettings(configuration)
        hasPlainTrees = Settings.understood(configuration)
        let extra = "extensions.worktreeconfig"
        hasPlainLayout =
            hasPlainTrees && (!configuration.keys.contains(extra) || (try? configuration.bool(extra)) == false)
        land = try LandSettings(configuration)
        clone = try CloneSettings(configuration)
        setup = try SetupSettings(configuration)
        var groups: [String: Int] = [:]
        for key in configuration.keys where key.hasPrefix("pool.group.") && key.hasSuffix(".max") {
            groups[String(key.dropFirst(11).dropLast(4))] = try configuration.integer(key)
        }
        self.groups = groups
    }

    private enum Recycling: String, CaseIterable { case keep, pristine }

    private enum KeeperStart: String, CaseIterable {
        case auto
        case always = "true"
        case never = "false"
    }

    /// Repository extensions (git's repository-version document) under which `HEAD commondir gitdir index` are all an
    /// admin directory has; with any other, git itself makes it.
    private static func understood(_ configuration: Configuration) -> Bool {
        let known = [
            "noop", "noop-v1", "objectformat", "partialclone", "preciousobjects", "compatobjectformat",
            "worktreeconfig",
        ]
        return configuration.keys.allSatisfy { key in
            guard key.hasPrefix("extensions.") else { return true }
            let name = String(key.dropFirst(11))
            return known.contains(name) || (name == "refstorage" && configuration.string(key) == "files")
        } && (try? configuration.bool("core.sparsecheckout")) != true
    }

    /// The branch for a lease of this name.
    package func branch(for name: String) -> String { branchPattern.text(name) }
}

/// What stands before and after the place of a name.
private struct NamePattern {
    static let place = "{name}"

    let before: String
    let after: String

    /// Nil without a place; of several the first counts.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        let place = Array(NamePattern.place.utf8)
        guard let start = bytes.indices.first(where: { bytes[$0...].starts(with: place) }) else { return nil }
        before = String(decoding: bytes[..<start], as: UTF8.self)
        after = String(decoding: bytes[(start + place.count)...], as: UTF8.self)
    }

    func text(_ name: String) -> String { before + name + after }
}
