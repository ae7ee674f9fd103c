internal import Git
internal import POSIX

extension Judgement {
    /// The same, and who has a file open for writing that goes when its work is saved or thrown away: what comes after
    /// the save would go with it, though nobody stands inside.
    func withWriters(in subject: Subject, _ git: Git) -> Judgement {
        guard !isClean else { return self }
        do {
            let git = git.at(.exactly(gitDirectory: subject.admin.path, workTree: subject.tree))
            let files = try WorktreeStatus(of: git, untracked: .all).entries.map { TreeFile(subject.tree, $0.path) }
            var writers = try Writers.of(files).filter { !excuses($0, subject.lease) }
            if !writers.isEmpty {
                // One that is about to become another program has what its parent had.
                Clock.sleep(milliseconds: 100)
                let staying = try Writers.of(files)
                writers.removeAll { !staying.contains($0) }
            }
            return Judgement(risks: risks + writers.map { .writer(pid: $0.pid, program: $0.name) })
        } catch {
            return Judgement(risks: risks + [.uninspectable("who has its files open")])
        }
    }
}
