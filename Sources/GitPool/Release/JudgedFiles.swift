internal import Git
internal import POSIX

/// The files of a fenced tree that differ from its commit, as they were before they are saved or thrown away: one that
/// was written since is no longer what was judged.
struct JudgedFiles {
    private let tree: String
    private let marks: [[UInt8]: String]

    /// Of a tree without changes, or whose changes are neither saved nor thrown away.
    static let none = JudgedFiles(tree: "", marks: [:])

    private init(tree: String, marks: [[UInt8]: String]) { (self.tree, self.marks) = (tree, marks) }

    /// Every path that a judgement sees, and what index flags or the lease's own configuration hide from it now.
    init(in tree: String, _ git: Git) throws(GitError) {
        let hidden = try IndexFlags(of: git).edited(in: tree, git)
        let paths = try WorktreeStatus(of: git, untracked: .all).entries.map(\.path) + hidden.map(\.path)
        self.init(tree: tree, marks: paths.reduce(into: [:]) { $0[$1] = JudgedFiles.mark(tree, $1) })
    }

    var paths: some Sequence<[UInt8]> { marks.keys }

    /// Whether a file is among them, and as it was.
    func hasUnchanged(_ path: [UInt8]) -> Bool { marks[path] == JudgedFiles.mark(tree, path) }

    private static func mark(_ tree: String, _ path: [UInt8]) -> String { TreeFile(tree, path).mark?.text ?? "none" }
}
