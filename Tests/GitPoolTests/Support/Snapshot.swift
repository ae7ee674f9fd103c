import Foundation
import Glibc
import Testing

/// All of a repository that git-pool has no business with, for comparing before and after.
struct Snapshot: Equatable {
    /// Full name to object id, `HEAD` of the main worktree as its target; without `refs/pool/`.
    let refs: [String: String]
    let saves: [String: String]
    /// Path below `logs/` to content.
    let reflogs: [String: String]
    let config: Data
    let globalConfig: Data
    let stash: String
    let worktrees: String
    /// The main worktree, byte for byte.
    let files: [String: TreeEntry]
    let status: Data
}

/// A file, link or folder as it stands on the disk.
struct TreeEntry: Equatable, CustomStringConvertible {
    let mode: UInt32
    let bytes: Data
    let target: String?

    var description: String {
        if let target { return "-> \(target)" }
        return "\(String(mode, radix: 8)) \(String(decoding: bytes, as: UTF8.self).debugDescription)"
    }
}

extension Repository {
    func snapshot(at location: SourceLocation = #_sourceLocation) throws -> Snapshot {
        var refs: [String: String] = [:]
        var saves: [String: String] = [:]
        for line in try git("for-each-ref", "--format=%(refname) %(objectname)", at: location).lines {
            let words = line.split(separator: " ").map(String.init)
            if words[0].hasPrefix("refs/pool/") { saves[words[0]] = words[1] } else { refs[words[0]] = words[1] }
        }
        refs["HEAD"] = try scratch.read("\(commonDirectory)/HEAD")
        let logs = "\(commonDirectory)/logs"
        let bare = commonDirectory == path
        return Snapshot(
            refs: refs,
            saves: saves,
            reflogs: try tree(of: logs).filter { $0.value.mode & UInt32(S_IFMT) == UInt32(S_IFREG) }
                .mapValues { String(decoding: $0.bytes, as: UTF8.self) },
            config: try Data(contentsOf: URL(fileURLWithPath: "\(commonDirectory)/config")),
            globalConfig: try Data(contentsOf: URL(fileURLWithPath: scratch.at("gitconfig"))),
            stash: try git("stash", "list", at: location).out,
            worktrees: try git("worktree", "list", "--porcelain", at: location).out,
            files: bare ? [:] : try tree(of: path),
            status: bare ? Data() : try status(of: path, at: location))
    }

    /// `git status` of a worktree, with everything that configuration could hide; the index is not refreshed.
    func status(of worktree: String, at location: SourceLocation = #_sourceLocation) throws -> Data {
        try git(
            "--no-optional-locks", "status", "--porcelain=v2", "-z", "--untracked-files=all",
            "--ignore-submodules=none", "--renames", in: worktree, at: location
        ).bytes
    }
}

/// Everything below a directory but its own `.git`: path to mode, bytes and link target. Bytes of a name that are not
/// printable ASCII stand as `\xNN`. Folders have no bytes.
func tree(of directory: String) throws -> [String: TreeEntry] {
    var entries: [String: TreeEntry] = [:]
    let above = directory.utf8.count
    try walk(directory) { path, status in
        let name = readable(path.dropFirst(above + 1).dropLast())
        guard !name.isEmpty, name != ".git", !name.hasPrefix(".git/") else { return }
        var bytes = Data()
        var target: String?
        switch status.st_mode & S_IFMT {
        case S_IFREG:
            let file = FileHandle(fileDescriptor: open(path, O_RDONLY | O_CLOEXEC), closeOnDealloc: true)
            bytes = try file.readToEnd() ?? Data()
        case S_IFLNK:
            var buffer = [CChar](repeating: 0, count: 4096)
            let count = readlink(path, &buffer, buffer.count)
            target = readable(buffer.prefix(max(count, 0)))
        default: break
        }
        entries[name] = TreeEntry(mode: UInt32(status.st_mode), bytes: bytes, target: target)
    }
    return entries
}

private func readable(_ name: ArraySlice<CChar>) -> String {
    name.map { byte in
        let value = UInt8(bitPattern: byte)
        if (0x20...0x7E).contains(value), value != UInt8(ascii: "\\") { return String(UnicodeScalar(value)) }
        return "\\x" + (value < 16 ? "0" : "") + String(value, radix: 16)
    }.joined()
}
