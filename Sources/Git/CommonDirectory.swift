internal import POSIX

/// Finds the folder of a repository's shared files without a git process, which is what a git hook can afford.
package enum CommonDirectory {
    /// Of the worktree that `directory` lies in, or that `GIT_DIR` names; nil where there is none to be seen.
    package static func near(_ directory: String, gitDirectory named: String?) -> String? {
        if let named, !named.isEmpty { return shared(Path.join(directory, named)) }
        var place = directory
        while true {
            let candidate = Path.join(place, ".git")
            if Files.isDirectory(candidate) { return shared(candidate) }
            if let admin = AdminDirectory.named(byTree: place) { return shared(admin.path) }
            guard let parent = Path.parent(place) else { return nil }
            place = parent
        }
    }

    private static func shared(_ gitDirectory: String) -> String? {
        let common = AdminDirectory(gitDirectory).firstLine("commondir").map { Path.join(gitDirectory, $0) }
        return try? Files.realPath(common ?? gitDirectory)
    }
}
