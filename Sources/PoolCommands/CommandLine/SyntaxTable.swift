/// A command: its grammar and what it does.
struct CommandEntry: Sendable {
    /// As in its syntax.
    let name: String
    private let syntaxWhenAsked: @Sendable () -> Syntax
    let run: @Sendable (Session) throws -> Int32

    /// Made when it is asked for: one command's is wanted nearly always, and a table of all takes a third of the time of
    /// a short command.
    var syntax: Syntax { syntaxWhenAsked() }

    private init(
        _ name: String, _ syntax: @autoclosure @escaping @Sendable () -> Syntax,
        _ run: @escaping @Sendable (Session) throws -> Int32
    ) {
        self.name = name
        syntaxWhenAsked = syntax
        self.run = run
    }

    /// The command of this name; an alias is looked for where no name is the word.
    static func named(_ word: String) -> CommandEntry? {
        all.first { $0.name == word } ?? all.first { $0.syntax.aliases.contains(word) }
    }

    /// What is run where no command is named.
    static let list = CommandEntry("list", ListCommand.syntax, ListCommand.run)
    static let version = CommandEntry("version", VersionCommand.syntax, VersionCommand.run)

    /// Every command there is, in the order of the overview; what is not here cannot be run.
    static let all: [CommandEntry] = [
        CommandEntry("add", AddCommand.syntax, AddCommand.run),
        CommandEntry("run", RunCommand.syntax, RunCommand.run),
        CommandEntry("map", MapCommand.syntax, MapCommand.run),
        CommandEntry("done", DoneCommand.syntax, DoneCommand.run),
        list,
        CommandEntry("show", ShowCommand.syntax, ShowCommand.run),
        CommandEntry("path", PathCommand.syntax, PathCommand.run),
        CommandEntry("env", EnvCommand.syntax, EnvCommand.run),
        CommandEntry("whoami", WhoamiCommand.syntax, WhoamiCommand.run),
        CommandEntry("save", SaveCommand.syntax, SaveCommand.run),
        CommandEntry("restore", RestoreCommand.syntax, RestoreCommand.run),
        CommandEntry("warm", WarmCommand.syntax, WarmCommand.run),
        CommandEntry("land", LandCommand.syntax, LandCommand.run),
        CommandEntry("claim", ClaimCommand.syntax, ClaimCommand.run),
        CommandEntry("keep", KeepCommand.syntax, KeepCommand.run),
        CommandEntry("adopt", AdoptCommand.syntax, AdoptCommand.run),
        CommandEntry("gc", GCCommand.syntax, GCCommand.run),
        CommandEntry("stats", StatsCommand.syntax, StatsCommand.run),
        CommandEntry("doctor", DoctorCommand.syntax, DoctorCommand.run),
        CommandEntry("trust", TrustCommand.syntax, TrustCommand.run),
        CommandEntry("init", InitCommand.syntax, InitCommand.run),
        CommandEntry("hook", HookCommand.syntax, HookCommand.run),
        CommandEntry("install", InstallCommand.syntax, InstallCommand.run),
        CommandEntry("uninstall", UninstallCommand.syntax, UninstallCommand.run),
        version,
        CommandEntry("keeper", KeeperCommand.syntax, KeeperCommand.run),
        CommandEntry("_upkeep", UpkeepCommand.syntax, UpkeepCommand.run),
        CommandEntry("_hook", InternalHookCommand.syntax, InternalHookCommand.run),
        CommandEntry("_session-exit", SessionExitCommand.syntax, SessionExitCommand.run),
        CommandEntry("_env", ShellEnvCommand.syntax, ShellEnvCommand.run),
        CommandEntry("_clone", CloneWorkerCommand.syntax, CloneWorkerCommand.run),
        CommandEntry("_complete", CompleteCommand.syntax, CompleteCommand.run),
    ]
}

extension Syntax {
    static let all = CommandEntry.all.map(\.syntax)
}
