import Foundation
import Glibc
import Testing

/// The top of the package, four levels above this file.
let packageDirectory = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { place, _ in place.deletingLastPathComponent() }

extension Scratch {
    static let temporaryDirectory = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"

    /// The folder of the binary under test: `GIT_POOL_BINARY`, or where the package put it, which is some folder above
    /// the test bundle.
    static let binaryDirectory: String = {
        if let named = ProcessInfo.processInfo.environment["GIT_POOL_BINARY"] { return parent(of: named) }
        var starts = CommandLine.arguments.prefix(1) + Bundle.allBundles.map(\.bundlePath)
        starts += CommandLine.arguments.filter { $0.contains(".xctest") }
        for start in starts {
            var folder = (try? realPath(start)) ?? start
            while folder.count > 1 {
                folder = parent(of: folder)
                var status = stat()
                let candidate = "\(folder)/git-pool"
                if stat(candidate, &status) == 0, status.st_mode & S_IFMT == S_IFREG, access(candidate, X_OK) == 0 {
                    return folder
                }
            }
        }
        fatalError("no git-pool above \(starts); build it, or set GIT_POOL_BINARY")
    }()

    static func parent(of path: String) -> String { (path as NSString).deletingLastPathComponent }

    /// The path without links.
    static func realPath(_ path: String) throws -> String {
        let resolved = try #require(realpath(path, nil), "no \(path)")
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Whether anything stands there, a dangling link too.
    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Unlinks a file or a whole tree, following no link, whatever bytes its names have and whatever modes it has.
    static func remove(_ path: String) {
        try? walk(path) { name, status in
            if status.st_mode & S_IFMT == S_IFDIR { chmod(name, 0o700) }
        } leaving: { name, status in
            _ = status.st_mode & S_IFMT == S_IFDIR ? rmdir(name) : unlink(name)
        }
    }

    /// An absolute path stays as it is, another one is below the scratch directory.
    func at(_ path: String) -> String { path.hasPrefix("/") ? path : "\(self.path)/\(path)" }

    @discardableResult
    func directory(_ path: String) throws -> String {
        let full = at(path)
        try FileManager.default.createDirectory(atPath: full, withIntermediateDirectories: true)
        return full
    }

    /// Writes a file, with the folders above it; gives its path.
    @discardableResult
    func write(_ path: String, _ text: String, mode: mode_t? = nil) throws -> String {
        try write(path, Data(text.utf8), mode: mode)
    }

    @discardableResult
    func write(_ path: String, _ data: Data, mode: mode_t? = nil) throws -> String {
        let full = at(path)
        try directory(Scratch.parent(of: full))
        guard let mode, mode & 0o111 != 0 else {
            // Foundation's own would be open in whatever another test starts at this moment, for as long as that lives.
            let file = open(full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
            try #require(file >= 0, "cannot write \(full): \(String(cString: strerror(errno)))")
            try FileHandle(fileDescriptor: file, closeOnDealloc: true).write(contentsOf: data)
            if let mode { chmod(full, mode) }
            return full
        }
        // A program that was written from here might be open in a child that another test starts at this moment, and
        // could not be run (ETXTBSY, execve(2)): a process of its own writes it.
        let draft = full + ".draft"
        try data.write(to: URL(fileURLWithPath: draft))
        try run(["cp", draft, full]).ok()
        try FileManager.default.removeItem(atPath: draft)
        chmod(full, mode)
        return full
    }

    func read(_ path: String) throws -> String { try String(contentsOfFile: at(path), encoding: .utf8) }

    /// Names in a folder, sorted; none if there is no such folder.
    func entries(_ path: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: at(path))) ?? []).sorted()
    }
}

/// Visits a path and all below it, each before and after what it holds. Names are bytes that end in a zero.
func walk(
    _ path: String, entering: ([CChar], stat) throws -> Void, leaving: ([CChar], stat) throws -> Void = { _, _ in }
) throws {
    try walk(Array(path.utf8CString), entering, leaving)
}

private func walk(
    _ path: [CChar], _ entering: ([CChar], stat) throws -> Void, _ leaving: ([CChar], stat) throws -> Void
) throws {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    try entering(path, status)
    if status.st_mode & S_IFMT == S_IFDIR, let folder = opendir(path) {
        var names: [[CChar]] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: 256) { Array(String.bytes($0)) }
            }
            if name != [0x2E, 0], name != [0x2E, 0x2E, 0] { names.append(name) }
        }
        closedir(folder)
        for name in names { try walk(path.dropLast() + [0x2F] + name, entering, leaving) }
    }
    try leaving(path, status)
}

extension String {
    /// The bytes of a C string, its zero included.
    fileprivate static func bytes(_ start: UnsafePointer<CChar>) -> UnsafeBufferPointer<CChar> {
        UnsafeBufferPointer(start: start, count: strlen(start) + 1)
    }
}
