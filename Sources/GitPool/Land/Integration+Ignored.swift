internal import Git
internal import POSIX

/// git's merge and rebase overwrite ignored files silently, so neither begins where it could.
extension Integration {
    /// - Parameter replaying: each commit of the branch is made anew, and with it what a later one takes away again.
    func refuseIgnored(in onto: String, _ tip: String, replaying: Bool) throws {
        let words = ["diff", "--name-only", "--no-renames", "--diff-filter=A", "-z", tip, onto]
        var added = Text.records(try git.run(words)).map { Array($0) }
        if replaying { added = (added + (try addedOnTheWay(tip, onto))).uniqued() }
        func kind(_ path: [UInt8]) -> Files.Kind? { TreeFile(tree, path).kind }
        var standing = (added + added.flatMap(TreeFile.folders)).uniqued().filter { path in
            kind(path).map { $0 != .directory } ?? false
        }
        if !standing.isEmpty {
            let tracked = Set(Text.records(try git.run(["ls-files", "-z"])).map { Array($0) })
            standing = standing.filter { !tracked.contains($0) }
        }
        let folders = added.filter { kind($0) == .directory }
        if !folders.isEmpty { standing += try ignored(below: folders) }
        standing += try followers(tip, onto)
        guard !standing.isEmpty else { return }
        let files = standing.uniqued().map { String(decoding: $0, as: UTF8.self) }
        throw refuse(.ignoredInTheWay(files: files, path: tree))
    }

    private func ignored(below folders: [[UInt8]]) throws -> [[UInt8]] {
        try git.listed(["-o", "-i", "--exclude-standard"], at: folders)
    }

    private func addedOnTheWay(_ tip: String, _ onto: String) throws -> [[UInt8]] {
        let commits = try git.run(["rev-list", "--no-merges", tip, "--not", onto])
        let words = [
            "diff-tree", "--stdin", "-r", "--root", "--no-commit-id", "--no-renames", "--diff-filter=A", "--name-only",
            "-z",
        ]
        return Text.records(try git.run(words, input: commits)).map { Array($0) }
    }

    /// Ignored files where a file of one side may go because the other side moved its folder: such a file keeps its name
    /// (git-merge(1), "directory renames").
    private func followers(_ tip: String, _ onto: String) throws -> [[UInt8]] {
        let folders = Set(try movedInto(tip, from: onto) + movedInto(onto, from: tip))
        guard !folders.isEmpty else { return [] }
        let names = Set(try added(tip, from: onto).map(name) + added(onto, from: tip).map(name))
        // At the top is everything.
        let places = folders.contains([]) ? [Array(".".utf8)] : Array(folders)
        let standing = places.filter { TreeFile(tree, $0).kind == .directory }
        guard !names.isEmpty, !standing.isEmpty else { return [] }
        return try ignored(below: standing).filter { names.contains(name($0)) }
    }

    private func name(_ path: [UInt8]) -> [UInt8] { Array(path.split(separator: UInt8(ascii: "/")).last ?? []) }

    /// What a side added since the two parted; nothing where they never were one.
    private func added(_ side: String, from other: String) throws -> [[UInt8]] {
        let outcome = try git.attempt([
            "diff", "--name-only", "--no-renames", "--diff-filter=A", "-z", other + "..." + side,
        ])
        return outcome.isSuccess ? Text.records(outcome.output).map { Array($0) } : []
    }

    /// The folders into which a side moved files out of others, since the two parted; of those that have the same name
    /// on both sides, the ones above.
    private func movedInto(_ side: String, from other: String) throws -> [[UInt8]] {
        let words = ["diff", "--name-status", "-M", "-l7000", "--diff-filter=R", "-z", other + "..." + side]
        let outcome = try git.attempt(words)
        guard outcome.isSuccess else { return [] }
        // "R<score>", the old path, the new one.
        let fields = Text.records(outcome.output).map { Array($0) }
        return stride(from: 0, to: fields.count - 2, by: 3).compactMap { number in
            var old = fields[number + 1].split(separator: UInt8(ascii: "/")).dropLast()
            var new = fields[number + 2].split(separator: UInt8(ascii: "/")).dropLast()
            guard old != new else { return nil }
            while let last = new.last, old.last == last {
                old.removeLast()
                new.removeLast()
            }
            return Array(new.joined(separator: [UInt8(ascii: "/")]))
        }
    }
}
