internal import Git
internal import GitPool
internal import POSIX

/// Phrases that several messages share.
enum Words {
    static func holding(_ lease: LeaseSummary) -> String {
        let age = Duration(seconds: max(0, Clock.wall() - lease.leasedAt)).age
        switch lease.state {
        case .orphaned:
            return "its holder is gone, its work is kept (\(age)): \(lease.keptBecause.joined(separator: ", "))"
        case .expiring: return "released, kept for inspection (\(age))"
        case .releasing:
            return (["being released (\(age))"] + lease.keptBecause.prefix(1)).joined(separator: ", held up by ")
        case .warming, .idle, .leasing, .leased, .cleaning, .trash, .broken:
            guard let process = process(lease.holder) else { return "until '\(pool("done", lease.name))' (\(age))" }
            return "\(process), for \(age), in '\(lease.path)'"
        }
    }

    /// `bash (pid 12)`; nil for nobody.
    static func process(_ holder: Holder) -> String? {
        holder.pid.map { "\(holder.program ?? "process") (pid \($0))" }
    }

    /// A command of ours that can be typed as it stands: a name in it is one word, and runs nothing.
    static func pool(_ words: String...) -> String { "git pool " + ShellQuote.quote(words) }

    /// A command that somebody else wrote, on a line of its own: what could hide a part of it is shown as an escape.
    static func command(_ line: String) -> String { "  " + CQuote.quote(line) }

    static func include(_ notice: IncludeNotice) -> String {
        let more = notice.count > 1 ? " and \(notice.count - 1) more" : ""
        let files = "'\(notice.sample)'\(more)"
        return switch notice.reason {
        case .noMainWorktree: "no main worktree to include files from"
        case .notIgnored: "not included: \(files), which git does not ignore"
        case .obstructed: "not included: \(files), a link or no plain file on the way"
        case .repository: "not included: \(files), in a repository of its own"
        case .changedHere: "not included: \(files), which was changed in this worktree and stays as it is"
        case .unreadable: "not included: \(files), which cannot be copied"
        }
    }

    /// From the work of a lease whose session is gone, kept in its worktree, to a session of one's own.
    /// Nil for a lease that is somebody's.
    static func waysBack(to lease: LeaseSummary) -> [String]? {
        switch lease.state {
        case .orphaned, .expiring:
            [
                "go on with it:      " + pool("add", "--resume", lease.name),
                "save it and end it: " + pool("done", "--save", lease.name),
            ]
        case .warming, .idle, .leasing, .leased, .releasing, .cleaning, .trash, .broken: nil
        }
    }

    /// Below a table that shows some.
    static func orphans(_ slots: [Slot]) -> [String] {
        let names = slots.filter { $0.state == .orphaned }.compactMap { $0.lease?.name }
        guard let first = names.first else { return [] }
        let example = names.count == 1 ? pool("add", "--resume", first) : "git pool add --resume <name>"
        return ["'\(example)' goes on with what is orphaned"]
    }

    static func waysOn(_ name: String, _ risks: [Risk]) -> [String] {
        // Neither option passes over these. A process that only stands there is not among them: it merely delays the
        // recycling.
        if let first = risks.first(where: { !$0.isHeldBySave && !$0.isDiscardable && !$0.isProcess }) {
            var ways = ["neither '--save' nor '--discard' passes over \(first.summary)"]
            if first == .gitIsRunning { ways.append("if none is, 'git pool doctor --fix' takes the lock away") }
            if case .uninspectable(let what) = first, let hint = hint(what) { ways.append(hint) }
            return ways + ["see to it, then run '\(pool("done", name))' again"]
        }
        if risks.allSatisfy(\.isProcess) {
            return [
                "run '\(pool("done", name))' again when it has left, or",
                "end the lease now; its worktree stays until then: " + pool("done", "--save", name),
            ]
        }
        return [
            "commit it, or",
            "keep it for later: " + pool("done", "--save", name),
            "throw it away:     " + pool("done", "--discard", name),
        ]
    }

    /// Nil where nothing more is known than what could not be looked at.
    private static func hint(_ what: Uninspectable) -> String? {
        switch what {
        case .links, .worktree, .git: "'git pool doctor' may know more"
        case .fifo(_, let path): "remove '\(path)', or put a file in its place"
        case .processes, .mounts, .writers, .folder: nil
        }
    }

    static func reason(_ reason: PoolError.BadName) -> String {
        switch reason {
        case .empty: "it is empty"
        case .tooLong: "it is longer than 200 bytes"
        case .control: "it has a control character in it"
        case .notARef: "git takes no such branch name"
        }
    }

    static func reason(_ reason: HolderChoice.IgnoredVariable.Reason) -> String {
        switch reason {
        case .notAProcessID: "it is no process id"
        case .notAnAncestor: "it is no ancestor of this process"
        case .ended: "that process has ended"
        case .otherUser: "that process is another user's"
        }
    }

    static func reason(_ refusal: HolderChoice.Refusal) -> String {
        let chain = refusal.chain.joined(separator: " < ")
        return switch refusal.reason {
        case .nothingLasts: "nothing that lasts called it (\(chain))"
        case .sessionHost(_, let name): "'\(name)' hosts many sessions (\(chain))"
        case .initProcess: "only pid 1 is left above it (\(chain))"
        case .reusedDuringWalk, .vanishedDuringWalk: "its callers ended meanwhile (\(chain))"
        case .hidden(let pid, _): "pid \(pid) above it cannot be looked at"
        case .invalidPID: "that is no process id"
        case .noSuchProcess: "there is no such process"
        case .ended: "that process has ended"
        case .otherUser: "that process is another user's"
        case .noBootID: "this system does not say which boot it is in"
        }
    }

    /// git's own words without its own prefix, or which command failed if it said nothing.
    static func gitMessage(_ failure: GitError.Failure) -> String {
        var text = failure.message[...]
        for prefix in ["fatal: ", "error: "] where text.hasPrefix(prefix) { text = text.dropFirst(prefix.count) }
        while text.last?.isNewline == true { text = text.dropLast() }
        if text.isEmpty { return "git \(failure.arguments.joined(separator: " ")) failed" }
        return String(text)
    }
}
