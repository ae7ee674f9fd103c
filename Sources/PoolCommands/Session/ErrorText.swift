internal import Git
internal import GitPool
internal import POSIX

/// An error as sentences and an exit status, which are made nowhere else (git-pool(1), "EXIT STATUS").
struct ErrorText {
    let diagnostics: [Diagnostic]
    let status: Int32

    init(_ status: Int32, _ diagnostics: Diagnostic...) {
        self.status = status
        self.diagnostics = diagnostics
    }

    init(_ error: any Error) {
        switch error {
        case let error as PoolError: self = ErrorText.of(error)
        case let error as GitError: self = ErrorText.of(error)
        case let error as SystemError: self = ErrorText.of(error)
        case let error as ConfigurationError: self = ErrorText.of(error)
        case let error as PostCheckoutHook.Refusal:
            let text = HookWords.text(error)
            self.init(1, Diagnostic(.error, text.error), Diagnostic(.hint, text.hint))
        case let error as MapItems.NotText:
            self.init(128, .fatal("item \(error.number) is not UTF-8 and cannot be handed on as it is"))
        case let error as AgentEvent.Invalid:
            self.init(128, .fatal(AgentWords.text(error)))
        case let error as UsageError: self.init(diagnostics: error.diagnostics, status: UsageError.exitStatus)
        default: self.init(128, .fatal("\(error)"))
        }
    }

    private init(diagnostics: [Diagnostic], status: Int32) {
        self.diagnostics = diagnostics
        self.status = status
    }

    private static func of(_ error: GitError) -> ErrorText {
        switch error {
        case .missing(let searched): ErrorText(128, .fatal("cannot find git on PATH '\(searched)'"))
        case .launch(let error): ErrorText(128, .fatal("cannot run git: \(error.reason)"))
        case .waited(let path): ErrorText.waited(forFifo: path)
        case .unfitPath(let path):
            ErrorText(
                128, .fatal("'\(path)' has a line feed in its name"), .hint("nothing was made; give it another name"))
        case .failed(let failure):
            ErrorText(
                error.isDiskFull ? 9 : 128,
                Diagnostic(.fatal, Words.gitMessage(failure).split(separator: "\n").map(String.init)))
        }
    }

    private static func of(_ error: SystemError) -> ErrorText {
        let subject = error.subject.map { " '\($0)'" } ?? ""
        if error.isNoText, error.subject.map({ !$0.hasPrefix("/proc/") }) ?? false {
            return ErrorText(
                128, .fatal("'\(error.subject ?? "")' has bytes in its path that are not UTF-8"),
                .hint("nothing was made; give it another name"))
        }
        if let path = error.fifo { return waited(forFifo: path) }
        let status: Int32 = error.isDiskFull ? 9 : 128
        return ErrorText(status, .fatal("cannot \(error.call)\(subject): \(error.reason)"))
    }

    private static func waited(forFifo path: String) -> ErrorText {
        ErrorText(
            128, .fatal("git waited for '\(path)', a FIFO that nobody writes to"),
            .hint("remove it, or put a file in its place"))
    }

    private static func of(_ error: ConfigurationError) -> ErrorText {
        let wanted =
            switch error.expected {
            case .boolean: "a boolean"
            case .integer: "a number"
            case .duration: "a duration such as 90s, 4m, 2h or 30d"
            case .choice(let words): "one of " + words.joined(separator: ", ")
            case .name: "a pattern with {name} in it"
            case .patternInside: "a pattern of paths inside the worktree"
            case .range(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
            case .variable: "the name of a variable that says where a cache is"
            case .path: "a path without '..' in it"
            }
        return ErrorText(128, .fatal("bad value '\(error.value)' for '\(error.key)': expected \(wanted)"))
    }
}
