/// What a shell was started to do, read from its arguments. In doubt it counts as a command, whose caller is then the
/// holder: a lease held too long costs less than one that is lost.
package enum ShellInvocation: Equatable, Sendable {
    /// `sh -c`, `bash -lc`, `zsh -c -l`, `fish --command=…`: it ends with the command.
    case command
    /// A file to run.
    case script
    /// Reads what it is told from a terminal or from a pipe.
    case session

    /// `shell` is the shell's name as `ShellInvocation.shell(of:)` gives it; `arguments` are without the first word.
    package init(shell: String, arguments: ArraySlice<String>) {
        switch shell {
        case "pwsh", "powershell": self = ShellInvocation.powerShell(arguments)
        case "fish": self = ShellInvocation.clustered(arguments, attached: Set("CdopfD"), following: [])
        case "nu": self = ShellInvocation.clustered(arguments, attached: [], following: Set("eImt"))
        default: self = ShellInvocation.clustered(arguments, attached: [], following: Set("oO"))
        }
    }

    private static let shells: Set<String> = [
        "sh", "ash", "bash", "csh", "dash", "elvish", "fish", "hush", "ksh", "ksh93", "loksh", "lksh", "mksh", "nu",
        "oksh", "osh", "pdksh", "posh", "powershell", "pwsh", "rbash", "rzsh", "tcsh", "yash", "ysh", "zsh",
    ]

    /// The shell a program's name stands for, without a version (`zsh-5.9`) and a login shell's dash; nil if for none.
    package static func shell(of name: String) -> String? {
        var name = name.hasPrefix("-") ? String(name.dropFirst()) : name
        if let dash = name.firstIndex(of: "-"), name[name.index(after: dash)...].first?.isNumber == true {
            name = String(name[..<dash])
        }
        return shells.contains(name) ? name : nil
    }

    /// Long options that take the next word.
    private static let longWithWord: Set<String> = [
        "--rcfile", "--init-file", "--emulate", "--init-command", "--debug", "--debug-output", "--profile",
        "--features", "--config", "--env-config", "--execute", "--include-path", "--log-level",
    ]

    /// Single letters behind a dash. The rest of the word, or else the next word, belongs to an `attached` letter; the
    /// next word alone belongs to a `following` one, as in `bash -eo pipefail -c`.
    private static func clustered(
        _ arguments: ArraySlice<String>, attached: Set<Character>, following: Set<Character>
    ) -> ShellInvocation {
        var words = arguments
        var readsInput = false
        while let word = words.popFirst() {
            if word == "--" || word == "-" { break }
            if word.hasPrefix("--") {
                if word == "--command" || word == "--commands" || word == "--c" { return .command }
                if word.hasPrefix("--command=") || word.hasPrefix("--commands=") { return .command }
                if longWithWord.contains(word) { _ = words.popFirst() }
                continue
            }
            guard let sign = word.first, sign == "-" || sign == "+" else { return readsInput ? .session : .script }
            var letters = word.dropFirst()
            while let letter = letters.popFirst() {
                if letter == "c", sign == "-" { return .command }
                if letter == "s", sign == "-" { readsInput = true }
                if following.contains(letter) { _ = words.popFirst() }
                if attached.contains(letter) {
                    if letters.isEmpty { _ = words.popFirst() }
                    break
                }
            }
        }
        return words.isEmpty || readsInput ? .session : .script
    }

    /// `-Command` and `-File`, in any case and cut anywhere.
    private static func powerShell(_ arguments: ArraySlice<String>) -> ShellInvocation {
        for word in arguments.map({ $0.lowercased() }) {
            guard word.hasPrefix("-") else { return word.hasSuffix(".ps1") ? .script : .session }
            let option = word.drop { $0 == "-" }
            guard !option.isEmpty else { continue }
            if "command".hasPrefix(option) || option.hasPrefix("commandwitharg") || option == "cwa" { return .command }
            if option == "ec" || ("encodedcommand".hasPrefix(option) && option != "en") { return .command }
            if "file".hasPrefix(option) { return .script }
        }
        return .session
    }
}
