/// Where other file systems are mounted, as this process sees them (proc_pid_mountinfo(5)): what lies there is no part of
/// the tree around it, and may be in use elsewhere under another path.
package enum Mounts {
    /// The mount points below `folder`, not itself. `folder` without links in it (`Files.realPath`).
    package static func below(_ folder: String) throws(SystemError) -> [String] {
        let top = Array((folder + "/").utf8)
        var found: [String] = []
        for line in try Files.read("/proc/self/mountinfo", limit: 1 << 26).split(separator: 0x0A) {
            // "id parent major:minor root mount-point options ..."
            let fields = line.split(separator: 0x20, maxSplits: 5)
            guard fields.count > 5 else { continue }
            let point = unescaped(fields[4])
            if point.starts(with: top) { found.append(String(decoding: point, as: UTF8.self)) }
        }
        return found
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
