internal import Git
internal import POSIX

/// Whether what was built beside the files of one tree may stand beside those of a new one: tools tell by times what to
/// build anew, so each file of the new tree is as old as the slot, or has the time and size that the other's has.
struct BuiltBeside {
    /// The new tree.
    let tree: String
    let git: Git

    /// When the slot was begun: git wrote its files after that, and their own times tell of it.
    var begun: Int64? { TreeFile(tree, Array(".git".utf8)).times?.changed }

    func holds(for other: String) throws -> Bool {
        guard let begun else { return false }
        return Text.records(try git.run(["ls-files", "-z"])).allSatisfy { path in
            let own = TreeFile(tree, Array(path)).times
            guard let own, own.modified < begun else { return true }
            return TreeFile(other, Array(path)).times.map { $0.modified == own.modified && $0.size == own.size }
                ?? false
        }
    }
}
