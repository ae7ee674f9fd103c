/// Who holds a lease, as its record has it: fields that are shown as text, and believed only as a `HolderIdentity`.
package struct Holder: Equatable, Sendable {
    let fields: [String: String]

    package init(fields: [String: String]) { self.fields = fields }

    package init(_ identity: HolderIdentity) {
        fields = Dictionary(uniqueKeysWithValues: identity.fields)
    }

    /// Of a lease that only `done` ends.
    package static let nobody = Holder(fields: [:])

    package var isNobody: Bool { fields.isEmpty }
    package var pid: String? { fields["holder.pid"] }
    package var program: String? { fields["holder.program"] }
    package var host: String? { fields["holder.host"] }

    /// Nil where this version does not understand all of it.
    package var identity: HolderIdentity? { HolderIdentity(fields: fields) }

    /// Whether both are one process of one boot; what cannot be read is none.
    package func isSameProcess(as other: Holder) -> Bool {
        guard let one = identity, let other = other.identity else { return false }
        return one.bootID == other.bootID && one.pidNamespace == other.pidNamespace && one.pid == other.pid
            && one.startTicks == other.startTicks
    }
}
