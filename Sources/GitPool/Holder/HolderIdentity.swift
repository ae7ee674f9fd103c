internal import POSIX

/// One process of one boot, told from all others that ever had or will have its id.
package struct HolderIdentity: Equatable, Sendable {
    package var bootID: String
    package var pidNamespace: UInt64?
    package var timeNamespace: UInt64?
    package var pid: Int32
    package var startTicks: UInt64
    /// Known since Linux 6.9.
    package var pidfsInode: UInt64?
    package var program: String
    package var kind: HolderKind
    package var host: String

    package init(
        bootID: String, pidNamespace: UInt64?, timeNamespace: UInt64?, pid: Int32, startTicks: UInt64,
        pidfsInode: UInt64?, program: String, kind: HolderKind, host: String
    ) {
        self.bootID = bootID
        self.pidNamespace = pidNamespace
        self.timeNamespace = timeNamespace
        self.pid = pid
        self.startTicks = startTicks
        self.pidfsInode = pidfsInode
        self.program = program
        self.kind = kind
        self.host = host
    }

    /// In a fixed order; `init(_:)` reads them back.
    package var fields: [(key: String, value: String)] {
        var fields: [(key: String, value: String)] = [("holder.boot", bootID)]
        if let pidNamespace { fields.append(("holder.pidns", String(pidNamespace))) }
        if let timeNamespace { fields.append(("holder.timens", String(timeNamespace))) }
        fields.append(("holder.pid", String(pid)))
        fields.append(("holder.start", String(startTicks)))
        if let pidfsInode { fields.append(("holder.inode", String(pidfsInode))) }
        fields.append(("holder.program", program))
        fields.append(("holder.kind", kind.rawValue))
        fields.append(("holder.host", host))
        return fields
    }

    private static let keys: Set<String> = [
        "holder.boot", "holder.pidns", "holder.timens", "holder.pid", "holder.start", "holder.inode",
        "holder.program", "holder.kind", "holder.host",
    ]

    /// Nil for anything this version would not have written itself: the holder is then unknown, and what is unknown is
    /// kept.
    init?(_ holder: Holder) {
        guard holder.fields.allSatisfy({ HolderIdentity.keys.contains($0.key) }) else { return nil }
        func number<T: FixedWidthInteger>(_ key: String) -> T? {
            guard let text = holder[key], let value = T(text), String(value) == text else { return nil }
            return value
        }
        guard let bootID = holder["holder.boot"], !bootID.isEmpty, let pid: Int32 = number("holder.pid"), pid > 0,
            let startTicks: UInt64 = number("holder.start"), let program = holder["holder.program"],
            let kind = holder["holder.kind"].flatMap(HolderKind.init(rawValue:)), let host = holder["holder.host"]
        else { return nil }
        // What may be missing must still be whole where it stands.
        let optional = ["holder.pidns", "holder.timens", "holder.inode"].map { (key: $0, value: number($0) as UInt64?) }
        for (key, value) in optional where holder[key] != nil && value == nil { return nil }
        self.init(
            bootID: bootID, pidNamespace: optional[0].value, timeNamespace: optional[1].value, pid: pid,
            startTicks: startTicks, pidfsInode: optional[2].value, program: program, kind: kind, host: host)
    }
}
