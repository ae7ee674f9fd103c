internal import Git
internal import GitPool
internal import POSIX

/// The program: from its words to the one command they name, and from whatever that throws to an exit status.
package enum Program {
    package static func main() -> Never {
        let words = Array(CommandLine.arguments.dropFirst())
        let ancestry = askNobody.contains(words.first ?? "") ? Ancestry(processes: [], end: .top) : Ancestry.read()
        Streams.ignoreBrokenPipes()
        let environment = Streams.environment()
        Streams.exit(run(words, environment, ancestry))
    }

    /// Commands that have no use for their callers, and no time: what is called at every prompt or checkout, and what
    /// answers from the program alone. Anything else looks at them before it does anything slow.
    private static let askNobody: Set<String> = [
        "version", "init", "keeper", "_hook", "_session-exit", "_complete", "_clone",
    ]

    private static func run(_ words: [String], _ environment: [String: String], _ ancestry: Ancestry) -> Int32 {
        do {
            switch try Invocation(words) {
            case .overview(let all):
                Streams.write(Usage.overview(showsHidden: all), to: 1)
                return UsageError.exitStatus
            case .manual: return try Manual.open(environment)
            case .bare(let request): return try run(ListCommand.syntax, request, environment, ancestry, isBare: true)
            case .command(let syntax, let request):
                return try run(syntax, request, environment, ancestry, isBare: false)
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
        _ syntax: Syntax, _ request: Request, _ environment: [String: String], _ ancestry: Ancestry, isBare: Bool
    ) throws -> Int32 {
        switch request {
        case .usage(let all):
            Streams.write(isBare ? Usage.overview(showsHidden: all) : Usage.text(syntax, showsHidden: all), to: 1)
            return UsageError.exitStatus
        case .manual: return try Manual.open(environment)
        case .run(let arguments):
            let session = Session(
                arguments: arguments, environment: environment, ancestry: ancestry,
                directory: try Path.workingDirectory())
            do {
                guard let entry = CommandEntry.all.first(where: { $0.syntax.name == syntax.name }) else {
                    return UsageError.exitStatus
                }
                return try entry.run(session)
            } catch let error as PoolError {
                guard isBare, case .noRepository = error else { throw error }
                Streams.write(Usage.overview(), to: 1)
                return UsageError.exitStatus
            }
        }
    }
}
