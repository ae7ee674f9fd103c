internal import Git
internal import POSIX

/// A slot's risks as they are now, for display only: nothing is locked or changed.
extension Pool {
    /// None where the tree or its admin directory is not there.
    ///
    /// - Parameter excused: the asker and its ancestors, who stand in nobody's way.
    package func risks(of record: SlotRecord, excused: [Bystander]) -> [Risk] {
        guard isPresent(record) else { return [] }
        let tree = Files.exists(record.path) ? record.path : record.fencePath
        var subject = subject(record, record.lease, at: tree)
        subject.excused += excused
        return Judgement(of: subject, in: self, git: repository.git.with(["GIT_OPTIONAL_LOCKS": "0"])).risks
    }
}
