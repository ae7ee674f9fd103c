/// Who holds a lease, as its record has it: fields that are shown as text, and believed only as a `HolderIdentity`.
package struct Holder: Equatable, Sendable {
    struct Field: Equatable, Sendable {
        let key: String
        let value: String
    }

    /// In the order of their keys: of so few, a list is made in less time than a dictionary, and a look at the pool makes
    /// one for each record.
    let fields: [Field]

    package init(fields: some Sequence<(key: String, value: String)>) {
        self.fields = fields.map { Field(key: $0.key, value: $0.value) }.sorted { $0.key < $1.key }
    }

    package init(_ identity: HolderIdentity) { self.init(fields: identity.fields) }

    /// Of a lease that only `done` ends.
    package static let nobody = Holder(fields: [])

    package var isNobody: Bool { fields.isEmpty }
    package var pid: String? { self["holder.pid"] }
    package var program: String? { self["holder.program"] }
    package var host: String? { self["holder.host"] }

    subscript(key: String) -> String? { fields.first { $0.key == key }?.value }

    /// Nil where this version does not understand all of it.
    package var identity: HolderIdentity? { HolderIdentity(self) }

    /// Whether both are one process of one boot; what cannot be read is none.
    package func isSameProcess(as other: Holder) -> Bool {
        guard let one = identity, let other = other.identity else { return false }
        return one.bootID == other.bootID && one.pidNamespace == other.pidNamespace && one.pid == other.pid
            && one.startTicks == other.startTicks
    }
}
