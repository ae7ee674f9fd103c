internal import Git
internal import POSIX

/// Whose work a save must outlive. These commands are looked for among others' processes, and never run by us.
extension Pool {
    private static let pruning = ["gc", "maintenance", "prune", "repack"]

    /// Whether somebody may be deleting objects that nothing leads to: a `git gc`, which leaves word of itself even for other
    /// machines, or any other git that may, of whatever repository.
    var mayBePruned: Bool {
        if Files.exists(Path.join(repository.commonDirectory, "gc.pid")) { return true }
        guard let pids = try? ProcessTable.list() else { return true }
        return pids.contains { pid in
            guard ProcessTable.command(pid)?.hasPrefix("git") == true,
                case .present(let facts) = ProcessTable.read(pid)
            else { return false }
            let subcommand = Git.subcommand(in: facts.arguments) ?? String(facts.command.dropFirst(4))
            return Pool.pruning.contains(subcommand)
        }
    }
}
