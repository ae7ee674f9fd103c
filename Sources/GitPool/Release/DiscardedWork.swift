internal import Git
internal import POSIX

/// What a worktree held when its owner said `--discard`: the release throws away exactly that, and saves whatever came
/// later.
///
/// Each change is identified by git's own status line (porcelain v2, with the ids in HEAD and index) and the mark of
/// its file, which does not change when the whole tree is moved.
struct DiscardedWork {
    /// As the record keeps it.
    let text: String

    /// - Parameter git: inherits the slot's lock.
    init(of subject: Judgement.Subject, _ git: Git) throws(GitError) {
        // Submodules are looked at one by one: behind a fence git cannot go into them.
        let git = git.at(.exactly(gitDirectory: subject.admin.path, workTree: subject.tree)).withoutSubmodules
        var print = Fingerprint()
        try DiscardedWork.add(to: &print, subject.tree, git)
        print.add((subject.admin.head(subject.lease, git).map { "\($0)" } ?? "").utf8.span)
        for (ref, id) in try PrivateRefs.list(git) { print.add("\n\(ref) \(id)".utf8.span) }
        let names = ((try? Directory.entries(subject.admin.path)) ?? []).sorted()
        for name in names where AdminScrub.isOfOperation(name) || Operation.folders.contains(name) {
            DiscardedWork.add(to: &print, filesAt: Path.join(subject.admin.path, name))
        }
        let modules = SubmoduleRepositories.paths(in: subject.admin)
        if !modules.isEmpty { print.add(try SubmoduleRepositories.moved(git).joined(separator: "\0").utf8.span) }
        for module in modules {
            let outside = git.at(.gitDirectory(subject.admin.path))
            guard let home = try SubmoduleRepositories.workTree(of: module, outside),
                let tree = subject.place(ofModuleAt: home), Files.exists(Path.join(tree, ".git"))
            else { continue }
            let inner = git.at(.exactly(gitDirectory: module, workTree: tree)).withoutSubmodules
            try DiscardedWork.add(to: &print, tree, inner)
        }
        text = print.text
    }

    private static func add(to print: inout Fingerprint, _ tree: String, _ git: Git) throws(GitError) {
        let status = try WorktreeStatus(of: git, untracked: .all)
        print.add(status.answer.span)
        for entry in status.entries { add(to: &print, TreeFile(tree, entry.path)) }
        let flags = try IndexFlags(of: git)
        for path in flags.occupied(in: tree) + (try flags.edited(in: tree, git).map(\.path)) {
            print.add(path.span)
            add(to: &print, TreeFile(tree, path))
        }
    }

    /// Of an operation in progress, such as a rebase: its list of what is to be done, and its messages.
    private static func add(to print: inout Fingerprint, filesAt path: String) {
        print.add("\n\(path) \(FileMark(path)?.text ?? "none")".utf8.span)
        guard Files.isDirectory(path) else { return }
        for name in ((try? Directory.entries(path)) ?? []).sorted() {
            add(to: &print, filesAt: Path.join(path, name))
        }
    }

    private static func add(to print: inout Fingerprint, _ file: TreeFile) {
        print.add("\n\(file.mark?.text ?? "none")".utf8.span)
    }
}

extension Pool {
    func discardedWork(
        _ record: SlotRecord, _ lease: Lease, lock: Int32, at tree: String? = nil
    ) throws(GitError) -> DiscardedWork {
        try DiscardedWork(of: subject(record, lease, at: tree), repository.git.inheriting(lock))
    }
}
