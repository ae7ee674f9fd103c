internal import Git
internal import POSIX

/// Names the owner of a lock, for messages only: the process that took it or, once that has ended, one that inherited
/// it.
enum LockHolder {
    /// Such as `git-pool (pid 12)` or `git status (pid 13)`; nil where nobody can be found.
    static func name(of path: String) -> String? {
        let taker = FileLock.holder(of: path)
        guard let pid = taker.flatMap({ isThere($0) ? $0 : nil }) ?? heir(of: path) ?? taker else { return nil }
        guard case .present(let facts) = ProcessTable.read(pid), !facts.command.isEmpty else { return "pid \(pid)" }
        let command = facts.command == "git" ? Git.subcommand(in: facts.arguments) : nil
        return "\(facts.command)\(command.map { " " + $0 } ?? "") (pid \(pid))"
    }

    private static func isThere(_ pid: Int32) -> Bool {
        switch ProcessTable.read(pid) {
        case .present(let facts): !facts.hasEnded
        case .absent: false
        case .unknown: true
        }
    }

    private static func heir(of path: String) -> Int32? {
        ((try? ProcessTable.list()) ?? []).first { pid in
            let folder = "/proc/\(pid)/fd"
            return pid != ProcessTable.ownPID()
                && ((try? Directory.entries(folder)) ?? []).contains {
                    (try? Files.target(ofLink: Path.join(folder, $0))) == path
                }
        }
    }
}
