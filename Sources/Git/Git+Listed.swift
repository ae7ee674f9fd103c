internal import POSIX

/// Files of a worktree by the bytes of their names, which need not be text.
extension Git {
    /// What `ls-files` has at these paths and below them; `.` is the top.
    package func listed(_ options: [String], at paths: [[UInt8]]) throws(GitError) -> [[UInt8]] {
        // A name that is no text cannot be told git as a path: then all are listed.
        let names = paths.compactMap { String(validating: $0, as: UTF8.self) }
        let words = ["ls-files"] + options + ["-z", "--"] + (names.count == paths.count ? names : [])
        let listed = Text.records(try with(["GIT_LITERAL_PATHSPECS": "1"]).run(words)).map { Array($0) }
        let places = Set(paths)
        if places.contains(Array(".".utf8)) { return listed }
        return listed.filter { places.contains($0) || TreeFile.folders($0).contains(where: places.contains) }
    }
}
