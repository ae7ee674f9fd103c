internal import POSIX

/// The environment variables of a lease, relative to the environment they are added to: an outer lease's variables are
/// withdrawn, and a cache variable that the user set stays.
package struct LeaseVariables: Sendable {
    package struct Variable: Sendable, Equatable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package let values: [Variable]
    /// Set in that environment by an outer lease, and not true here.
    package let withdrawn: [String]
    /// The caches' directories among the values, which are only made when somebody is handed them.
    let directories: [String]

    /// Which caches' variables are ours, with the values we gave them, so that a user's own are told from them.
    fileprivate static let ledger = "GIT_POOL_CACHES"

    fileprivate static let own = [
        "GIT_POOL_PATH", "GIT_POOL_NAME", "GIT_POOL_BRANCH", "GIT_POOL_BASE", "GIT_POOL_GROUP", "GIT_POOL_SLOT",
        "GIT_POOL_PORT",
    ]

    package init(values: [Variable], withdrawn: [String]) {
        (self.values, self.withdrawn, directories) = (values, withdrawn, [])
    }

    /// - Parameter lease: nil for a slot that is made ready before anybody has it.
    init(_ record: SlotRecord, _ lease: Lease?, in pool: Pool) { self.init(record, lease, LeaseEnvironment(pool)) }

    fileprivate init(_ record: SlotRecord, _ lease: Lease?, _ environment: LeaseEnvironment) {
        let caches = environment.cacheVariables(record)
        let facts: [(String, String?)] = [
            ("GIT_POOL_PATH", record.path), ("GIT_POOL_NAME", lease?.name), ("GIT_POOL_BRANCH", lease?.branch),
            ("GIT_POOL_BASE", lease?.start), ("GIT_POOL_GROUP", lease?.group), ("GIT_POOL_SLOT", String(record.slot)),
            ("GIT_POOL_PORT", environment.ports.first(of: record.slot).map(String.init)),
            (LeaseVariables.ledger, caches.isEmpty ? nil : LeaseVariables.ledger(of: caches)),
        ]
        var values: [Variable] = []
        values.reserveCapacity(facts.count + caches.count)
        for case (let name, let value?) in facts { values.append(Variable(name: name, value: value)) }
        values += caches
        self.values = values
        directories = caches.map(\.value)
        withdrawn = environment.outer.filter { name in !values.contains { $0.name == name } }
    }

    package func applied(to environment: [String: String]) -> [String: String] {
        var environment = environment
        for name in withdrawn { environment[name] = nil }
        for variable in values { environment[variable.name] = variable.value }
        return environment
    }

    /// What an outer lease set, and nobody has changed since.
    static func given(in environment: [String: String]) -> [Variable] {
        entries(environment[ledger] ?? "").filter { environment[$0.name] == $0.value }
    }

    /// `NAME=value` by blanks; in a value `%` and what is no plain letter stand as in a URL.
    private static func ledger(of caches: [Variable]) -> String {
        caches.map { variable in
            variable.name + "="
                + variable.value.utf8.reduce(into: "") { text, byte in
                    if byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "%") {
                        text.unicodeScalars.append(Unicode.Scalar(byte))
                    } else {
                        text += "%" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16)
                    }
                }
        }.joined(separator: " ")
    }

    private static func entries(_ ledger: String) -> [Variable] {
        ledger.split(separator: " ").compactMap { entry in
            guard let equals = entry.firstIndex(of: "=") else { return nil }
            var bytes: [UInt8] = []
            var rest = entry[entry.index(after: equals)...].utf8
            while let byte = rest.popFirst() {
                if byte == UInt8(ascii: "%"), let code = UInt8(String(Substring(rest.prefix(2))), radix: 16) {
                    bytes.append(code)
                    rest = rest.dropFirst(2)
                } else {
                    bytes.append(byte)
                }
            }
            return Variable(name: String(entry[..<equals]), value: String(decoding: bytes, as: UTF8.self))
        }
    }
}

/// What the variables of all leases are relative to: whoever tells of many leases looks at it once.
package struct LeaseEnvironment: Sendable {
    fileprivate let ports: PortSettings
    /// The names that an outer lease set there.
    fileprivate let outer: [String]
    /// Of caches that are not where their tools have them anyway, and that the user said nothing else of.
    private let plans: [CachePlan]
    private let folder: CacheFolder?
    private let home: String?

    package init(_ pool: Pool) {
        let environment = pool.environment
        let given = LeaseVariables.given(in: environment)
        outer = (LeaseVariables.own + [LeaseVariables.ledger] + given.map(\.name)).filter { environment[$0] != nil }
        ports = pool.settings.ports
        plans = pool.settings.caches.plans.filter { plan in
            !plan.isToolsOwn && !plan.variables.isEmpty
                && !plan.names.contains { name in environment[name] != nil && !given.contains { $0.name == name } }
        }
        folder = plans.isEmpty ? nil : pool.cacheFolder
        home = environment["HOME"]
    }

    /// Nil for a slot that is not leased. A look into the tree is taken only for caches of `plans`.
    package func variables(of slot: Slot) -> LeaseVariables? {
        guard let record = slot.record, let lease = slot.lease else { return nil }
        return LeaseVariables(record, lease, self)
    }

    fileprivate func cacheVariables(_ record: SlotRecord) -> [LeaseVariables.Variable] {
        guard let folder else { return [] }
        return plans.flatMap { plan -> [LeaseVariables.Variable] in
            guard let directory = plan.directory(of: record, in: folder, home: home), plan.isUsed(in: record.path)
            else { return [] }
            return plan.variables.map { variable in
                LeaseVariables.Variable(
                    name: variable.name,
                    value: variable.folder.isEmpty ? directory : Path.join(directory, variable.folder))
            }
        }
    }
}

extension Pool {
    /// Nil for a slot that is not leased.
    package func variables(of slot: Slot) -> LeaseVariables? { LeaseEnvironment(self).variables(of: slot) }

    /// Makes the folders that the variables name, for tools that do not; one that cannot be made is theirs to complain of.
    package func makeDirectories(for variables: LeaseVariables) {
        guard !variables.directories.isEmpty else { return }
        if let folder = cacheFolder?.path, (try? Files.makeDirectories(folder)) != nil {
            // So that backups pass it over (bford.info/cachedir).
            let tag = "Signature: 8a477f597d28d172789f06886806bc55\n# Caches of git-pool's worktrees.\n"
            try? Files.create(Path.join(folder, "CACHEDIR.TAG"), Array(tag.utf8), mode: 0o644)
        }
        for directory in variables.directories { try? Files.makeDirectories(directory) }
    }
}
