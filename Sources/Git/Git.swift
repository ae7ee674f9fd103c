package import POSIX

/// The one way to run git: a scrubbed environment, no user hooks, no background work of git's own, and the repository
/// named outright wherever something may be destroyed.
package struct Git: Sendable {
    package enum Place: Sendable, Equatable {
        /// git discovers from here, as for the user.
        case directory(String)
        /// `--git-dir` and `--work-tree`: git cannot wander into an enclosing repository.
        case exactly(gitDirectory: String, workTree: String)
        case gitDirectory(String)
    }

    package let executable: String
    /// As handed to every child; no variable of it names a repository.
    package internal(set) var environment: [String: String]
    package var place: Place
    /// Called with each command line before it runs.
    package var tracing: (@Sendable ([String]) -> Void)?
    /// Descriptors every child holds: a slot's lock, so that a child that outlives us still owns the slot.
    package var inherited: [Int32] = []
    /// Hooks that are defined in the configuration: `core.hooksPath` does not keep them from running
    /// (`GitVersion.configuredHooks`).
    package var configuredHooks: [String] = []
    var isDurable = false
    /// See `skipsSubmodules`.
    var leavesSubmodulesOut = false

    /// - Throws: `GitError.missing`
    package init(environment: [String: String], place: Place) throws(GitError) {
        let path = Command.searchPath(environment)
        guard let executable = Command.find("git", in: path) else { throw .missing(searched: path) }
        self.executable = executable
        self.environment = environment
        for name in environment.keys where Git.namesRepository(name) { self.environment[name] = nil }
        self.environment["GIT_TERMINAL_PROMPT"] = "0"
        self.environment["LC_ALL"] = "C"
        self.environment["GIT_POOL_HOOK"] = "1"
        self.place = place
    }

    /// The variables of `git rev-parse --local-env-vars`, except `GIT_CONFIG_PARAMETERS` and `GIT_CONFIG_COUNT`, which
    /// carry the user's `git -c`.
    package static func namesRepository(_ variable: String) -> Bool {
        guard variable.hasPrefix("GIT_") else { return false }
        return switch variable {
        case "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG", "GIT_OBJECT_DIRECTORY", "GIT_DIR", "GIT_WORK_TREE",
            "GIT_IMPLICIT_WORK_TREE", "GIT_GRAFT_FILE", "GIT_INDEX_FILE", "GIT_NO_REPLACE_OBJECTS",
            "GIT_REPLACE_REF_BASE", "GIT_PREFIX", "GIT_INTERNAL_SUPER_PREFIX", "GIT_SHALLOW_FILE", "GIT_COMMON_DIR",
            "GIT_NAMESPACE", "GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS",
            "GIT_ICASE_PATHSPECS":
            true
        default: false
        }
    }

    /// Where git looks for files of the user's beside `~/.gitconfig` (git-config(1), "FILES").
    static func userFolder(_ environment: [String: String], home: String) -> String {
        let folder = environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? Path.join(home, ".config")
        return Path.join(folder, "git")
    }

    /// Where git looks for files of the system's: below `/`, or below the folder it was installed in. It stands in one of
    /// two folders there, and puts the second in front of `PATH` for its subcommands.
    var systemFolders: [String] {
        let folder = Path.parent(executable) ?? ""
        let place = ["/bin", "/libexec/git-core", "/lib/git-core"].first(where: folder.hasSuffix)
        guard let place, folder != "/usr" + place else { return ["/etc"] }
        return ["/etc", String(folder.dropLast(place.utf8.count)) + "/etc"]
    }

    /// Changes when an update replaces git, and is the same for both names that an installation gives one program. Nil
    /// if git is gone.
    package var program: String? {
        (try? Files.status(executable, followingLinks: true)).map { "\($0.size):\($0.modified)" }
    }

    /// Whether `status` must not go into submodules: their repositories name the place where the tree belongs, and git
    /// fails where the tree was moved away from there.
    package var skipsSubmodules: Bool {
        if leavesSubmodulesOut { return true }
        guard case .exactly(let gitDirectory, let workTree) = place else { return false }
        let admin = AdminDirectory(gitDirectory)
        guard let home = admin.recordedTree, !Path.isSame(home, workTree),
            (try? Files.realPath(home)) != (try? Files.realPath(workTree))
        else { return false }
        return !SubmoduleRepositories.paths(in: admin).isEmpty
    }

    /// Whether refs of the worktree at this place are in tables.
    var hasRefTables: Bool {
        guard case .exactly(let gitDirectory, _) = place else { return false }
        return AdminDirectory(gitDirectory).hasRefTables
    }

    /// The checkout that moves only what differs and overwrites nothing: no ignored file, no submodule.
    package static func detaching(at commit: String) -> [String] {
        ["checkout", "-q", "--no-overwrite-ignore", "--no-recurse-submodules", "--detach", commit]
    }

    /// Runs and expects success.
    ///
    /// - Parameter hears: is given what it says on standard error, as it says it.
    @discardableResult
    package func run(
        _ arguments: [String], input: [UInt8]? = nil, _ hears: (ArraySlice<UInt8>) -> Void = { _ in }
    ) throws(GitError) -> [UInt8] {
        let outcome = try attempt(arguments, input: input, hears)
        guard outcome.isSuccess else { throw failure(arguments, outcome) }
        return outcome.output
    }

    /// The object id of a revision, nil if there is none: only that is no failure.
    package func resolve(_ revision: String) throws(GitError) -> String? {
        let words = ["rev-parse", "-q", "--verify", revision]
        let outcome = try attempt(words)
        if outcome.isSuccess { return Text.line(outcome.output) }
        guard outcome.termination == .exited(1) else { throw failure(words, outcome) }
        return nil
    }

    /// Whether this is the id of a commit that is there.
    package func hasCommit(_ id: String) throws(GitError) -> Bool {
        try attempt(["cat-file", "-e", id + "^{commit}"]).isSuccess
    }

    /// Runs and expects success, as one line of text.
    package func line(_ arguments: [String]) throws(GitError) -> String {
        Text.line(try run(arguments))
    }

    /// Runs, and returns the outcome whatever it is.
    package func attempt(
        _ arguments: [String], input: [UInt8]? = nil, _ hears: (ArraySlice<UInt8>) -> Void = { _ in }
    ) throws(GitError) -> Outcome {
        do {
            var child = try Child(starting: command(arguments, input: input))
            return try child.finish(hears)
        } catch {
            throw GitError(error)
        }
    }

    /// Starts a command that is waited for later.
    func start(_ arguments: [String], input: Command.Input = .null) throws(GitError) -> Child {
        var command = command(arguments)
        command.input = input
        do { return try Child(starting: command) } catch {
            throw GitError(error)
        }
    }

    /// Runs again, with growing pauses of 20 to 200 ms, while another git process is the reason for the failure.
    @discardableResult
    package func persist(_ arguments: [String], input: [UInt8]? = nil) throws(GitError) -> [UInt8] {
        for pause in [20, 50, 100, 150, 200] as [Int64] {
            do { return try run(arguments, input: input) } catch {
                guard error.isTransient else { throw error }
            }
            Clock.sleep(milliseconds: pause)
        }
        return try run(arguments, input: input)
    }

    /// Each by its name, because `hook.<event>.enabled` is only known from 2.55 on. A name with `=` in it cannot be
    /// given to `-c`, which splits at the first one; `--config-env` splits at the last, and the variable it names here
    /// is `0`, which is false.
    private static func turningOff(_ hook: String) -> [String] {
        hook.contains("=")
            ? ["--config-env=hook.\(hook).enabled=GIT_TERMINAL_PROMPT"] : ["-c", "hook.\(hook).enabled=false"]
    }

    /// The command that a git process was started for, of the words it was started with; nil if there is none.
    package static func subcommand(in words: [String]) -> String? {
        guard let program = words.firstIndex(where: { Path.name($0) == "git" }) else { return nil }
        var rest = words[(program + 1)...]
        while let word = rest.popFirst() {
            if ["-C", "-c"].contains(word) { _ = rest.popFirst() } else if !word.hasPrefix("-") { return word }
        }
        return nil
    }

    package func failure(_ arguments: [String], _ outcome: Outcome) -> GitError {
        // What progress was shown is written over.
        let lines = outcome.error.split(separator: 0x0A, omittingEmptySubsequences: false)
        let shown = lines.map { $0.split(separator: 0x0D, omittingEmptySubsequences: false).last ?? [] }
        var message = String(decoding: Array(shown.joined(separator: [0x0A])), as: UTF8.self)
        // A checkout names the file alone (entry.c); what it had written of it still fills the disk.
        if case .exactly(_, let workTree) = place, message.contains("unable to write file"),
            Files.freeBytes(workTree).map({ $0 < 65_536 }) ?? false
        {
            message += "fatal: No space left on device\n"
        }
        return .failed(.init(arguments: arguments, termination: outcome.termination, message: message))
    }

    package func command(_ arguments: [String], input: [UInt8]? = nil, withHooks: Bool = false) -> Command {
        var words: [String] =
            switch place {
            case .directory(let path): ["-C", path]
            case .exactly(let gitDirectory, let workTree):
                ["-C", workTree, "--git-dir=" + gitDirectory, "--work-tree=" + workTree]
            case .gitDirectory(let path): ["-C", path, "--git-dir=" + path]
            }
        words += [
            "-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "core.fsmonitor=false", "-c",
            "submodule.recurse=false", "-c", "log.showSignature=false",
        ]
        // A draft's: when git writes another split index, it may take the parts away that the worktree's own consists of
        // (git-config(1), `splitIndex.sharedIndexExpire`).
        if environment["GIT_INDEX_FILE"] != nil { words += ["-c", "core.splitIndex=false"] }
        if isDurable { words += ["-c", "core.fsync=committed,reference", "-c", "i18n.commitEncoding=UTF-8"] }
        if !withHooks {
            words += ["-c", "core.hooksPath=/dev/null"]
            words += configuredHooks.flatMap(Git.turningOff)
        }
        words += arguments
        tracing?(["git"] + words)
        var command = Command(executable, words, environment: environment)
        command.input = input.map { .bytes($0) } ?? .null
        command.inherited = inherited
        command.endsAtFifo = true
        return command
    }
}
