import Foundation
import Glibc
import Testing

/// A world of its own for one test: a directory with a home, git configuration and environment in it, and every process
/// started from it. All of it goes with the last reference; `GIT_POOL_KEEP_SCRATCH=1` keeps the directory.
final class Scratch {
    enum Input { case none, file(String), pipe }

    let path: String
    private(set) var environment: [String: String]
    private var processes: [Background] = []
    private var streams = 0
    private var sleeper: Background?

    init() throws {
        var template = Array("\(Scratch.temporaryDirectory)/git-pool-test.XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil, "cannot make a directory in \(Scratch.temporaryDirectory)")
        let made = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        path = try Scratch.realPath(made)
        let inherited = ProcessInfo.processInfo.environment
        environment = [
            "PATH": Scratch.binaryDirectory + ":" + (inherited["PATH"] ?? "/usr/bin:/bin"),
            "HOME": "\(path)/home",
            "XDG_CONFIG_HOME": "\(path)/home/.config",
            "XDG_DATA_HOME": "\(path)/home/.local/share",
            "XDG_STATE_HOME": "\(path)/home/.local/state",
            "XDG_CACHE_HOME": "\(path)/home/.cache",
            "XDG_RUNTIME_DIR": "\(path)/run",
            "TMPDIR": "\(path)/tmp",
            "GIT_CONFIG_GLOBAL": "\(path)/gitconfig",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_POOL_AUTO": "0",
            // Settings change all the time here: two and a half seconds would never pass.
            "GIT_POOL_SETTLED": "30",
            "LC_ALL": "C",
            "TZ": "UTC",
            "TERM": "dumb",
        ]
        // The last three are what a binary of '.ci/sanitize' is told.
        for name in ["LD_LIBRARY_PATH", "ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS"] {
            environment[name] = inherited[name]
        }
        for folder in ["home", "run", "tmp", ".streams"] { try directory(folder) }
        // Behind a commit git would prune, since 2.54, what a test puts among the worktrees.
        try write(
            "gitconfig",
            """
            [user]
            \tname = Pool Tester
            \temail = tester@example.com
            [init]
            \tdefaultBranch = main
            [maintenance]
            \tauto = false

            """)
    }

    /// From now on programs are looked for in this folder first.
    func findFirst(in folder: String) {
        environment["PATH"] = folder + ":" + (environment["PATH"] ?? "")
    }

    deinit {
        for process in processes { process.kill() }
        if ProcessInfo.processInfo.environment["GIT_POOL_KEEP_SCRATCH"] == "1" {
            print("kept \(path)")
        } else {
            Scratch.remove(path)
        }
    }

    // MARK: - Programs

    /// Starts a program that runs beside the test.
    func start(
        _ words: [String], in directory: String? = nil, env: [String: String?] = [:], input: Input = .none
    ) throws -> Background {
        streams += 1
        var variables = environment
        for (name, value) in env { variables[name] = value }
        let files = (out: "\(path)/.streams/\(streams).out", err: "\(path)/.streams/\(streams).err")
        let process = try Background(
            words, in: directory ?? path, environment: variables, input: input, files: files)
        processes.append(process)
        return process
    }

    /// Runs a program to its end; one that takes longer than `seconds` is killed and fails the test.
    @discardableResult
    func run(
        _ words: [String], in directory: String? = nil, env: [String: String?] = [:], input: String? = nil,
        seconds: Double = 60, at location: SourceLocation = #_sourceLocation
    ) throws -> Outcome {
        var source = Input.none
        if let input {
            streams += 1
            source = .file(try write(".streams/\(streams).in", input))
        }
        return try start(words, in: directory, env: env, input: source).wait(seconds, at: location)
    }

    /// Runs a line of `sh`, with `$1`, `$2`, … being `arguments`.
    @discardableResult
    func sh(
        _ script: String, _ arguments: String..., in directory: String? = nil, env: [String: String?] = [:],
        at location: SourceLocation = #_sourceLocation
    ) throws -> Outcome {
        try run(["sh", "-euc", script, "sh"] + arguments, in: directory, env: env, at: location)
    }

    /// Runs git and expects it to succeed: for what a test needs, not for what it tests.
    @discardableResult
    func git(
        _ arguments: String..., in directory: String? = nil, env: [String: String?] = [:],
        at location: SourceLocation = #_sourceLocation
    ) throws -> Outcome {
        try run(["git"] + arguments, in: directory, env: env, at: location).ok(at: location)
    }

    /// Runs `git pool`, whatever its status.
    func pool(
        _ arguments: String..., in directory: String? = nil, env: [String: String?] = [:], input: String? = nil,
        seconds: Double = 60, at location: SourceLocation = #_sourceLocation
    ) throws -> Outcome {
        try run(
            ["git", "pool"] + arguments, in: directory, env: env, input: input, seconds: seconds, at: location)
    }

    /// A process that lives until it is killed or the test is over: something to hold leases.
    func holder() throws -> Background { try start(["sleep", "900"]) }

    /// The pid, as text, of the one process that holds this test's leases unless it says otherwise.
    func holderPid() throws -> String {
        if let sleeper { return String(sleeper.pid) }
        let started = try holder()
        sleeper = started
        return String(started.pid)
    }

    // MARK: - Waiting

    /// Asks until the answer is yes; no after `seconds`.
    static func poll(_ seconds: Double, _ condition: () throws -> Bool) rethrows -> Bool {
        let end = DispatchTime.now().uptimeNanoseconds + UInt64(seconds * 1e9)
        var pause: useconds_t = 200
        while try !condition() {
            guard DispatchTime.now().uptimeNanoseconds < end else { return false }
            usleep(pause)
            pause = min(pause * 2, 10_000)
        }
        return true
    }

    /// Waits for a condition and ends the test when it does not come true in time.
    func until(
        _ what: String, within seconds: Double = 10, at location: SourceLocation = #_sourceLocation,
        _ condition: () throws -> Bool
    ) throws {
        try #require(try Scratch.poll(seconds, condition), "not in \(seconds) s: \(what)", sourceLocation: location)
    }
}
