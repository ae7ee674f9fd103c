internal import POSIX

/// Processes that stand elsewhere and write inside: they are looked for only where a release would take their files.
extension Judgement {
    /// The same, and who has one of these files open for writing, which go when they are saved or thrown away: what comes
    /// after that would go with them, though nobody stands inside.
    func withWriters(of paths: some Sequence<[UInt8]>, in subject: Subject) -> Judgement {
        do {
            let files = paths.map { TreeFile(subject.tree, $0) }
            var writers = try Writers.of(files).filter { !subject.excuses($0) }
            if !writers.isEmpty {
                // One that is about to become another program has what its parent had.
                Clock.sleep(milliseconds: 100)
                let staying = try Writers.of(files)
                writers.removeAll { !staying.contains($0) }
            }
            return Judgement(risks: risks + writers.map { .writer(pid: $0.pid, program: $0.name) })
        } catch {
            return Judgement(risks: risks + [.uninspectable(.writers)])
        }
    }
}
