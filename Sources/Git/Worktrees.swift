internal import POSIX

/// All worktrees of a repository, read from their admin directories, so that another program's half-made entry cannot
/// make the answer fail (`git worktree list` dies of an empty `commondir`).
package struct Worktrees: Sendable {
    private let repository: Repository

    package init(of repository: Repository) { self.repository = repository }

    package var folder: String { Path.join(repository.commonDirectory, "worktrees") }

    /// In the order of their names; empty where there are none.
    package func adminDirectories() -> [AdminDirectory] {
        let names = (try? Directory.entries(folder)) ?? []
        return names.sorted().map { AdminDirectory(Path.join(folder, $0)) }
    }

    /// Where a branch is checked out, rebased or bisected: the tree's path, or the admin directory if that is unknown.
    package func holder(ofBranch ref: String, except: AdminDirectory? = nil) -> String? {
        let main = AdminDirectory(repository.commonDirectory)
        if !repository.isBare, occupies(main, ref) { return mainTree }
        let other = adminDirectories().first { $0 != except && occupies($0, ref) }
        return other.map { $0.recordedTree ?? $0.path } ?? unnamedHolder(ofBranch: ref, except: except)
    }

    /// The same among those whose folders have names that are no text, as git calls that of a tree at such a path. Where
    /// git cannot tell, one of them may have it.
    private func unnamedHolder(ofBranch ref: String, except: AdminDirectory?) -> String? {
        guard Directory.hasNamesOfNoText(folder) else { return nil }
        let git = repository.commonGit
        let own = [mainTree, except?.recordedTree].compactMap { $0.map { Array($0.utf8) } }
        var place: [UInt8] = []
        guard let listed = try? git.persist(["worktree", "list", "--porcelain", "-z"]) else { return folder }
        for line in Text.records(listed) {
            if line.starts(with: "worktree ".utf8) { place = Array(line.dropFirst(9)) }
            if line.elementsEqual("branch \(ref)".utf8), !own.contains(place) {
                return String(decoding: place, as: UTF8.self)
            }
        }
        return nil
    }

    /// Trees registered below `home`, which may itself have been moved aside to `tree`.
    package func nested(below home: String, seenAt tree: String) -> [String] {
        let start = Array((home + "/").utf8)
        return adminDirectories().filter { $0.mayStand(below: start) }.compactMap(\.recordedTree).filter { path in
            guard Path.contains(home, path), !Path.contains(path, home) else { return false }
            return Files.exists(tree + path.dropFirst(home.count)) || Files.exists(path)
        }
    }

    /// The main worktree's path as far as the common dir tells it; the common dir itself for a bare repository.
    package var mainTree: String {
        let common = repository.commonDirectory
        if repository.isBare { return common }
        let configured = try? repository.git.at(.gitDirectory(common)).line(["config", "--get", "core.worktree"])
        return mainTree(configured: configured) ?? common
    }

    /// The same without a child, for whoever has read `core.worktree`; nil where there is no main worktree to be seen.
    package func mainTree(configured: String?) -> String? {
        let common = repository.commonDirectory
        if repository.isBare { return nil }
        if let tree = configured, !tree.isEmpty { return Path.normalize(Path.join(common, tree)) }
        if Path.name(common) == ".git", let parent = Path.parent(common) { return parent }
        return repository.gitDirectory == common ? repository.workTree : nil
    }

    /// Every worktree in which a branch is checked out, rebased or bisected.
    package func checkouts(ofBranch ref: String) -> [Checkout] {
        let main = AdminDirectory(repository.commonDirectory)
        let linked = adminDirectories().filter { occupies($0, ref) }.map {
            Checkout(admin: $0, tree: $0.recordedTree, isHead: $0.head(repository.git) == .branch(ref))
        }
        guard !repository.isBare, occupies(main, ref) else { return linked }
        return [Checkout(admin: main, tree: mainTree, isHead: main.head(repository.git) == .branch(ref))] + linked
    }

    private func occupies(_ admin: AdminDirectory, _ ref: String) -> Bool {
        if admin.head(repository.git) == .branch(ref) { return true }
        if admin.firstLine("rebase-merge/head-name") == ref || admin.firstLine("rebase-apply/head-name") == ref {
            return true
        }
        guard let start = admin.firstLine("BISECT_START") else { return false }
        return RefName.branch(start) == ref || start == ref
    }
}

/// A worktree that has a branch.
package struct Checkout: Sendable {
    package let admin: AdminDirectory
    /// Nil where its admin directory does not tell.
    package let tree: String?
    /// Whether HEAD is the branch; else it is being rebased or bisected there.
    package let isHead: Bool
}
