internal import Git
internal import POSIX

/// Resumes what an earlier call, or the user by hand, has begun: git's own state in the slot says how far it came.
extension Integration {
    /// Ends a merge or rebase with the target that was begun here, once all its conflicts are resolved and added.
    /// - Throws: `PoolError.cannotLand` while they are not, and for any other operation.
    func resume() throws {
        guard let operation = try admin.operation(git) else { return }
        let isMerge = operation == "merge"
        guard
            isMerge || Files.exists(Path.join(admin.path, "rebase-merge/onto"))
                || Files.exists(Path.join(admin.path, "rebase-apply/onto"))
        else { throw refuse(.operation(operation, path: tree)) }
        let word = isMerge ? "merge" : "rebase"
        let other =
            isMerge
            ? mergeHead() : admin.firstLine("rebase-merge/onto") ?? admin.firstLine("rebase-apply/onto")
        guard let other, Text.isObjectID(other), try isAncestor(other, of: target.ref) else {
            throw refuse(.operation(word, path: tree))
        }
        try refuseConflicts(word)
        if isMerge, try isAncestor(other, of: head()) {
            // Killed after the commit: all that is left is to say that it is over.
            try git.run(["merge", "--quit"])
            return
        }
        let left = try WorktreeStatus(of: git).entries.filter { $0.kind == .untracked || !$0.letters.hasSuffix(".") }
        guard left.isEmpty else { throw refuse(.dirty(path: tree, risks: Risk.of(left))) }
        request.telling(.resuming(operation: word))
        if isMerge { return try completeMerge(with: other) }
        let tip = admin.firstLine("rebase-merge/orig-head") ?? admin.firstLine("rebase-apply/orig-head")
        try continueRebase(["--continue"])
        if let tip, Text.isObjectID(tip) { try keepReplayed(tip) }
    }

    /// Nil where no merge is in progress, and for one of several heads.
    func mergeHead() -> String? {
        let lines = (try? Files.read(Path.join(admin.path, "MERGE_HEAD"), limit: 1 << 20)).map(Text.lines) ?? []
        return lines.count == 1 ? lines.first : nil
    }
}

extension Risk {
    /// Entries of a status as risks, for a message.
    fileprivate static func of(_ entries: [WorktreeStatus.Entry]) -> [Risk] {
        let untracked = entries.filter { $0.kind == .untracked }
        let changed = entries.filter { $0.kind != .untracked }
        return (changed.first.map { [.modified(count: changed.count, sample: $0.text)] } ?? [])
            + (untracked.first.map { [.untracked(count: untracked.count, sample: $0.text)] } ?? [])
    }
}
