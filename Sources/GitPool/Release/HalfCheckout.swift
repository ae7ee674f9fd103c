internal import Git
internal import POSIX

/// A checkout that failed or was killed on its way is taken back: a file that is as the commit it went to has it was
/// written by git, and one that is missing holds nothing; whatever else differs is somebody's, and stays.
struct HalfCheckout {
    let git: Git
    let tree: String

    /// Files that git removed cannot be written again now: nobody is to judge such a tree, nor to work in it.
    struct Stuck: Error {
        let cause: GitError
    }

    /// - Throws: `Stuck` if a file that git removed is still missing.
    func takeBack(from commit: String, to head: String) throws {
        let changed = try Set(WorktreeStatus(of: git, untracked: .all).entries.map(\.path))
        guard head != commit, !changed.isEmpty else { return }
        let between = try TreeDifference.between(head, commit, git).filter {
            changed.contains($0.path) && $0.old?.isSubmodule != true && $0.new?.isSubmodule != true
        }
        // The deepest first: a file may have become a folder.
        for written in try written(of: between).reversed() {
            let file = TreeFile(tree, written.path)
            if written.old == nil { try file.removeWithEmptyFolders() } else { try file.remove() }
        }
        try refill(between.filter { $0.old != nil }.map(\.path))
    }

    /// Whatever is missing is written again, if nothing else is to be said against the tree.
    func refill() throws {
        let entries = try WorktreeStatus(of: git, untracked: .all).entries
        guard entries.allSatisfy({ $0.letters == ".D" && !$0.isSubmodule }) else { return }
        try refill(entries.map(\.path))
    }

    /// Writes the missing ones among tracked files again, where nothing stands in the way.
    private func refill(_ paths: [[UInt8]]) throws {
        let missing = paths.filter { path in
            TreeFile(tree, path).kind == nil
                && TreeFile.folders(path).map { TreeFile(tree, $0).kind }.allSatisfy { $0 == nil || $0 == .directory }
        }
        guard !missing.isEmpty else { return }
        let words = ["checkout-index", "-q", "-u", "-z", "--stdin"]
        let outcome = try git.attempt(words, input: Text.terminated(missing))
        // On a full disk git reports a file it could not write with status 0.
        guard missing.allSatisfy({ TreeFile(tree, $0).kind != nil }) else {
            throw Stuck(cause: git.failure(words, outcome))
        }
    }

    /// Those that are on the disk what the commit has.
    private func written(of differences: [TreeDifference]) throws -> [TreeDifference] {
        let standing = differences.filter { difference in
            guard let new = difference.new else { return false }
            return TreeFile(tree, difference.path).kind == (new.isLink ? .link : .file)
                && TreeFile.folders(difference.path).allSatisfy { TreeFile(tree, $0).kind == .directory }
        }
        let files = standing.filter { $0.new?.isLink == false }
        let links = standing.filter { $0.new?.isLink == true }
        var blobs = try BlobReader(links.compactMap { $0.new?.id }, git)
        let written = try links.filter { link in
            var target: [UInt8] = []
            try blobs.next { target += $0 }
            return TreeFile(tree, link.path).linkTarget == target
        }
        try blobs.finish()
        return try written + zip(files, ids(of: files.map(\.path))).filter { try isGits($0, stored: $1) }.map(\.0)
    }

    /// Byte for byte what git would write: what a filter makes of somebody's file may be the same blob.
    private func isGits(_ file: TreeDifference, stored: String) throws -> Bool {
        guard let blob = file.new?.id else { return false }
        if stored == blob { return true }
        guard let path = String(validating: file.path, as: UTF8.self) else { return false }
        let written = try git.attempt(["cat-file", "--filters", "--path=" + path, blob])
        let bytes = try? Files.read(Path.join(tree, path), limit: written.output.count + 1, followingLinks: false)
        return written.isSuccess && bytes == written.output
    }

    /// Of the bytes as they are on the disk.
    private func ids(of paths: [[UInt8]]) throws -> [String] {
        guard !paths.isEmpty else { return [] }
        return Text.lines(try git.run(["hash-object", "--no-filters", "--stdin-paths"], input: PathList.lines(paths)))
    }
}
