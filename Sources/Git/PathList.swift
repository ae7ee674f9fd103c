/// Lists of paths as git's `--stdin-paths` reads them.
package enum PathList {
    package static func lines(_ paths: [[UInt8]]) -> [UInt8] {
        paths.reduce(into: []) { $0 += line($1) }
    }

    /// The path and a line feed; quoted as C would where it holds one itself (`hash-object` unquotes such a line).
    package static func line(_ path: [UInt8]) -> [UInt8] {
        guard path.contains(0x0A) || path.contains(0x0D) || path.first == UInt8(ascii: "\"") else {
            return path + [0x0A]
        }
        var quoted: [UInt8] = [UInt8(ascii: "\"")]
        for byte in path {
            switch byte {
            case 0x0A: quoted += Array("\\n".utf8)
            case 0x0D: quoted += Array("\\r".utf8)
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): quoted += [UInt8(ascii: "\\"), byte]
            default: quoted.append(byte)
            }
        }
        return quoted + [UInt8(ascii: "\""), 0x0A]
    }
}
