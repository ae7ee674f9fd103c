internal import POSIX

/// The stash is one for all worktrees; its reflog tells on which branch each entry was made.
package enum Stashes {
    /// Messages of the entries made since `time` (seconds since 1970), such as `WIP on main: 1234abc subject`.
    package static func messages(in repository: Repository, since time: Int64) throws(GitError) -> [String] {
        if AdminDirectory(repository.commonDirectory).hasRefTables { return try asked(repository, since: time) }
        let log = Path.join(repository.commonDirectory, "logs/refs/stash")
        let bytes: [UInt8]
        do { bytes = try Files.read(log) } catch {
            // What cannot be read is not the same as nothing.
            return error.isNotFound ? [] : try asked(repository, since: time)
        }
        return ReflogLine.lines(bytes).filter { ($0.seconds ?? .min) >= time }.compactMap(\.message)
    }

    /// The same where reflogs are in tables.
    private static func asked(_ repository: Repository, since time: Int64) throws(GitError) -> [String] {
        let git = repository.commonGit
        guard try git.resolve("refs/stash") != nil else { return [] }
        let output = try git.run(["log", "-g", "--date=unix", "--format=%gd%x09%gs", "refs/stash", "--"])
        return Text.lines(output).compactMap { line in
            // "refs/stash@{seconds} TAB message"
            let halves = line.split(separator: "\t", maxSplits: 1)
            let digits = halves.first?.split(separator: "{").last?.dropLast() ?? ""
            guard halves.count == 2, let seconds = Int64(digits), seconds >= time else { return nil }
            return String(halves[1])
        }
    }
}
