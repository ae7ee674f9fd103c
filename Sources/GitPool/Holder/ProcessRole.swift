internal import POSIX

/// What one ancestor is to the command below it; the first rule that fits decides.
enum ProcessRole: Equatable {
    enum Transparency: Equatable { case git, command, subshell, runByGit, wrapper, jobStep }

    /// Ends with this command.
    case transparent(Transparency)
    /// Outlives every session.
    case sessionHost
    case holder(HolderKind)

    init(_ process: ProcessFacts, parent: ProcessFacts?, _ policy: HolderPolicy) {
        let names = ProgramNames(process)
        let kind = ProcessRole.kind(process, names)
        if names.isGit {
            self = .transparent(.git)
        } else if kind == nil {
            self = .transparent(.command)
        } else if names.shell != nil, let parent, ProcessRole.isClone(process, of: parent) {
            self = .transparent(.subshell)
        } else if let parent, ProcessRole.isGit(parent), kind != .program || names.isInterpreter {
            self = .transparent(.runByGit)
        } else if policy.isWrapper(names) {
            self = .transparent(.wrapper)
        } else if policy.isGitHubActions, kind == .script, names.shell != nil {
            self = .transparent(.jobStep)
        } else if policy.isSessionHost(names) {
            self = .sessionHost
        } else {
            self = .holder(kind ?? .program)
        }
    }

    /// Whether what it runs are hooks and aliases, which end with this command. Those of `git pool run` and `map` are
    /// somebody's sessions: a shell, an agent.
    private static func isGit(_ process: ProcessFacts) -> Bool {
        let names = ProgramNames(process)
        guard names.isGit else { return false }
        let word = process.arguments.dropFirst().first
        return !(names.first == "git-pool" && (word == "run" || word == "map"))
    }

    /// Nil for a shell that runs but one command.
    private static func kind(_ process: ProcessFacts, _ names: ProgramNames) -> HolderKind? {
        guard let shell = names.shell else { return names.isScript ? .script : .program }
        // `busybox sh …` has one word more.
        let isMulticall = names.first == "busybox" || names.first == "toybox"
        switch ShellInvocation(shell: shell, arguments: process.arguments.dropFirst(isMulticall ? 2 : 1)) {
        case .command: return nil
        case .script: return .script
        // Without a terminal nobody types: a program, or `echo … | bash`, feeds it.
        case .session: return names.isScript || process.terminal == 0 ? .script : .shell
        }
    }

    /// A fork without exec keeps executable, words and the place of the stack, which exec draws anew. The stack is 0
    /// where it is hidden, and the same for all where its randomization is off: then a shell in a shell with the same
    /// words is taken for a clone, which errs to the longer life.
    private static func isClone(_ process: ProcessFacts, of parent: ProcessFacts) -> Bool {
        process.stackAddress != 0 && process.stackAddress == parent.stackAddress
            && process.executable == parent.executable && process.arguments == parent.arguments
    }

    /// As a chain names it in a message.
    static func shown(_ process: ProcessFacts) -> String {
        let names = ProgramNames(process)
        return kind(process, names) == nil ? names.shown + " -c" : names.shown
    }
}
