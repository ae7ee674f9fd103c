internal import POSIX

/// The stash is one for all worktrees; its reflog tells on which branch each entry was made.
package enum Stashes {
    /// Messages of the entries made since `time` (seconds since 1970), such as `WIP on main: 1234abc subject`.
    package static func messages(in repository: Repository, since time: Int64) -> [String] {
        let log = Path.join(repository.commonDirectory, "logs/refs/stash")
        guard let bytes = try? Files.read(log) else { return [] }
        return Text.lines(bytes).compactMap { line in
            // "old new name <mail> seconds zone TAB message"
            let halves = line.split(separator: "\t", maxSplits: 1)
            let words = (halves.first ?? "").split(separator: " ")
            guard halves.count == 2, words.count > 1, let seconds = Int64(words[words.count - 2]), seconds >= time
            else {
                return nil
            }
            return String(halves[1])
        }
    }
}
