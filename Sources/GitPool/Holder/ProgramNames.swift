internal import POSIX

/// The names a process goes by. The kernel's command is cut after 15 bytes, comes from the file that was executed, thus
/// for a `#!` script from the script, and may have been changed; the path of the executable cannot be changed.
struct ProgramNames: Equatable {
    /// Without its folder; nil where it is hidden.
    let executable: String?
    let command: String
    /// Without its folder and without a login shell's dash; empty if there is none.
    let first: String
    /// An executable file that names its interpreter in its first line.
    let isScript: Bool

    init(_ facts: ProcessFacts) {
        executable = facts.executable.map { Path.name($0) }
        command = facts.command
        let word = facts.arguments.first.map { Path.name($0) } ?? ""
        first = word.hasPrefix("-") ? String(word.dropFirst()) : word
        // `#!` replaces the first word by the interpreter, and puts the script behind it and its one argument.
        isScript =
            !command.isEmpty && !ProgramNames.same(first, command)
            && facts.arguments.dropFirst().prefix(2).contains { ProgramNames.same(Path.name($0), facts.command) }
    }

    private var all: [String] { [executable, command].compactMap { $0 } }

    /// Whether one of it is meant by these names of the configuration, a script's own too.
    func isAmong(_ configured: Set<String>) -> Bool {
        all.contains { name in configured.contains { ProgramNames.same($0, name) } }
    }

    /// Those of the program itself: a script that is called `login` is none.
    var own: [String] { isScript ? [] : all }

    /// The shell it is, whatever it runs.
    var shell: String? {
        switch executable {
        case "busybox", "toybox": ShellInvocation.shell(of: command) ?? ShellInvocation.shell(of: first)
        case let name?: ShellInvocation.shell(of: name)
        case nil: ShellInvocation.shell(of: command) ?? ShellInvocation.shell(of: first)
        }
    }

    var isGit: Bool { all.contains { $0 == "git" || $0.hasPrefix("git-") } }

    var isInterpreter: Bool {
        let prefixes = ["python", "perl", "ruby", "node", "php", "lua", "tclsh", "expect", "deno", "bun"]
        return prefixes.contains { (executable ?? command).hasPrefix($0) }
    }

    /// What to call it. node calls its main thread, and so itself, `MainThread`: then the executable is better.
    var shown: String {
        if isScript { return ProgramNames.printable(command) }
        if let shell { return shell }
        if let executable, !ProgramNames.same(first, command) { return ProgramNames.printable(executable) }
        return ProgramNames.printable(command.isEmpty ? executable ?? "?" : command)
    }

    /// Whether a whole name and one that the kernel may have cut are the same.
    static func same(_ name: String, _ command: String) -> Bool {
        name == command || (command.utf8.count == 15 && name.utf8.starts(with: command.utf8))
    }

    /// A process chooses its name: nothing of it may move a cursor or end a line of a record.
    private static func printable(_ name: String) -> String {
        String(
            name.map {
                $0.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) } ? $0 : "?"
            })
    }
}
