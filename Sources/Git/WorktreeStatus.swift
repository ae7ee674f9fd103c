package import POSIX

/// One look at what a worktree holds beside its commit: `git status --porcelain=v2 -z`, parsed strictly.
package struct WorktreeStatus: Sendable {
    package struct Entry: Sendable {
        package enum Kind: Sendable { case changed, unmerged, untracked }

        package let kind: Kind
        /// Index and worktree letters, such as `.M`; `??` for an untracked one.
        package let letters: String
        /// Four characters of a submodule's state, `N...` for anything else (git-status(1)).
        package let submodule: String
        /// Bytes as git has them; an untracked folder ends in `/`.
        package let path: [UInt8]

        package var isSubmodule: Bool { submodule.first == "S" }
        package var isIntentToAdd: Bool { letters.last == "A" && letters.first == "." }
        /// Whether its path holds something else now, or nothing.
        package var isGone: Bool { letters.contains("D") || letters.contains("T") }
        package var text: String { String(decoding: path, as: UTF8.self) }
    }

    package let entries: [Entry]
    /// git's own words, from which the entries are.
    package let answer: [UInt8]

    package enum Untracked: String, Sendable { case normal, all }

    /// - Throws: `GitError`; anything on stderr is an error too, because git goes on after a folder it cannot read.
    package init(of git: Git, untracked: Untracked = .normal) throws(GitError) {
        self = try Look(of: git, untracked: untracked).finish()
    }

    /// A look that has begun, and goes on while its asker does something else.
    package struct Look: ~Copyable {
        private let git: Git
        private let question: [String]
        private var child: Child

        package init(of git: Git, untracked: Untracked = .normal) throws(GitError) {
            self.git = git.withoutTracesOnStandardError
            question = WorktreeStatus.question(git, untracked)
            child = try self.git.start(question)
        }

        package consuming func finish() throws(GitError) -> WorktreeStatus {
            var outcome: Outcome
            do { outcome = try child.finish() } catch { throw GitError(error) }
            if !WorktreeStatus.isWhole(outcome) {
                // On a full or read-only disk git cannot write down what it refreshed; it can still tell.
                outcome = try git.with(["GIT_OPTIONAL_LOCKS": "0"]).attempt(question)
            }
            guard let status = WorktreeStatus(answer: outcome) else { throw git.failure(question, outcome) }
            return status
        }
    }

    /// Nil for an answer that is not whole.
    package init?(answer: Outcome) {
        guard WorktreeStatus.isWhole(answer), let entries = WorktreeStatus.parse(answer.output) else {
            return nil
        }
        self.entries = entries
        self.answer = answer.output
    }

    /// Complaints about settings and about lines of `.gitattributes` come with every answer, and take nothing from it.
    private static func isWhole(_ answer: Outcome) -> Bool {
        answer.isSuccess
            && Text.lines(answer.error).allSatisfy { line in
                line.contains(" is not a valid attribute name: ")
                    || [
                        "warning: core.fsyncObjectFiles is deprecated; use core.fsync instead",
                        "warning: Negative patterns are ignored in git attributes",
                        "Use '\\!' for literal leading exclamation.",
                    ].contains(line)
            }
    }

    /// The command, for who runs several at once.
    package static func command(_ git: Git) -> Command {
        let quiet = git.with(["GIT_OPTIONAL_LOCKS": "0"]).withoutTracesOnStandardError
        return quiet.command(question(git, .normal))
    }

    private static func question(_ git: Git, _ untracked: Untracked) -> [String] {
        [
            // Advice would be taken for something that could not be looked at.
            "-c", "advice.graftFileDeprecated=false", "-c", "core.untrackedCache=false", "-c",
            "core.checkStat=default", "-c", "core.trustctime=true",
        ] + (tellsCaseApart(git) ? ["-c", "core.ignoreCase=false"] : []) + [
            "status", "--porcelain=v2", "-z", "--no-renames",
            "--ignore-submodules=" + (git.skipsSubmodules ? "all" : "none"),
            "--untracked-files=" + untracked.rawValue,
        ]
    }

    /// Told by the worktree's `.git` file, as git does when it makes a repository: one that was copied from another system
    /// may have a `core.ignoreCase` with which git overlooks a file beside another of nearly its name.
    private static func tellsCaseApart(_ git: Git) -> Bool {
        guard case .exactly(_, let tree) = git.place, Files.exists(Path.join(tree, ".git")) else { return false }
        return !Files.exists(Path.join(tree, ".GIT"))
    }

    /// Nil for a line this version of the format does not have.
    static func parse(_ bytes: [UInt8]) -> [Entry]? {
        var entries: [Entry] = []
        for record in Text.records(bytes) {
            guard let first = record.first else { return nil }
            switch first {
            case UInt8(ascii: "#"), UInt8(ascii: "!"): continue
            case UInt8(ascii: "?"):
                guard record.count > 2 else { return nil }
                entries.append(
                    Entry(kind: .untracked, letters: "??", submodule: "N...", path: Array(record.dropFirst(2))))
            case UInt8(ascii: "1"), UInt8(ascii: "u"):
                let isUnmerged = first == UInt8(ascii: "u")
                // "1 XY sub mH mI mW hH hI path" and "u XY sub m1 m2 m3 mW h1 h2 h3 path"
                let fields = record.split(
                    separator: UInt8(ascii: " "), maxSplits: isUnmerged ? 10 : 8, omittingEmptySubsequences: false)
                guard fields.count == (isUnmerged ? 11 : 9), let path = fields.last, !path.isEmpty else {
                    return nil
                }
                entries.append(
                    Entry(
                        kind: isUnmerged ? .unmerged : .changed, letters: String(decoding: fields[1], as: UTF8.self),
                        submodule: String(decoding: fields[2], as: UTF8.self), path: Array(path)))
            default: return nil
            }
        }
        return entries
    }
}
