internal import Git
internal import POSIX

/// The files of a fenced tree that differ from its commit, as they were before they are saved or thrown away: what goes
/// must be as it was told.
extension Pool {
    /// A mark for each path.
    typealias Told = [[UInt8]: String]

    /// Every path that a judgement sees, and what index flags or the lease's own configuration hide from it now.
    func told(_ git: Git, _ record: SlotRecord) throws -> Told {
        let hidden = try IndexFlags(of: git).edited(in: record.fencePath, git)
        let paths = try WorktreeStatus(of: git, untracked: .all).entries.map(\.path) + hidden.map(\.path)
        return paths.reduce(into: Told()) { $0[$1] = tell($1, record) }
    }

    /// What tells whether a file was written since.
    func tell(_ path: [UInt8], _ record: SlotRecord) -> String { TreeFile(record.fencePath, path).mark?.text ?? "none" }
}
