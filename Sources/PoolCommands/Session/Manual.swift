internal import POSIX

/// `--help` that reaches us, past git: the manual page, as `git pool --help` would open it.
enum Manual {
    static func open(_ environment: [String: String]) throws -> Int32 {
        let path = Command.searchPath(environment)
        guard let man = Command.find("man", in: path) else {
            Streams.write(Usage.overview(), to: 1)
            return 0
        }
        var command = Command(man, ["git-pool"], environment: environment)
        (command.input, command.output, command.error) = (.inherited, .inherited, .inherited)
        let child = try Child(starting: command)
        return try child.wait().shellStatus
    }
}
