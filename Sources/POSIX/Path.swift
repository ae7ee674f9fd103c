internal import Glibc

/// Paths as text: nothing here looks at the disk. A slash is a byte: with a combining mark after it, it makes another
/// character.
package enum Path {
    private static let slash = UInt8(ascii: "/")

    private static func parts(_ path: String) -> [Substring] {
        path.utf8.split(separator: slash).map { Substring($0) }
    }

    package static func isAbsolute(_ path: String) -> Bool { path.utf8.first == UInt8(ascii: "/") }

    /// The value of a variable that names a folder: one that is empty or relative is to be passed over (XDG Base Directory
    /// Specification).
    package static func absolute(_ value: String?) -> String? { value.flatMap { isAbsolute($0) ? $0 : nil } }

    /// Byte for byte, as the disk compares: to `==` of strings an accent is the same composed and decomposed.
    package static func isSame(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }

    package static func join(_ base: String, _ name: String) -> String {
        if isAbsolute(name) { return name }
        var path = base
        path.reserveCapacity(base.utf8.count + 1 + name.utf8.count)
        if base.utf8.last != slash { path += "/" }
        path += name
        return path
    }

    package static func name(_ path: String) -> String {
        let bytes = path.utf8
        guard let end = bytes.lastIndex(where: { $0 != slash }) else { return path }
        let start = bytes[...end].lastIndex(of: slash).map(bytes.index(after:)) ?? bytes.startIndex
        return String(path[start...end])
    }

    /// Nil for `/` and for a single name.
    package static func parent(_ path: String) -> String? {
        let isRoot = path.utf8.count == 1 && isAbsolute(path)
        let trimmed = path.utf8.last == slash && !isRoot ? path.utf8.dropLast() : path.utf8[...]
        guard let cut = trimmed.lastIndex(of: slash), !isRoot else { return nil }
        return cut == trimmed.startIndex ? "/" : String(Substring(trimmed[..<cut]))
    }

    /// Removes `.`, `..` and doubled slashes of an absolute path by text alone.
    package static func normalize(_ path: String) -> String {
        var parts: [Substring] = []
        for part in self.parts(path) where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        guard !parts.isEmpty else { return "/" }
        return parts.reduce(into: "") { path, part in
            path += "/"
            path.append(contentsOf: part)
        }
    }

    /// Whether `path` is `directory` or below it, byte for byte: no two spellings of a name are taken for one.
    package static func contains(_ directory: String, _ path: String) -> Bool {
        let above = directory.utf8
        let below = path.utf8
        guard below.starts(with: above) else { return false }
        return below.count == above.count || above.last == UInt8(ascii: "/")
            || below.dropFirst(above.count).first == UInt8(ascii: "/")
    }

    /// The process's working directory, as the kernel has it.
    package static func workingDirectory() throws(SystemError) -> String {
        guard let raw = unsafe getcwd(nil, 0) else { throw .last("getcwd") }
        defer { unsafe free(raw) }
        guard let text = unsafe String(validatingCString: raw) else {
            throw SystemError(code: EILSEQ, call: "getcwd", subject: unsafe String(cString: raw))
        }
        return text
    }
}
