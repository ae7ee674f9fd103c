/// Where file systems are mounted: while a disk is away its mount point is an empty folder, or is missing.
package enum MountPoint {
    /// The nearest one above a path without links, which need not exist; nil where the system does not tell.
    package static func above(_ path: String) -> String? {
        guard let mounts = try? Files.read("/proc/self/mountinfo", limit: 1 << 22) else { return nil }
        return above(path, in: mounts)
    }

    /// proc_pid_mountinfo(5): the mount point is the fifth field.
    package static func above(_ path: String, in mounts: [UInt8]) -> String? {
        let points = mounts.split(separator: 0x0A).compactMap { line -> String? in
            let fields = line.split(separator: 0x20, maxSplits: 5)
            return fields.count > 5 ? unescaped(fields[4]) : nil
        }
        return points.filter { Path.contains($0, path) }.max { $0.utf8.count < $1.utf8.count }
    }

    /// Blanks, tabs, line ends and backslashes are written as a backslash and three octal digits.
    private static func unescaped(_ field: ArraySlice<UInt8>) -> String {
        var bytes: [UInt8] = []
        var rest = field
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"),
                let code = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8)
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
