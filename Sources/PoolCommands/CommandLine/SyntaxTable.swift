/// A command: its grammar and what it does.
struct CommandEntry: Sendable {
    private let syntaxWhenAsked: @Sendable () -> Syntax
    let run: @Sendable (Session) throws -> Int32

    /// Made when it is asked for: one command's is wanted nearly always, and a table of all takes a twelfth of the time
    /// of a short command.
    var syntax: Syntax { syntaxWhenAsked() }

    private init(
        syntax: @autoclosure @escaping @Sendable () -> Syntax, run: @escaping @Sendable (Session) throws -> Int32
    ) {
        syntaxWhenAsked = syntax
        self.run = run
    }

    /// What is run where no command is named.
    static let list = CommandEntry(syntax: ListCommand.syntax, run: ListCommand.run)
    static let version = CommandEntry(syntax: VersionCommand.syntax, run: VersionCommand.run)

    /// Every command there is, in the order of the overview; what is not here cannot be run.
    static let all: [CommandEntry] = [
        CommandEntry(syntax: AddCommand.syntax, run: AddCommand.run),
        CommandEntry(syntax: RunCommand.syntax, run: RunCommand.run),
        CommandEntry(syntax: MapCommand.syntax, run: MapCommand.run),
        CommandEntry(syntax: DoneCommand.syntax, run: DoneCommand.run),
        list,
        CommandEntry(syntax: ShowCommand.syntax, run: ShowCommand.run),
        CommandEntry(syntax: PathCommand.syntax, run: PathCommand.run),
        CommandEntry(syntax: EnvCommand.syntax, run: EnvCommand.run),
        CommandEntry(syntax: WhoamiCommand.syntax, run: WhoamiCommand.run),
        CommandEntry(syntax: SaveCommand.syntax, run: SaveCommand.run),
        CommandEntry(syntax: RestoreCommand.syntax, run: RestoreCommand.run),
        CommandEntry(syntax: WarmCommand.syntax, run: WarmCommand.run),
        CommandEntry(syntax: LandCommand.syntax, run: LandCommand.run),
        CommandEntry(syntax: ClaimCommand.syntax, run: ClaimCommand.run),
        CommandEntry(syntax: KeepCommand.syntax, run: KeepCommand.run),
        CommandEntry(syntax: AdoptCommand.syntax, run: AdoptCommand.run),
        CommandEntry(syntax: GCCommand.syntax, run: GCCommand.run),
        CommandEntry(syntax: StatsCommand.syntax, run: StatsCommand.run),
        CommandEntry(syntax: DoctorCommand.syntax, run: DoctorCommand.run),
        CommandEntry(syntax: TrustCommand.syntax, run: TrustCommand.run),
        CommandEntry(syntax: InitCommand.syntax, run: InitCommand.run),
        CommandEntry(syntax: HookCommand.syntax, run: HookCommand.run),
        CommandEntry(syntax: InstallCommand.syntax, run: InstallCommand.run),
        CommandEntry(syntax: UninstallCommand.syntax, run: UninstallCommand.run),
        version,
        CommandEntry(syntax: KeeperCommand.syntax, run: KeeperCommand.run),
        CommandEntry(syntax: UpkeepCommand.syntax, run: UpkeepCommand.run),
        CommandEntry(syntax: InternalHookCommand.syntax, run: InternalHookCommand.run),
        CommandEntry(syntax: SessionExitCommand.syntax, run: SessionExitCommand.run),
        CommandEntry(syntax: ShellEnvCommand.syntax, run: ShellEnvCommand.run),
        CommandEntry(syntax: CloneWorkerCommand.syntax, run: CloneWorkerCommand.run),
        CommandEntry(syntax: CompleteCommand.syntax, run: CompleteCommand.run),
    ]
}

extension Syntax {
    static let all = CommandEntry.all.map(\.syntax)
}
