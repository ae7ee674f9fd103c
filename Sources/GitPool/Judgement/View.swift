package import Git
internal import POSIX

/// A slot as it is now, for those who only tell: nothing is locked, nothing is changed.
package struct View: Sendable {
    package let status: WorktreeStatus
    package let judgement: Judgement
    package let operation: String?
}

extension Pool {
    /// Nil where the tree or its admin directory is not there, or git cannot tell.
    ///
    /// - Parameter excused: `pid:start` of the asker and its ancestors, who stand in nobody's way.
    package func view(of record: SlotRecord, excused: [String] = []) -> View? {
        guard isPresent(record) else { return nil }
        let admin = admin(record)
        let tree = Files.exists(record.path) ? record.path : record.fencePath
        let reading = repository.git.with(["GIT_OPTIONAL_LOCKS": "0"])
        let git = reading.at(.exactly(gitDirectory: admin.path, workTree: tree))
        guard let status = try? WorktreeStatus(of: git) else { return nil }
        var lease = record.lease
        lease?.excused += excused
        let subject = Judgement.Subject(tree: tree, home: record.path, admin: admin, lease: lease)
        return View(
            status: status, judgement: Judgement(of: subject, in: self, git: reading),
            operation: try? admin.operation(git))
    }

    package func verdict(of lease: Lease) -> HolderVerdict { verdict(lease) }

    /// A ref's id where files tell it; nil where git must be asked.
    func knownTip(of ref: String) -> String? { RefFiles.id(of: ref, in: repository.commonDirectory) }

    /// Whether the main worktree's branch is at a commit, as the files tell: then nothing need be searched for what
    /// leads there.
    func isTipOfMainBranch(_ id: String) -> Bool {
        guard case .branch(let ref) = AdminDirectory(repository.commonDirectory).head, ref.hasPrefix("refs/heads/")
        else {
            return false
        }
        return knownTip(of: ref) == id
    }

    /// A ref's id; git is asked only where no file tells it.
    package func tip(of ref: String) -> String? {
        if let tip = knownTip(of: ref) { return tip }
        guard let outcome = try? git.attempt(["rev-parse", "-q", "--verify", ref]), outcome.isSuccess else {
            return nil
        }
        return Text.line(outcome.output)
    }
}
