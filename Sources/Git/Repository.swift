internal import POSIX

/// A repository as git itself found it from some directory; its identity is the real path of its common dir.
package struct Repository: Sendable {
    package let commonDirectory: String
    /// Of the worktree one stands in; the common dir itself in the main worktree.
    package let gitDirectory: String
    /// The worktree one stands in; nil in a bare repository or inside a git dir.
    package let workTree: String?
    package let isBare: Bool
    /// `sha1` or `sha256`.
    package let objectFormat: String
    /// Runs in the repository, discovering nothing anew.
    package private(set) var git: Git

    /// The same repository, with the hooks that its configuration names turned off for our own git commands.
    package func withoutConfiguredHooks(of configuration: Configuration) -> Repository {
        var other = self
        other.git.configuredHooks = configuration.hookNames
        return other
    }

    /// git in none of the worktrees, for what is the same in all.
    package var commonGit: Git { git.at(.gitDirectory(commonDirectory)) }

    /// The id git writes for "nothing".
    package var zeroID: String { String(repeating: "0", count: objectFormat == "sha256" ? 64 : 40) }

    /// What HEAD was when the repository was found, so that the commonest start point costs no further child: its commit
    /// and full name. Nil where HEAD has no commit yet.
    package let head: (commit: String, name: String)?

    /// Lets git find the repository of `directory` with the user's own overrides (`GIT_DIR`, ceilings, ownership).
    /// - Throws: `GitError.failed` with git's own words.
    package init(discovering directory: String, environment: [String: String]) throws {
        let git = try Git(environment: environment, place: .directory(directory))
        let outcome = try git.with(Repository.overrides(environment)).attempt(Repository.question)
        try self.init(from: directory, git, outcome)
    }

    /// The same, and the configuration git would use there: by no child where git has answered before, by one where the
    /// files tell the rest, else by two at once. Nearly every command needs both.
    ///
    /// - Parameters:
    ///   - note: where, from the common dir, git's answer about the configuration is kept if there is such a folder; nil for
    ///     one that is to be asked anew.
    ///   - meanwhile: called while git answers.
    package static func discover(
        from directory: String, environment: [String: String], note: String?,
        tracing: (@Sendable ([String]) -> Void)?, meanwhile: () -> Void = {}
    ) throws -> (repository: Repository, configuration: Configuration) {
        var git = try Git(environment: environment, place: .directory(directory))
        git.tracing = tracing
        let asking = git.with(overrides(environment))
        let plain = PlainRepository(above: directory, environment: environment)
        let note = plain.flatMap { plain in
            note.flatMap { ConfigurationNote(at: $0, in: plain.commonDirectory, asking) }
        }
        if let plain, let configuration = note?.kept(), let repository = try Repository(plain, configuration, git) {
            meanwhile()
            return (repository, configuration)
        }
        var settings = try asking.start(Configuration.question)
        if let plain {
            meanwhile()
            let answer = try settings.finish()
            if answer.isSuccess, let configuration = try? Configuration(answer: answer, asking),
                let repository = try Repository(plain, configuration, git)
            {
                note?.keep(answer.output)
                return (repository, configuration)
            }
            let place = try asking.attempt(question)
            return (try Repository(from: directory, git, place), try Configuration(answer: answer, asking))
        }
        var looking = try asking.start(question)
        meanwhile()
        let (place, answer) = (try looking.finish(), try settings.finish())
        return (try Repository(from: directory, git, place), try Configuration(answer: answer, asking))
    }

    private init?(_ plain: PlainRepository, _ configuration: Configuration, _ git: Git) throws(GitError) {
        for path in [plain.commonDirectory, plain.gitDirectory, plain.workTree] { try Repository.check(path) }
        guard let format = plain.objectFormat(configuration), let tip = plain.tip(format) else { return nil }
        (commonDirectory, gitDirectory, workTree) = (plain.commonDirectory, plain.gitDirectory, plain.workTree)
        (isBare, objectFormat, head) = (false, format, tip)
        self.git = git.at(.exactly(gitDirectory: plain.gitDirectory, workTree: plain.workTree))
    }

    private static func overrides(_ environment: [String: String]) -> [String: String] {
        ["GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR"].reduce(into: [:]) { $0[$1] = environment[$1] }
    }

    /// HEAD comes last: where it has no commit, git fails after the others have answered. `--show-cdup` is empty at the
    /// top of a worktree and outside of one, so the lines are counted, not searched.
    private static let question = [
        "rev-parse", "--path-format=absolute", "--git-common-dir", "--git-dir", "--is-bare-repository",
        "--show-object-format", "--is-inside-work-tree", "--show-cdup", "HEAD^{commit}", "--symbolic-full-name", "HEAD",
    ]

    private init(from directory: String, _ git: Git, _ outcome: Outcome) throws {
        // By bytes: a carriage return at a name's end makes one character with the line feed after it.
        let answers = outcome.output.split(separator: 0x0A, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard answers.count >= 6 else { throw git.failure(Repository.question, outcome) }
        // A path of more than one line has pushed the other answers down.
        guard Path.isAbsolute(answers[1]), ["true", "false"].contains(answers[2]) else {
            throw GitError.unfitPath(
                directory.utf8.contains(0x0A) ? directory : answers.prefix(2).joined(separator: "\n"))
        }
        let common = try Files.realPath(answers[0])
        let own = try Files.realPath(answers[1])
        commonDirectory = common
        gitDirectory = own
        isBare = own == common ? answers[2] == "true" : try Repository.isBare(common, git)
        objectFormat = answers[3]
        workTree = answers[4] == "true" ? try Files.realPath(Path.join(directory, answers[5])) : nil
        for path in [common, own, workTree ?? ""] { try Repository.check(path) }
        head = outcome.isSuccess && answers.count > 7 && Text.isObjectID(answers[6]) ? (answers[6], answers[7]) : nil
        self.git = workTree.map { git.at(.exactly(gitDirectory: own, workTree: $0)) } ?? git.at(.gitDirectory(common))
    }

    /// - Throws: `GitError.unfitPath`
    package static func check(_ path: String) throws(GitError) {
        guard !path.utf8.contains(0x0A) else { throw .unfitPath(path) }
    }

    /// In a linked worktree git speaks of that worktree, which never is bare: the shared folder's configuration is asked.
    private static func isBare(_ common: String, _ git: Git) throws(GitError) -> Bool {
        let outcome = try git.at(.gitDirectory(common)).attempt(["config", "--type=bool", "--get", "core.bare"])
        return outcome.isSuccess ? Text.line(outcome.output) == "true" : Path.name(common) != ".git"
    }

    /// For a look at files whose place is known: nothing is asked of git, so that only the common dir can be relied on.
    package init(unasked commonDirectory: String, environment: [String: String]) throws(GitError) {
        self.commonDirectory = commonDirectory
        gitDirectory = commonDirectory
        workTree = nil
        isBare = true
        objectFormat = "sha1"
        head = nil
        git = try Git(environment: environment, place: .gitDirectory(commonDirectory))
    }
}
