internal import Git
internal import GitPool
internal import POSIX

/// The program: from its words to the one command they name, and from whatever that throws to an exit status.
package enum Program {
    package static func main() -> Never {
        Streams.ignoreBrokenPipes()
        do {
            let words = try Streams.arguments()
            // Everything here trusts its environment, PATH above all.
            guard !Streams.hasBorrowedRights else {
                Diagnostic.fatal("refusing to run with the rights of another user or group (set-user-id)").print()
                Streams.exit(128)
            }
            if InternalHookCommand.isAnswered(words) { Streams.exit(0) }
            // Named, it is not taken apart before the end.
            let environment = Streams.environment()
            Streams.exit(run(words, environment))
        } catch {
            Diagnostic.fatal("argument '\(error.subject ?? "")' is not UTF-8 and cannot be handed on as it is").print()
            Streams.exit(UsageError.exitStatus)
        }
    }

    private static func run(_ words: [String], _ environment: [String: String]) -> Int32 {
        do {
            switch try Invocation(words) {
            case .overview(let all):
                Streams.write(Usage.overview(showsHidden: all), to: 1)
                return UsageError.exitStatus
            case .manual: return try Manual.open(environment)
            case .bare(let request): return try run(.list, request, environment, isBare: true)
            case .command(let command, let request): return try run(command, request, environment)
            }
        } catch let error as UsageError {
            Streams.write(error.text(showsHints: Session.showsHints(environment)), to: 2)
            return UsageError.exitStatus
        } catch {
            let text = ErrorText(Session.cause(of: error, environment))
            Session.report(text.diagnostics, environment)
            return text.status
        }
    }

    private static func run(
        _ command: CommandEntry, _ request: Request, _ environment: [String: String], isBare: Bool = false
    ) throws -> Int32 {
        switch request {
        case .usage(let all):
            let text = isBare ? Usage.overview(showsHidden: all) : Usage.text(command.syntax)
            Streams.write(text, to: 1)
            return UsageError.exitStatus
        case .manual: return try Manual.open(environment)
        case .run(let arguments):
            let session = Session(
                arguments: arguments, environment: environment, directory: try Path.workingDirectory())
            do { return try command.run(session) } catch let error as PoolError {
                guard isBare, case .noRepository = error else { throw error }
                Streams.write(Usage.overview(), to: 1)
                return UsageError.exitStatus
            }
        }
    }
}
