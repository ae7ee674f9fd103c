internal import Git
internal import POSIX

/// Whether build output made beside one tree's files is valid beside a new tree's. Build tools compare times, so each
/// file of the new tree must be newer than the slot's beginning, or have the same time and size as the other's.
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
