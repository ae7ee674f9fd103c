internal import Git
internal import POSIX

/// The commits that `land` makes at the user's word: with the user's name, signature and hooks, as `git merge` and
/// `git commit` make them.
struct LandCommit {
    let git: Git
    /// Where hooks are run: as a user's git would find itself there.
    let tree: String
    let admin: AdminDirectory
    let message: String?

    enum Kind {
        /// Runs pre-merge-commit, as `git merge` does.
        case merge
        /// Runs pre-commit, as `git commit` after `git merge --squash` does.
        case squash
        /// Nobody's but the slot's own: no hooks.
        case inner
    }

    /// A commit of this tree; no ref is moved.
    /// - Throws: `Veto` where a hook said no.
    func make(_ kind: Kind, tree contents: String, parents: [String], message composed: String) throws -> String {
        let text = try hooked(kind, message.flatMap { kind == .inner ? nil : $0 } ?? composed)
        let signs = try git.attempt(["config", "--type=bool", "--get", "commit.gpgsign"])
        let signature = signs.isSuccess && Text.line(signs.output) == "true" ? ["-S"] : []
        let words =
            ["-c", "i18n.commitEncoding=UTF-8", "commit-tree"] + signature + parents.flatMap { ["-p", $0] }
            + ["-F", "-", contents]
        return Text.line(try git.run(words, input: text))
    }

    struct Veto: Error { let hook: String }

    private func hooked(_ kind: Kind, _ message: String) throws -> [UInt8] {
        let clean = try git.run(["stripspace"], input: Array(message.utf8))
        let first: String
        switch kind {
        case .inner: return clean
        case .merge: first = "pre-merge-commit"
        case .squash: first = "pre-commit"
        }
        let file = Path.join(admin.path, "COMMIT_EDITMSG")
        try run(first, [])
        try Files.replace(file, clean, mode: 0o644)
        try run("prepare-commit-msg", [file, kind == .squash ? "squash" : "merge"])
        try run("commit-msg", [file])
        return try git.run(["stripspace"], input: Files.read(file, limit: 1 << 24))
    }

    /// Its words go to the user; `git hook run` sends both streams to standard error.
    private func run(_ hook: String, _ arguments: [String]) throws {
        let words = ["hook", "run", "--ignore-missing", hook, "--"] + arguments
        // As in git: no editor will open, and none may.
        var command = git.at(.directory(tree)).with(["GIT_EDITOR": ":"]).command(words, withHooks: true)
        command.output = .standardError
        command.error = .inherited
        guard try command.run().isSuccess else { throw Veto(hook: hook) }
    }
}

/// What such commits say where the user does not.
struct LandMessage {
    let git: Git
    let target: LandTarget
    let branch: String

    /// git's own words for a merge of a local branch, with `merge.log` and `merge.suppressDest` as configured.
    func merge(_ tip: String) throws -> String {
        let line = "\(tip)\t\tbranch '\(branch)' of .\n"
        return Text.line(try git.run(["fmt-merge-msg", "--into-name", target.name], input: Array(line.utf8)))
    }

    /// Of the merge that a squash is taken from.
    var inner: String { "Merge branch '\(target.name)' into \(branch)" }

    /// The message of the one commit there is; else one that lists them.
    func squash(of tip: String, onto: String) throws -> String {
        let own = Text.lines(try git.run(["rev-list", "--reverse", "--no-merges", tip, "--not", onto]))
        if own.count == 1 { return Text.line(try git.run(["log", "-1", "--format=%B", "--encoding=UTF-8", own[0]])) }
        let subjects = try git.run([
            "log", "--reverse", "--no-merges", "--format=* %s", "--encoding=UTF-8", tip, "--not", onto,
        ])
        return "Squash branch '\(branch)'\n\n" + Text.line(subjects)
    }
}
