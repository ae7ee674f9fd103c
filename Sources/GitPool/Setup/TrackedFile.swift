package import Git
internal import POSIX

/// `.gitpool` at the top of the main worktree: data that came with the repository. It gives defaults for keys that run
/// nothing and lead nowhere else; commands in it are used only once `git pool trust` has agreed to exactly these.
package struct TrackedFile: Sendable {
    package static let name = ".gitpool"
    package static let limit = 65536

    /// Nil where there is none.
    package let path: String?
    /// The commands in it, by key.
    package let commands: [TrackedCommand]
    /// Those nobody agreed to, and that no configuration of the user's own stands for.
    package internal(set) var pending: [TrackedCommand] = []
    /// Keys in it that no tracked file may set.
    package let ignored: [String]
    /// Why nothing of it is used.
    package internal(set) var problem: Problem?
    let defaults: Configuration

    package enum Problem: Sendable {
        case noPlainFile
        case unreadable
        /// What git said, on one line.
        case malformed(String)
        case badValue(ConfigurationError)
    }

    package static let none = TrackedFile(path: nil, problem: nil)

    private init(path: String?, problem: Problem?) {
        self.path = path
        self.problem = problem
        (commands, ignored, defaults) = ([], [], Configuration(parsing: []))
    }

    /// Costs a look for the file, and a child only where there is one.
    ///
    /// The file is the main worktree's as it stands there, never a leased one's: no session changes the settings of the
    /// others, and a repository without a main worktree has none.
    package init(of repository: Repository, _ configuration: Configuration) {
        let tree = Worktrees(of: repository).mainTree(configured: configuration.string("core.worktree"))
        guard let path = tree.map({ Path.join($0, TrackedFile.name) }), let status = try? Files.status(path) else {
            self = .none
            return
        }
        guard status.kind == .file else {
            self.init(path: path, problem: .noPlainFile)
            return
        }
        guard status.size <= TrackedFile.limit, let text = try? Files.read(path, limit: TrackedFile.limit) else {
            self.init(path: path, problem: .unreadable)
            return
        }
        do {
            self.init(path: path, try Configuration(text: text, keys: "^pool\\.", repository.git))
        } catch {
            self.init(path: path, problem: .malformed(TrackedFile.line(error)))
        }
    }

    private init(path: String, _ content: Configuration) {
        self.path = path
        defaults = content
        commands = TrackedCommand.Key.allCases.compactMap { key in
            let lines = content.strings("pool." + key.rawValue)
            return lines.isEmpty ? nil : TrackedCommand(key: key, lines: lines)
        }
        ignored = content.keys.filter { key in
            !TrackedFile.mayDefault(key) && !TrackedCommand.Key.allCases.contains { "pool." + $0.rawValue == key }
        }.sorted()
        problem = nil
    }

    /// The keys of which a value from anybody can do no harm: nothing runs by it, no path or variable is named by it,
    /// no save ends sooner, and who holds a lease is not decided by it.
    static func mayDefault(_ key: String) -> Bool {
        let name = key.dropFirst("pool.".count)
        switch name {
        case "max", "warm", "strategy", "base", "branchtemplate", "exclusive", "recycle", "include", "lockfiles",
            "ttl", "orphanttl", "idletimeout", "maxage", "keepdone", "keepfailed", "fetchinterval", "minfree",
            "maxdisk", "portbase", "portcount", "storage", "submodule.mode", "submodule.exclude", "land.strategy",
            "limit.memory", "limit.cpu", "limit.disk", "limit.time":
            return true
        default:
            return (name.hasPrefix("group.") && name.hasSuffix(".max"))
                || (name.hasPrefix("cache.") && name.hasSuffix(".mode"))
        }
    }

    /// git's words, on one line and without its prefix.
    private static func line(_ error: GitError) -> String {
        let text = error.message.split(whereSeparator: \.isNewline).first.map { String($0) } ?? "git cannot read it"
        return text.hasPrefix("fatal: ") ? String(text.dropFirst(7)) : text
    }
}

/// What one key of a tracked file would run, in its order.
package struct TrackedCommand: Sendable, Equatable {
    package enum Key: String, Sendable, CaseIterable {
        case setup
        case landTest = "land.test"
    }

    package let key: Key
    package let lines: [String]
}
