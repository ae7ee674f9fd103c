internal import Glibc

/// Which boot of which kernel, and which of its namespaces, this process sees: what a process id means depends on all.
package enum BootIdentity {
    /// The initial pid namespace has this inode on every Linux (PROC_PID_INIT_INO in the kernel's proc_ns.h).
    package static let initialPIDNamespace: UInt64 = 4_026_531_836

    /// A UUID the kernel draws at boot; the containers of one host share it.
    package static func current() throws(SystemError) -> String {
        let path = "/proc/sys/kernel/random/boot_id"
        let id = try text(path)
        guard !id.isEmpty else { throw SystemError(code: EILSEQ, call: "read", subject: path) }
        return id
    }

    /// Nil where the kernel has no such namespaces.
    package static func pidNamespace() -> UInt64? { namespace("pid") }

    /// Nil where the kernel has no such namespaces (Linux before 5.6).
    package static func timeNamespace() -> UInt64? { namespace("time") }

    /// Empty if unknown; two machines may share a name.
    package static func hostName() -> String { (try? text("/proc/sys/kernel/hostname")) ?? "" }

    /// The id written at installation; nil where there is none. Clones of an image share it.
    package static func machineID() -> String? {
        for path in ["/etc/machine-id", "/var/lib/dbus/machine-id"] {
            if let id = try? text(path), id.utf8.count == 32, id.allSatisfy(\.isHexDigit) { return id }
        }
        return nil
    }

    /// The link reads `pid:[4026531836]`.
    private static func namespace(_ name: String) -> UInt64? {
        guard let link = try? Files.target(ofLink: "/proc/self/ns/" + name), link.hasPrefix(name + ":["),
            link.hasSuffix("]")
        else { return nil }
        return UInt64(link.dropFirst(name.count + 2).dropLast())
    }

    private static func text(_ path: String) throws(SystemError) -> String {
        let bytes = try Files.read(path, limit: 4096)
        return String(decoding: bytes.split(separator: UInt8(ascii: "\n")).first ?? [], as: UTF8.self)
    }
}
