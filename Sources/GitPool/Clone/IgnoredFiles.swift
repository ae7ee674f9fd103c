internal import Git
internal import POSIX

/// Clones an idle slot's ignored files, such as build output, into a new slot: only while that slot is locked against
/// leases, only beside the files they were built from, and never over anything in the new tree.
struct IgnoredFiles {
    let pool: Pool
    let number: Int

    /// Clones them into `tree`. What cannot be cloned is left out: a build makes it again.
    func clone(to tree: String, _ git: Git, near commit: String, sharing: Bool) {
        guard let slots = try? pool.peek() else { return }
        let idle = slots.filter { $0.state == .idle && $0.number != number }.sorted {
            rank($0, commit) < rank($1, commit)
        }
        for slot in idle {
            // With its lock in our hands it stays idle, and untouched by any other command of ours.
            guard let claim = (try? pool.claim(slot.number)) ?? nil, claim.state == .idle,
                !RemoteMounts.areBelow(claim.record.path), (try? Occupants.scan(claim.record.path).isEmpty) ?? false
            else { continue }
            // Beside older files than it was built of, build output would pass for fresh.
            guard (try? BuiltBeside(tree: tree, git: git).holds(for: claim.record.path)) == true else { continue }
            clone(from: claim.record, to: tree, sharing)
            return dropUnignored(tree, git)
        }
    }

    /// What another commit's .gitignore does not hide would lie about as untracked; nobody but us put it there.
    private func dropUnignored(_ tree: String, _ git: Git) {
        guard let listed = try? git.run(["ls-files", "-o", "--exclude-standard", "-z"]) else { return }
        for path in Text.records(listed) { try? TreeFile(tree, Array(path)).removeWithEmptyFolders() }
    }

    private func rank(_ slot: Slot, _ commit: String) -> (Int, Int64) {
        (slot.record?.head == commit ? 0 : 1, -(slot.record?.lastUsedAt ?? 0))
    }

    private func clone(from record: SlotRecord, to tree: String, _ sharing: Bool) {
        let git = pool.git(in: record, lock: nil)
        let words = ["ls-files", "-o", "-i", "--directory", "--exclude-standard", "-z"]
        guard let listed = try? git.run(words) else { return }
        for path in Text.records(listed) {
            // A full disk ends it; the tree is whole without.
            guard (try? FolderClone.clone(path, from: record.path, to: tree, sharing: sharing)) != nil else { return }
        }
    }
}
