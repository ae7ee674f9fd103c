internal import Git
internal import GitPool
internal import POSIX

/// One call of the program: its words, its surroundings as they were at the start, and where its answers go.
struct Session {
    let arguments: Arguments
    let environment: [String: String]
    let directory: String
    private let callers: Callers

    init(arguments: Arguments, environment: [String: String], directory: String) {
        (self.arguments, self.environment, self.directory) = (arguments, environment, directory)
        callers = Callers()
    }

    /// The same call as if it had been made in another folder.
    init(_ session: Session, standingIn directory: String) {
        (arguments, environment, callers) = (session.arguments, session.environment, session.callers)
        self.directory = directory
    }

    var isQuiet: Bool { arguments.flag("quiet") }

    var ancestry: Ancestry { callers.ancestry }

    /// Before anything slow: whoever ends meanwhile is not among them any more.
    func lookAtCallers() { _ = callers.ancestry }

    /// The folder that relative paths of the command line are relative to: a `!alias` and a git hook run at the top of
    /// the worktree and leave the rest in `GIT_PREFIX` (git-config(1), `alias.*`).
    var userDirectory: String {
        environment["GIT_PREFIX"].map { $0.isEmpty ? directory : Path.join(directory, $0) } ?? directory
    }

    /// The pool of the repository this call is about.
    /// - Parameters:
    ///   - asksCallers: whether this call will have to know who called it; they are looked at while git answers, before
    ///     anything slow.
    ///   - anyGit: whether this call is there to find out what is wrong: with git, or with what is noted of it.
    /// - Throws: `PoolError.othersPool`; `.oldGit` where there is a pool, but for `anyGit`.
    func openPool(anyGit: Bool = false, asksCallers: Bool = false) throws -> Pool {
        let tell: @Sendable ([String]) -> Void = { Streams.write(ShellQuote.quote($0) + "\n", to: 2) }
        let (repository, configuration) = try RepositorySearch.open(
            from: directory, environment: environment, usesNote: !anyGit,
            tracing: arguments.flag("verbose") ? tell : nil
        ) { if asksCallers { lookAtCallers() } }
        let settings = try Settings(of: repository, own: configuration)
        let pool = Pool(repository: repository, settings: settings, environment: environment)
        try pool.checkOwner()
        if pool.exists, !anyGit {
            try pool.requireGit()
            // Where that cannot be done, the links of each slot still tell whose it is.
            _ = try? pool.leaveOriginal()
        }
        if let path = settings.setup.tracked.path, let problem = settings.setup.tracked.problem {
            warn("'\(path)' is not used: \(Words.reason(problem))")
        }
        return pool
    }

    /// Whatever went wrong with a git that is too old went wrong because of it.
    static func cause(of error: any Error, _ environment: [String: String]) -> any Error {
        let isGits =
            switch error {
            case GitError.failed, is SystemError, PoolError.noRepository: true
            default: false
            }
        guard isGits, let git = try? Git(environment: environment, place: .directory("/")),
            let version = (try? git.version()) ?? nil, version < .oldest
        else { return error }
        return PoolError.oldGit(version: version)
    }

    /// stdout is the answer.
    func answer(_ text: String) throws { try Streams.answer(text) }

    func answer(line: String) throws { try answer(line + "\n") }

    /// stderr is narration, silent under `-q`.
    func note(_ lines: String...) {
        if !isQuiet { Diagnostic(.note, lines).print() }
    }

    func warn(_ lines: String...) { Diagnostic(.warning, lines).print() }

    /// What an error or a warning comes to, in the order given; `GIT_ADVICE=0` takes the hints out.
    func report(_ diagnostics: [Diagnostic]) { Session.report(diagnostics, environment) }

    /// Hints that belong to no error: narration too.
    func advise(_ hints: [String]) {
        if !isQuiet, !hints.isEmpty { report([Diagnostic(.hint, hints)]) }
    }

    /// Reports an error that does not end the whole command.
    /// - Returns: its exit status.
    func fail(_ error: any Error) -> Int32 {
        let text = ErrorText(error)
        report(text.diagnostics)
        return text.status
    }

    static func report(_ diagnostics: [Diagnostic], _ environment: [String: String]) {
        let showsHints = showsHints(environment)
        for diagnostic in diagnostics where showsHints || diagnostic.severity != .hint { diagnostic.print() }
    }

    /// git's own switch (git(1), `GIT_ADVICE`), a boolean as git reads one.
    static func showsHints(_ environment: [String: String]) -> Bool {
        !["0", "false", "no", "off"].contains(environment["GIT_ADVICE"]?.lowercased())
    }

    func style(_ settings: Settings) -> Style {
        Style(
            colorPool: settings.configuration.string("color.pool"), colorUI: settings.configuration.string("color.ui"),
            environment: environment, isTerminal: Streams.isTerminal(1))
    }
}
