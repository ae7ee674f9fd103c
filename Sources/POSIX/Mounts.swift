/// Where other file systems are mounted, as this process sees them (proc_pid_mountinfo(5)): they are no part of the
/// tree around them, and may be in use under another path.
package enum Mounts {
    /// Whether something is mounted on `folder`, or that cannot be told: then what stands there is not what it was.
    package static func cover(_ folder: String) -> Bool {
        above(folder).map { $0 == folder } ?? true
    }

    /// The mount points below `folder`, not itself. `folder` without links in it (`Files.realPath`).
    package static func below(_ folder: String) throws(SystemError) -> [String] {
        let top = folder + "/"
        return try points().filter { $0.utf8.starts(with: top.utf8) }
    }

    /// The nearest mount point above a path without links, which need not exist; nil where the system does not tell.
    package static func above(_ path: String) -> String? {
        (try? points()).flatMap { nearest($0, to: path) }
    }

    package static func nearest(_ points: [String], to path: String) -> String? {
        points.filter { Path.contains($0, path) }.max { $0.utf8.count < $1.utf8.count }
    }

    package static func points() throws(SystemError) -> [String] {
        points(in: try Files.read("/proc/self/mountinfo", limit: 1 << 26))
    }

    /// The fifth field: "id parent major:minor root mount-point options ..."
    package static func points(in bytes: [UInt8]) -> [String] {
        bytes.split(separator: 0x0A).compactMap { line in
            let fields = line.split(separator: 0x20, maxSplits: 5)
            return fields.count > 5 ? String(decoding: unescaped(fields[4]), as: UTF8.self) : nil
        }
    }

    /// The kernel writes white space and `\` as three octal digits.
    private static func unescaped(_ field: ArraySlice<UInt8>) -> [UInt8] {
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
        return bytes
    }
}
