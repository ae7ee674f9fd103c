internal import Git
internal import GitPool
internal import POSIX

/// A program that is to run in a leased slot: with the lease's variables, and with none of an outer lease's.
struct SlotCommand {
    let program: String
    let words: [String]
    let leased: LeasedSlot

    enum Problem: Error {
        case notFound(String)
        case cannotRun(String, SystemError)

        /// As a shell says it.
        var status: Int32 {
            switch self {
            case .notFound: 127
            case .cannotRun: 126
            }
        }

        var diagnostic: Diagnostic {
            switch self {
            case .notFound(let program): .error("cannot run '\(program)': not found")
            case .cannotRun(let program, let error): .error("cannot run '\(program)': \(error.reason)")
            }
        }
    }

    /// The command with all three streams inherited.
    func command(_ session: Session, _ pool: Pool) throws(Problem) -> Command {
        var environment = session.environment.filter { !Git.namesRepository($0.key) }
        if let variables = session.variables(of: leased.slot, in: pool) {
            environment = variables.applied(to: environment)
        }
        environment[UserScope.mark] = nil
        environment["PWD"] = leased.record.path
        guard let executable = executable(Command.searchPath(environment)) else { throw .notFound(program) }
        var command = Command(executable, words, environment: environment)
        command.name = program
        command.directory = leased.record.path
        (command.input, command.output, command.error) = (.inherited, .inherited, .inherited)
        return command
    }

    func start(_ command: Command, under plan: LimitPlan) throws -> RunningCommand {
        do {
            return try RunningCommand(starting: command, in: leased.record.path, under: plan)
        } catch let error as SystemError {
            throw Problem.cannotRun(program, error)
        }
    }

    /// A path with a slash in it is meant from inside the slot, where the command runs.
    private func executable(_ path: String) -> String? {
        guard program.utf8.contains(UInt8(ascii: "/")) else { return Command.find(program, in: path) }
        return Files.exists(Path.join(leased.record.path, program)) ? program : nil
    }
}
