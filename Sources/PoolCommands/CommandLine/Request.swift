/// What a command line asks of one command: to do its work, or to explain itself.
enum Request: Equatable {
    case run(Arguments)
    /// `-h`, or `--help-all` for the hidden commands too: usage on stdout, exit 129.
    case usage(all: Bool)
    /// `--help`: the man page.
    case manual
}

/// What the whole command line asks: the first word chooses, the rest is read by the chosen command's syntax.
enum Invocation {
    case command(CommandEntry, Request)
    /// No command was named; the words, if any, are options of `list`. Outside a repository this means usage.
    case bare(Request)
    case overview(all: Bool)
    case manual

    init(_ words: [String]) throws(UsageError) {
        guard let first = words.first else {
            self = .bare(try Parser.parse([], by: ListCommand.syntax))
            return
        }
        switch first {
        case "-h": self = .overview(all: false)
        case "--help-all": self = .overview(all: true)
        case "--help": self = .manual
        // As of every program, git itself included.
        case "--version":
            self = .command(.version, try Parser.parse(Array(words.dropFirst()), by: VersionCommand.syntax))
        default:
            if first.utf8.first == UInt8(ascii: "-") {
                self = .bare(try Parser.parse(words, by: ListCommand.syntax))
                return
            }
            guard let command = CommandEntry.named(first) else {
                let names = Syntax.all.filter { !$0.isHidden }.flatMap { [$0.name] + $0.aliases }
                let similar = OtherWords.meant(by: first).map { [$0] } ?? Similarity.closest(to: first, among: names)
                throw UsageError(.unknownSubcommand(first, similar: similar), nil)
            }
            self = .command(command, try Parser.parse(Array(words.dropFirst()), by: command.syntax))
        }
    }
}
