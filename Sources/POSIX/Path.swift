internal import Glibc

/// Paths as text: nothing here looks at the disk.
package enum Path {
    package static func isAbsolute(_ path: String) -> Bool { path.utf8.first == UInt8(ascii: "/") }

    package static func join(_ base: String, _ name: String) -> String {
        if isAbsolute(name) { return name }
        return base.utf8.last == UInt8(ascii: "/") ? base + name : base + "/" + name
    }

    package static func name(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// Nil for `/` and for a single name.
    package static func parent(_ path: String) -> String? {
        let trimmed = path.hasSuffix("/") && path != "/" ? String(path.dropLast()) : path
        guard let slash = trimmed.lastIndex(of: "/"), trimmed != "/" else { return nil }
        return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
    }

    /// Removes `.`, `..` and doubled slashes of an absolute path by text alone.
    package static func normalize(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
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
        guard let text = unsafe String(validatingCString: raw) else { throw SystemError(code: EILSEQ, call: "getcwd") }
        return text
    }
}
