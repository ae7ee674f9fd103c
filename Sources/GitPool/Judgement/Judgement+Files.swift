internal import Git
internal import POSIX

/// What differs from HEAD, as `git status` tells, and what index flags hide from it.
extension Judgement {
    /// - Parameter meanwhile: of `.bothAtOnce`, what else is looked at while git is; then so are the flags.
    mutating func lookAtFiles(
        _ subject: Subject, _ git: Git, meanwhile: ((inout Judgement) -> Void)? = nil
    ) throws(GitError) {
        let look = try WorktreeStatus.Look(of: git)
        var flagsAtOnce: IndexFlags?
        if let meanwhile {
            meanwhile(&self)
            flagsAtOnce = try IndexFlags(of: git)
        }
        let status = try look.finish()
        let submodules = status.entries.filter(\.isSubmodule)
        risks += submodules.map { .submodule(path: $0.text) }
        add(status.entries.filter { $0.kind != .untracked && !$0.isSubmodule }, Risk.modified)
        let untracked = status.entries.filter { $0.kind == .untracked }
        let repositories = untracked.filter {
            $0.path.last == UInt8(ascii: "/") && holdsRepository(subject, $0.path)
        }
        risks += repositories.filter { !isNamed($0.text) }.map { .nestedRepository(path: $0.text) }
        add(untracked.filter { entry in !repositories.contains { $0.path == entry.path } }, Risk.untracked)
        let flags = if let flagsAtOnce { flagsAtOnce } else { try IndexFlags(of: git) }
        risks += flags.occupied(in: subject.tree).map { .submodule(path: String(decoding: $0, as: UTF8.self)) }
        let hidden = try flags.edited(in: subject.tree, git)
        if let first = hidden.first {
            risks.append(.hiddenEdits(count: hidden.count, sample: String(decoding: first.path, as: UTF8.self)))
        }
    }

    private mutating func add(_ entries: [WorktreeStatus.Entry], _ risk: (Int, String) -> Risk) {
        if let first = entries.first { risks.append(risk(entries.count, first.text)) }
    }

    /// A worktree of this repository inside it was told of already.
    private func isNamed(_ path: String) -> Bool {
        risks.contains { risk in
            guard case .nestedWorktree(let tree) = risk else { return false }
            return tree.hasSuffix("/" + path.dropLast())
        }
    }

    /// git lists a folder with a repository in it as one untracked entry that ends in `/`.
    private func holdsRepository(_ subject: Subject, _ path: [UInt8]) -> Bool {
        TreeFile(subject.tree, path + Array(".git".utf8)).kind != nil
    }
}
