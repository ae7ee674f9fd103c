package import Git
internal import POSIX

/// A slot's changes and risks as they are now, for display only: nothing is locked or changed.
package struct View: Sendable {
    package let status: WorktreeStatus
    package let judgement: Judgement
    package let operation: String?
}

extension Pool {
    /// Nil where the tree or its admin directory is not there, or git cannot tell.
    ///
    /// - Parameter excused: the asker and its ancestors, who stand in nobody's way.
    package func view(of record: SlotRecord, excused: [Bystander]) -> View? {
        guard isPresent(record), !RemoteMounts.areBelow(record.path) else { return nil }
        let admin = admin(record)
        let tree = Files.exists(record.path) ? record.path : record.fencePath
        let reading = repository.git.with(["GIT_OPTIONAL_LOCKS": "0"])
        let git = reading.at(.exactly(gitDirectory: admin.path, workTree: tree))
        guard let status = try? WorktreeStatus(of: git) else { return nil }
        var subject = subject(record, record.lease, at: tree)
        subject.excused += excused
        return View(
            status: status, judgement: Judgement(of: subject, in: self, git: reading),
            operation: try? admin.operation(git))
    }
}
