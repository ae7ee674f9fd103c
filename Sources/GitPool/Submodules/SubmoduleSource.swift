internal import Git
internal import POSIX

/// The repository that a submodule is cloned from.
enum SubmoduleSource {
    /// One of the repository's own, with the remote-tracking refs of its last fetch.
    case modules(String)
    case mirror(String)
    case declared

    /// Where nested submodules of one that came from here may be had.
    var donors: [String] { if case .modules(let folder) = self { [folder] } else { [] } }

    /// For what needs no tree: that of a submodule's repository may be elsewhere, or nowhere.
    static func look(into folder: String, _ git: Git) -> Git {
        git.at(.exactly(gitDirectory: folder, workTree: folder))
    }

    /// A repository of ours on this disk that has the commit: no link on the way to it, none for its objects.
    static func holds(_ folder: String, below top: String, _ commit: String, _ git: Git) -> Bool {
        guard Path.contains(top, folder) else { return false }
        var place = folder
        while place != top {
            guard Files.isDirectory(place), let parent = Path.parent(place) else { return false }
            place = parent
        }
        guard Files.isDirectory(Path.join(folder, "objects")),
            (try? Files.status(Path.join(folder, "HEAD")))?.kind == .file
        else { return false }
        // Not to be had from a promisor on the network.
        let asking = look(into: folder, git).with(["GIT_NO_LAZY_FETCH": "1"])
        return (try? asking.hasCommit(commit)) == true
    }
}

/// A worktree, or a submodule of it, whose own submodules are wanted.
struct SubmoduleParent {
    let tree: String
    let gitDirectory: String
    /// Path from the top of the lease, with a slash at its end, or empty.
    let prefix: String
    /// Repositories of ours that know the same submodules, the likeliest first.
    let donors: [String]
    /// What the first donor's configuration says of submodules; nil where there is no donor, and all count as active.
    let configuration: Configuration?
    /// Paths that its `submodule.active` names.
    private let activePaths: Set<String>?

    init(tree: String, gitDirectory: String, prefix: String, donors: [String], _ git: Git) throws {
        self.tree = tree
        self.gitDirectory = gitDirectory
        self.prefix = prefix
        self.donors = donors
        guard let donor = donors.first else {
            (configuration, activePaths) = (nil, nil)
            return
        }
        let words = ["config", "-z", "--get-regexp", "^(submodule|remote)\\."]
        let outcome = try git.at(.gitDirectory(donor)).attempt(words)
        guard outcome.isSuccess || outcome.termination == .exited(1) else { throw git.failure(words, outcome) }
        let configuration = Configuration(parsing: outcome.output)
        let patterns = configuration.strings("submodule.active")
        self.configuration = configuration
        guard !patterns.isEmpty else {
            activePaths = nil
            return
        }
        let here = git.at(.exactly(gitDirectory: gitDirectory, workTree: tree))
        let named = Text.records(try here.run(["ls-files", "-z", "--"] + patterns))
        activePaths = Set(named.map { String(decoding: $0, as: UTF8.self) })
    }

    /// As git decides it (gitsubmodules(7), "ACTIVE SUBMODULES").
    func isActive(_ submodule: Submodule) throws -> Bool {
        guard let configuration else { return true }
        if let said = try configuration.bool("submodule.\(submodule.name).active") { return said }
        if let activePaths { return activePaths.contains(submodule.path) }
        return configuration.string("submodule.\(submodule.name).url") != nil
    }

    /// Where a submodule's repository says it comes from: the user's own word, the declared URL, or the donor's.
    func url(of submodule: Submodule, _ source: SubmoduleSource, _ git: Git) throws -> String? {
        if let own = configuration?.string("submodule.\(submodule.name).url") { return own }
        if let url = submodule.url, !url.hasPrefix("./"), !url.hasPrefix("../") { return url }
        if case .modules(let donor) = source {
            let words = ["config", "--file", Path.join(donor, "config"), "--get", "remote.origin.url"]
            let outcome = try git.attempt(words)
            if outcome.isSuccess { return Text.line(outcome.output) }
        }
        return submodule.resolvedURL(against: configuration?.string("remote.origin.url") ?? tree)
    }
}
