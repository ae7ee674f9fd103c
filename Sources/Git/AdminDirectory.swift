package import POSIX

/// A linked worktree's folder under `.git/worktrees/`, and the rule that nothing is done to it unless it and the tree's
/// `.git` file name each other (gitrepository-layout(5), `worktrees/<id>/gitdir`).
package struct AdminDirectory: Sendable, Equatable {
    package let path: String

    package init(_ path: String) { self.path = path }

    package var id: String { Path.name(path) }

    /// Where the tree stands according to this folder; nil where that is not recorded.
    package var recordedTree: String? {
        guard let gitFile = firstLine("gitdir") else { return nil }
        return Path.parent(Path.normalize(Path.join(path, gitFile)))
    }

    /// Whether the recorded tree may lie below a folder, whose path and a slash are given: nearly all lie beside it, as
    /// the first bytes tell.
    func mayStand(below start: [UInt8]) -> Bool {
        guard let bytes = try? Files.read(Path.join(path, "gitdir"), limit: 65536, ending: [0x0A]),
            bytes.first == UInt8(ascii: "/"), !bytes.starts(with: start)
        else { return true }
        // What is not as short as can be may lead there all the same.
        let names = bytes.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return names.contains { $0.isEmpty || $0.allSatisfy { $0 == UInt8(ascii: ".") } }
    }

    /// The admin directory that a tree's `.git` names: a regular file, or the link that git-annex puts in its place.
    package static func named(byTree tree: String) -> AdminDirectory? {
        let gitFile = Path.join(tree, ".git")
        if let target = try? Files.target(ofLink: gitFile) {
            return AdminDirectory(Path.normalize(Path.join(tree, target)))
        }
        guard (try? Files.status(gitFile))?.kind == .file, let bytes = try? Files.read(gitFile, limit: 65536) else {
            return nil
        }
        let text = Text.line(bytes)
        guard text.hasPrefix("gitdir: ") else { return nil }
        return AdminDirectory(Path.normalize(Path.join(tree, String(text.dropFirst(8)))))
    }

    /// What that file says.
    package var link: String { "gitdir: \(path)\n" }

    /// Whether the tree at `tree`, which may have been moved aside from `home`, and this folder name each other.
    package func isLinked(to tree: String, home: String? = nil) -> Bool {
        // Through a link one would fence and judge the link, and leave the tree where anybody can write into it.
        guard Files.isDirectory(tree), let named = AdminDirectory.named(byTree: tree), let recorded = recordedTree
        else {
            return false
        }
        return same(named.path, path) && same(recorded, home ?? tree)
    }

    /// Whether refs, HEAD among them, are in tables; the file HEAD says nothing then (gitformat-reftable(5)).
    var hasRefTables: Bool { firstLine("HEAD") == AdminDirectory.tablesHead }

    private static let tablesHead = "ref: refs/heads/.invalid"

    /// What HEAD says: `refs/heads/…`, or nil with an object id when detached. Nil if git must be asked (reftable).
    package var head: Head? {
        headLine.flatMap(AdminDirectory.head(in:))
    }

    /// A symbolic ref may be a link (`core.preferSymlinkRefs`), which leads to no file, or to one that says a commit.
    private var headLine: String? {
        let file = Path.join(path, "HEAD")
        do {
            return AdminDirectory.firstLine(
                of: try Files.read(file, limit: 65536, ending: [0x0A], followingLinks: false))
        } catch {
            guard error.isLink, let target = try? Files.target(ofLink: file) else { return nil }
            return target.hasPrefix("refs/") ? "ref: " + target : firstLine("HEAD")
        }
    }

    private static func head(in line: String) -> Head? {
        if line == tablesHead { return nil }
        if line.hasPrefix("ref: ") { return .branch(String(Substring(line.utf8.dropFirst(5)))) }
        return Text.isObjectID(line) ? .detached(line) : nil
    }

    /// The same, asking git where no file tells; nil if nobody can.
    package func head(_ git: Git) -> Head? {
        let line = headLine
        guard line == AdminDirectory.tablesHead else { return line.flatMap(AdminDirectory.head(in:)) }
        let git = git.at(.gitDirectory(path))
        guard let outcome = try? git.attempt(["symbolic-ref", "-q", "HEAD"]) else { return nil }
        if outcome.isSuccess { return .branch(Text.line(outcome.output)) }
        guard outcome.termination == .exited(1), let id = (try? git.resolve("HEAD")) ?? nil else { return nil }
        return .detached(id)
    }

    package enum Head: Sendable, Equatable {
        case branch(String)
        case detached(String)

        /// The branch that is checked out, as a short name.
        package var branch: String? {
            guard case .branch(let ref) = self else { return nil }
            return RefName.shortBranch(ref)
        }
    }

    /// Makes the folder of a new worktree, two levels below the common dir, with all that git needs but the index.
    package func make(for tree: String, at head: Head, lockReason: String?) throws(SystemError) {
        try Files.makeDirectory(path, mode: 0o777)
        var files = [("commondir", "../.."), ("gitdir", Path.join(tree, ".git"))]
        if let lockReason { files.insert(("locked", lockReason), at: 0) }
        for (name, line) in files {
            try Files.create(Path.join(path, name), Array((line + "\n").utf8), mode: 0o644)
        }
        try write(head)
    }

    /// Writes HEAD as git does where refs are files: into `HEAD.lock`, which keeps every git process out, then by rename.
    /// No reflog entry is made: a lease starts without the past of the slot.
    ///
    /// - Parameter expected: what HEAD must say for that, if not anything.
    /// - Returns: false where it says something else, and goes on to.
    @discardableResult
    package func write(_ head: Head, insteadOf expected: Head? = nil) throws(SystemError) -> Bool {
        let text =
            switch head {
            case .branch(let ref): "ref: \(ref)\n"
            case .detached(let id): "\(id)\n"
            }
        let lock = Path.join(path, "HEAD.lock")
        try Files.create(lock, Array(text.utf8), mode: 0o644)
        guard expected == nil || self.head == expected else {
            try Files.unlink(lock)
            return false
        }
        try Files.rename(lock, Path.join(path, "HEAD"))
        return true
    }

    /// The operation that waits to be continued, in git status's words.
    package func operation(_ git: Git) throws(GitError) -> String? {
        let refs = [
            ("CHERRY_PICK_HEAD", "cherry-pick"), ("REVERT_HEAD", "revert"), ("NOTES_MERGE_PARTIAL", "notes merge"),
        ]
        let signs =
            [("rebase-merge", "rebase"), ("rebase-apply", "rebase or am"), ("MERGE_HEAD", "merge")] + refs
            + [("sequencer", "cherry-pick or revert"), ("BISECT_LOG", "bisect")]
        if let sign = signs.first(where: { Files.exists(Path.join(path, $0.0)) }) { return sign.1 }
        guard hasRefTables else { return nil }
        for (ref, name) in refs where try git.at(.gitDirectory(path)).resolve(ref) != nil { return name }
        return nil
    }

    /// git's own lock of the worktree, with its reason.
    package var lockReason: String? {
        let file = Path.join(path, "locked")
        do { return Text.line(try Files.read(file, limit: 65536, ending: [0x0A])) } catch {
            // It counts whatever it is, a link that leads nowhere too.
            return Files.exists(file) ? "" : nil
        }
    }

    package func firstLine(_ name: String) -> String? {
        (try? Files.read(Path.join(path, name), limit: 65536, ending: [0x0A])).flatMap(AdminDirectory.firstLine)
    }

    private static func firstLine(of bytes: [UInt8]) -> String? {
        bytes.isEmpty ? nil : String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
    }

    private func same(_ one: String, _ other: String) -> Bool {
        if Path.contains(one, other), Path.contains(other, one) { return true }
        guard let a = try? Files.status(one, followingLinks: true),
            let b = try? Files.status(other, followingLinks: true)
        else { return false }
        return a.inode == b.inode && a.device == b.device
    }
}
