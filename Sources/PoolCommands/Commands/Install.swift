internal import POSIX

/// `git pool install`: puts this very program and what belongs to it under one prefix, and remembers nothing elsewhere.
enum InstallCommand {
    static let syntax = Syntax(
        "install",
        summary: "install the program, its manual and completions",
        forms: ["git pool install [<options>]"],
        options: [.value("prefix", "dir", "install below this directory")]
    )

    static func run(_ session: Session) throws -> Int32 {
        let installation = try session.installation()
        let executable = try Files.read("/proc/self/exe")
        do {
            let written = try installation.install(installation.files(executable: executable))
            for path in written { try session.answer(line: path) }
            if written.isEmpty { session.note("everything is in place below '\(installation.prefix)'") }
        } catch let conflict as Installation.Conflict {
            let paths = conflict.paths.map { "  " + $0 }
            session.report([
                Diagnostic(.error, ["these are not as 'git pool install' wrote them:"] + paths),
                .hint("move them away, or install elsewhere with '--prefix'"),
            ])
            return 1
        }
        if LinkKind(of: executable) == .isDynamic {
            session.warn("this build needs Swift's libraries to run; better: swift run -c release git-pool install")
        }
        advise(installation, session)
        return 0
    }

    private static func advise(_ installation: Installation, _ session: Session) {
        if session.environment["SHELL"].map(Path.name) == "zsh" {
            session.note("for completion, zsh wants this line before compinit:")
            session.note("  fpath=(\(ShellQuote.quote(installation.zshFunctions)) $fpath)")
        }
        advisePath(installation, session)
        adviseShell(session)
    }

    private static func advisePath(_ installation: Installation, _ session: Session) {
        let folders = (session.environment["PATH"] ?? "").split(separator: ":").map { Path.normalize(String($0)) }
        guard !folders.contains(Path.normalize(installation.binaries)) else { return }
        session.note("to have it on PATH, add this line to your shell's start-up file:")
        session.note("  export PATH=\(ShellQuote.quote(installation.binaries)):\"$PATH\"")
    }

    /// The one line of the shell's integration, unless this shell has it.
    private static func adviseShell(_ session: Session) {
        let start: (file: String, line: String)? =
            switch session.environment["SHELL"].map(Path.name) {
            case "bash": ("~/.bashrc", #"eval "$(git pool init bash)""#)
            case "zsh": ("~/.zshrc", #"eval "$(git pool init zsh)""#)
            case "fish": ("~/.config/fish/config.fish", "git pool init fish | source")
            default: nil
            }
        guard let start, ShellHook(session.environment) == nil else { return }
        session.note("to have a shell give its leases back when it ends, add this line to \(start.file):")
        session.note("  \(start.line)")
    }
}

extension Session {
    /// Where `--prefix`, or the home, says.
    func installation() throws -> Installation {
        let prefix = arguments.value("prefix").map { Path.normalize(Path.join(userDirectory, $0)) }
        guard prefix?.utf8.contains(where: { $0 < 0x20 }) != true else {
            throw arguments.error(
                .invalidValue(option: "prefix", expectation: "expects a path without control characters"))
        }
        guard let found = Installation(prefix: prefix, environment: environment) else {
            throw arguments.error(.other("HOME is not set; name a directory with '--prefix'"))
        }
        return found
    }
}
