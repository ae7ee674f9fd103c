internal import Git
internal import POSIX

/// The files by which git remembers a merge, rebase, cherry-pick, revert or bisect that waits to be continued, and the
/// message of a commit that was refused.
struct Operation {
    let folder: String
    /// Relative to `folder`, which is the admin directory.
    let files: [String]

    private static let single = [
        "MERGE_HEAD", "MERGE_MODE", "MERGE_MSG", "MERGE_AUTOSTASH", "CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD",
        "SQUASH_MSG", "ORIG_HEAD", "MERGE_RR", "NOTES_MERGE_PARTIAL", "NOTES_MERGE_REF",
    ]

    static let folders = ["rebase-merge", "rebase-apply", "sequencer", "NOTES_MERGE_WORKTREE"]

    private static func isMessage(_ name: String) -> Bool { name.hasSuffix("_EDITMSG") }

    /// Of `git am`, one file for each of its mails, or of the commit that a rebase stopped at.
    private static func isPatch(_ file: String) -> Bool {
        let parts = file.split(separator: "/")
        return parts.count == 2
            && (parts[1] == "patch" || (parts[0] == "rebase-apply" && parts[1].allSatisfy(\.isNumber)))
    }

    private static func isSingle(_ name: String) -> Bool {
        single.contains(name) || name.utf8.starts(with: "BISECT_".utf8) || isMessage(name)
    }

    /// Whether a save may have a file of this name; anything else would lead a restore out of the operation's folders.
    static func knows(_ file: String) -> Bool {
        let parts = file.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map {
            String(Substring($0))
        }
        return switch parts.count {
        case 1: isSingle(file)
        case 2: folders.contains(parts[0]) && !["", ".", ".."].contains(parts[1])
        default: false
        }
    }

    init(_ admin: AdminDirectory) throws {
        folder = admin.path
        files = try Directory.entries(admin.path).sorted().flatMap { name throws -> [String] in
            let path = Path.join(admin.path, name)
            if Operation.isSingle(name) { return [name] }
            guard Operation.folders.contains(name) else { return [] }
            let inside = try Directory.entries(path).sorted()
            return inside.filter { (try? Files.status(Path.join(path, $0)))?.kind == .file }.map { name + "/" + $0 }
        }
    }

    /// Every commit whose full id one of the files holds: heads, the todo list, an autostash.
    func commits(_ git: Git) throws -> [String] {
        var ids: Set<String> = []
        // A message may name any commit, and stays when its own commit is made; so may a patch, however large it is.
        for file in files where !Operation.isMessage(file) && !Operation.isPatch(file) {
            let text = String(decoding: try Files.read(Path.join(folder, file), limit: 1 << 24), as: UTF8.self)
            let words = text.split { !$0.isASCII || !($0.isLetter || $0.isNumber) }
            ids.formUnion(words.map(String.init).filter(Text.isObjectID))
        }
        guard !ids.isEmpty else { return [] }
        let input = Array((ids.sorted().joined(separator: "\n") + "\n").utf8)
        let answers = Text.lines(try git.run(["cat-file", "--batch-check"], input: input))
        return answers.filter { $0.split(separator: " ").dropFirst().first == "commit" }.map {
            String($0.prefix { $0 != " " })
        }
    }
}
