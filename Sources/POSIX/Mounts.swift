/// Where other file systems are mounted, as a process sees them at one moment (proc_pid_mountinfo(5)): they are no part of
/// the tree around them, and may be in use under another path.
package struct Mounts: Sendable {
    struct Mount: Sendable {
        let point: String
        /// `major:minor`.
        let device: String
        /// Whether it may never answer, as a network's and one that a program serves: whoever asks after a file on such a
        /// one waits as long as they like.
        let isRemote: Bool
    }

    /// In their order: what is mounted last covers what is there.
    let all: [Mount]

    /// As this process sees them.
    package init() throws(SystemError) { try self.init(of: "self") }

    init(of process: String) throws(SystemError) {
        self.init(parsing: try Files.read("/proc/\(process)/mountinfo", limit: 1 << 26))
    }

    package init(parsing bytes: [UInt8]) { all = bytes.split(separator: 0x0A).compactMap(Mount.init) }

    package var points: [String] { all.map(\.point) }

    /// The mount points below `folder`, not itself. `folder` without links in it (`Files.realPath`).
    package func below(_ folder: String) -> [String] {
        let top = folder + "/"
        return points.filter { $0.utf8.starts(with: top.utf8) }
    }

    /// Whether something is mounted on `folder`, or that cannot be told: then what stands there is not what it was.
    package static func cover(_ folder: String) -> Bool {
        above(folder).map { $0 == folder } ?? true
    }

    /// The nearest mount point above a path without links, which need not exist; nil where the system does not tell.
    package static func above(_ path: String) -> String? {
        (try? Mounts()).flatMap { nearest($0.points, to: path) }
    }

    package static func nearest(_ points: [String], to path: String) -> String? {
        points.filter { Path.contains($0, path) }.max { $0.utf8.count < $1.utf8.count }
    }
}

extension Mounts.Mount {
    /// Of the line "id parent major:minor root mount-point options [tags] - type source options".
    fileprivate init?(line: ArraySlice<UInt8>) {
        var rest = line
        guard rest.popWord() != nil, rest.popWord() != nil, let device = rest.popWord(), rest.popWord() != nil,
            let point = rest.popWord(), rest.popWord() != nil
        else { return nil }
        self.device = String(decoding: device, as: UTF8.self)
        self.point = Mounts.Mount.unescaped(point)
        while let word = rest.popWord(), !word.elementsEqual("-".utf8) {}
        isRemote = rest.popWord().map { Mounts.Mount.isRemote(String(decoding: $0, as: UTF8.self)) } ?? false
    }

    private static func isRemote(_ type: String) -> Bool {
        switch type {
        case "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "afs", "lustre", "fuse", "fuseblk": true
        default: type.hasPrefix("fuse.")
        }
    }

    /// The kernel writes white space and `\` as three octal digits.
    private static func unescaped(_ field: ArraySlice<UInt8>) -> String {
        guard field.contains(UInt8(ascii: "\\")) else { return String(decoding: field, as: UTF8.self) }
        var bytes: [UInt8] = []
        var rest = field
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            guard byte == UInt8(ascii: "\\"), digits.count == 3,
                let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
            else {
                bytes.append(byte)
                continue
            }
            bytes.append(code)
            rest = rest.dropFirst(3)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
