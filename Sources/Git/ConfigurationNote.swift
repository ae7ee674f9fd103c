internal import POSIX

/// git's last answer about the configuration, believed only while every file that git would read for it is unchanged.
/// It saves nearly every command a child process (measured: 2.4 of 10 ms of a warm `add`).
///
/// The list of those files is known only for the most common setup (git-config(1), "FILES" and "ENVIRONMENT"): no
/// includes, no per-worktree file, no `git -c`. For any other setup no note is kept, and git is asked.
struct ConfigurationNote {
    private let path: String
    private let files: [String]
    /// Everything the answer depends on. A note that does not begin with it is of another time, or another caller's.
    private let head: [UInt8]
    private let isSettled: Bool

    /// Seconds for which a note is believed: a git that was built to look for the system's file at a place of its own is
    /// heard sooner or later.
    private static let age: Int64 = 3600

    /// Nil where it cannot be told from outside which files git reads.
    init?(at name: String, in commonDirectory: String, _ git: Git) {
        guard let program = git.program, let shared = ConfigurationNote.shared(git),
            shared.allSatisfy(Path.isAbsolute)
        else { return nil }
        path = Path.join(commonDirectory, name)
        files = shared + [Path.join(commonDirectory, "config")]
        // A change that comes after the look has a later stamp, whatever the disk counts in (two seconds at the worst, FAT).
        let patience = git.environment["GIT_POOL_SETTLED"].flatMap { Int64($0) } ?? 2500
        var isSettled = true
        var text = "git-pool-configuration 1\n\(program)"
        for word in Configuration.question { text += " " + word }
        text += "\n"
        for file in files {
            guard let mark = ConfigurationNote.mark(of: file), !file.utf8.contains(0x0A) else { return nil }
            if let mark, !mark.isOlder(thanMilliseconds: patience) { isSettled = false }
            text += (mark?.text ?? "-") + " " + file + "\n"
        }
        head = Array((text + "\n").utf8)
        self.isSettled = isSettled
    }

    /// Files that more than this repository shares, whether they exist or not.
    private static func shared(_ git: Git) -> [String]? {
        let own = ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"]
        let environment = git.environment
        guard environment.keys.allSatisfy({ !$0.hasPrefix("GIT_CONFIG") || own.contains($0) }) else { return nil }
        var files: [String] = []
        if let flag = environment["GIT_CONFIG_NOSYSTEM"] {
            guard ["1", "true", "yes", "on"].contains(flag) else { return nil }
        } else if let file = environment["GIT_CONFIG_SYSTEM"] {
            files.append(file)
        } else {
            files += git.systemFolders.map { Path.join($0, "gitconfig") }
        }
        if let file = environment["GIT_CONFIG_GLOBAL"] { return files + [file] }
        guard let home = environment["HOME"], !home.isEmpty else { return nil }
        return files + [Path.join(Git.userFolder(environment, home: home), "config"), Path.join(home, ".gitconfig")]
    }

    /// The inner nil is no file there, the outer one a place that cannot be looked into.
    private static func mark(of file: String) -> FileMark?? {
        do { return .some(try FileMark(opening: file)) } catch { return error.isNotFound ? .some(nil) : nil }
    }

    /// What was kept; nil if nothing was, or something has changed since.
    func kept() -> Configuration? {
        guard let bytes = try? Files.read(path, limit: 1 << 20), let line = bytes.firstIndex(of: 0x0A) else {
            return nil
        }
        let words = Text.line(Array(bytes[..<line])).split(separator: " ").map(String.init)
        let rest = bytes[(line + 1)...]
        guard words.count == 2, let noted = Int64(words[1]), rest.starts(with: head),
            case let now = Clock.wall(), noted <= now, noted > now - ConfigurationNote.age,
            words[0] == Fingerprint(rest.span).text
        else { return nil }
        return Configuration(answer: Array(rest.dropFirst(head.count)))
    }

    /// Keeps git's answer for the next command, if the files explain it and none was touched just now. That it cannot be
    /// written is no harm.
    func keep(_ answer: [UInt8]) {
        guard isSettled, Configuration.isExplained(answer, by: files) else { return }
        let rest = head + answer
        try? Files.replace(path, Array("\(Fingerprint(rest.span).text) \(Clock.wall())\n".utf8) + rest)
    }
}
