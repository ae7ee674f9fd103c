internal import Git
internal import POSIX

/// What only the repositories of a worktree's submodules have.
extension Judgement {
    /// The repositories of submodules go with the admin directory. Where `git status` cannot go into their trees, each is
    /// looked at by itself.
    mutating func lookAtSubmodules(_ subject: Subject, _ git: Git) throws(GitError) {
        let modules = SubmoduleRepositories.paths(in: subject.admin)
        guard !modules.isEmpty else { return }
        if git.skipsSubmodules {
            risks += try SubmoduleRepositories.moved(git).map { .submodule(path: $0) }
        }
        for module in modules {
            let name = String(module.dropFirst(SubmoduleRepositories.folder(in: subject.admin).count + 1))
            guard let risk = try risk(of: module, named: name, subject, git), !risks.contains(risk) else {
                continue
            }
            risks.append(risk)
        }
    }

    private func risk(
        of module: String, named name: String, _ subject: Subject, _ git: Git
    ) throws(GitError) -> Risk? {
        if SubmoduleRepositories.mayHaveWorktrees(module) { return .submoduleWorktree(path: name) }
        var tree: String?
        if let home = try SubmoduleRepositories.workTree(of: module, git.at(.gitDirectory(subject.admin.path))) {
            tree = subject.place(ofModuleAt: home)
            if tree == nil { return .submoduleCommits(path: name) }
        }
        let isFilled = tree.map { Files.exists(Path.join($0, ".git")) } ?? false
        // Any folder will do for a look at commits.
        let place = isFilled ? tree ?? module : module
        let inner = git.at(.exactly(gitDirectory: module, workTree: place)).withoutSubmodules
        if try SubmoduleRepositories.hasOwnRefs(inner) { return .submoduleCommits(path: name) }
        if try Reachability(inner).firstUnpushed() != nil { return .submoduleCommits(path: name) }
        if try AdminDirectory(module).operation(inner) != nil { return .submodule(path: name) }
        guard isFilled else { return nil }
        // `git status` of the worktree has not told of this.
        let flags = try IndexFlags(of: inner)
        let hasEdits = try !flags.edited(in: place, inner).isEmpty
        if hasEdits || !flags.occupied(in: place).isEmpty { return .submodule(path: name) }
        // At home it has told of all else.
        guard git.skipsSubmodules else { return nil }
        if try !WorktreeStatus(of: inner).entries.isEmpty { return .submodule(path: name) }
        return try SubmoduleRepositories.moved(inner).isEmpty ? nil : .submodule(path: name)
    }
}
