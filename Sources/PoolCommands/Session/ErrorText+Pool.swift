internal import Git
internal import GitPool
internal import POSIX

/// What git-pool itself refuses, or could not do: each error with a way on.
extension ErrorText {
    static func of(_ error: PoolError) -> ErrorText {
        switch error {
        case .noRepository(let directory, let depth):
            ErrorText(
                128,
                .fatal(
                    "not a git repository (nor any of the parent directories, nor one \(depth) levels below): '\(directory)'"
                ),
                .hint("run it inside a repository, or name one: git -C <path> pool ..."))
        case .severalRepositories(let directory, let found):
            ErrorText(
                128, Diagnostic(.fatal, ["more than one repository below '\(directory)':"] + found.map { "  " + $0 }),
                .hint("choose one: git -C <path> pool ..."))
        case .badName(let name, let reason):
            ErrorText(
                129, .fatal("'\(name)' is not a name for a lease: \(Words.reason(reason))"),
                .hint("leave it out, and one is made up; 'git check-ref-format --help' has the rules"))
        case .nameHeld(let name, let lease):
            ErrorText(
                6, .error("'\(name)' is held: \(Words.holding(lease))"),
                .hint("take it over with '\(Words.pool("add", "--resume", name))', or make another with '--unique'"))
        case .branchExists(let branch, let place?):
            ErrorText(
                6, .error("branch '\(branch)' is checked out at '\(place)'"),
                .hint("choose another branch with '-b <branch>'"))
        case .branchExists(let branch, nil):
            ErrorText(
                6, .error("a branch named '\(branch)' exists"),
                .hint(
                    "lease it as it is with '\(Words.pool("add", "-b", branch, branch))', or choose another name"
                ))
        case .branchClash(let branch, let existing):
            ErrorText(
                6,
                .error(
                    "branch '\(branch)' cannot be made: branch '\(existing)' exists, and one name cannot be a folder of the other"
                ),
                .hint("choose another name, or another branch with '-b <branch>'"))
        case .badStart(let name):
            ErrorText(
                128, .fatal("'\(name)' is not a commit"),
                .hint("name a branch, a tag or a commit: '--from <commit-ish>'"))
        case .noCommit:
            ErrorText(
                128, .fatal("HEAD has no commit yet"), .hint("make a first commit, or name a start with '--from'"))
        case .othersPool(let path, let owner):
            ErrorText(
                128,
                .fatal("'\(path)' belongs to another user (uid \(owner)), who could not read what you write"),
                .hint("run git pool as that user, or in a clone of your own, which has a pool of its own;"),
                .hint("or, if it was made by mistake, as with sudo, make all of it yours with 'chown -R'"))
        case .oldGit(let version):
            ErrorText(
                128, .fatal("git \(version.text) is too old: git-pool needs \(GitVersion.oldest.text) or later"),
                .hint("install a newer git, or put one first on PATH"))
        case .poolFull(let limit, let group, let leases):
            ErrorText.full(group.map { "group '\($0)'" } ?? "the pool", limit, leases, status: 4)
        case .waitTimedOut(let limit, let leases):
            ErrorText.full("the wait is over and the pool", limit, leases, status: 3)
        case .exclusiveHeld(let lease):
            ErrorText(
                5, .error("'\(lease.name)' started from the same commit: \(Words.holding(lease))"),
                .hint("wait until it is done, or drop '--exclusive'"))
        case .unknownGroup(let group, let known):
            ErrorText(
                129, .error("unknown group '\(group)'"),
                .hint(
                    known.isEmpty
                        ? "make one with 'git config \(ShellQuote.quote("pool.group.\(group).max")) <n>'"
                        : "groups: " + known.joined(separator: ", ")))
        case .unknownLease(let name, let known):
            ErrorText.unknown("no lease named '\(name)'", name, known, "git pool list")
        case .unknownSave(let name, _, let lease?):
            ErrorText(
                1, .error("nothing is saved of '\(name)': \(Words.holding(lease))"),
                Diagnostic(.hint, Words.waysBack(to: lease) ?? ["its work is in '\(lease.path)'"]))
        case .unknownSave(let name, let known, nil):
            ErrorText.unknown("nothing is saved of '\(name)'", name, known, "git pool list --saved")
        case .ambiguousSave(let name, let counted):
            ErrorText(
                1, .error("'\(name)' is saved under that name, and one of several saves under another"),
                .hint("name the newest of its own with '\(name)@1', or the other by its ref: \(counted)"))
        case .notALease(let path):
            ErrorText(
                1, .error("'\(path)' is in no worktree of the pool"), .hint("name a lease; 'git pool list' shows them"))
        case .poolTooLarge(let used, let needed, let most):
            ErrorText(
                9,
                .error(
                    "no room for another worktree: the pool takes \(Size(bytes: used)) of \(Size(bytes: most)), and one more \(Size(bytes: needed))"
                ),
                .hint("end a lease with 'git pool done', or raise 'pool.maxDisk'"))
        case .rootAway(let path, let mount):
            ErrorText(
                128, .fatal("'\(mount)' is not mounted: slots of this pool are below it, in '\(path)'"),
                .hint("mount it, or name another folder: git config pool.root <folder>"))
        case .diskLow(let folder, let free, let needed, let kept):
            ErrorText(
                9,
                .error(
                    "no room for another worktree in '\(folder)': it takes \(Size(bytes: needed)) of \(Size(bytes: free)), and \(Size(bytes: kept)) are to stay free"
                ),
                .hint("end a lease with 'git pool done', or lower 'pool.minFree'"))
        case .locked(let what, let holder):
            ErrorText(
                3, .error("\(Words.what(what)) is locked by \(holder)"),
                .hint("nothing was changed; try again when it has ended"))
        case .atRisk(let name, let path, let risks):
            ErrorText(
                7,
                Diagnostic(
                    .error,
                    ["'\(name)' \(risks.allSatisfy(\.isProcess) ? "is in use" : "holds work that would be lost"):"]
                        + risks.map { "  " + $0.summary } + ["  in '\(path)'"]),
                Diagnostic(.hint, Words.waysOn(name, risks)))
        case .cannotSave(let name, let reasons):
            ErrorText(
                7, Diagnostic(.error, ["'\(name)' holds what a save cannot:"] + reasons.map { "  " + $0.summary }),
                .hint("see to it by hand, then run '\(Words.pool("done", name))' again"))
        case .noHolder(let refusal):
            ErrorText(
                128, .fatal("no process could hold the lease: \(Words.reason(refusal))"),
                .hint(
                    "name one with '--pid <pid>'", "or run the work under it: git pool run -- <command>",
                    "or end it by hand: '--no-holder'"))
        case .broken(let name, let reason):
            ErrorText(8, .error("'\(name)' is broken: \(Words.reason(reason))"), .hint("see 'git pool doctor'"))
        case .recordTooLong(let name):
            ErrorText(
                128, .fatal("more is to be noted of '\(name)' than a record takes"),
                .hint("claim folders instead of files, or say less with '--note' and '--session'"))
        case .cannotAdopt(let path, let reason):
            ErrorText(
                1, .error("cannot adopt '\(path)': \(Words.reason(reason))"),
                .hint("'git worktree list' shows what could be adopted")
            )
        case .noSubmodule(let path, let reason):
            ErrorText(
                128, .fatal("no submodule '\(path)': \(Words.reason(reason))"),
                .hint(
                    "leave it out:   git config --add pool.submodule.exclude \(ShellQuote.quote(path))",
                    "leave all out:  git config pool.submodule.mode none"))
        case .limitsUnavailable(let shortfalls):
            ErrorText(
                128, Diagnostic(.fatal, shortfalls.map(LimitWords.shortfall)),
                .hint("'--best-effort' goes on without; nothing was changed"))
        case .restoreBlocked(let reason):
            ErrorText(
                7, .error("cannot restore here: \(Words.reason(reason))"),
                .hint("restore into a worktree of its own: leave '--here' out"))
        case .claimHeld(let claim, let held, let lease):
            ErrorText(
                6, .error("'\(claim)' is claimed by '\(lease.name)' ('\(held)'): \(Words.holding(lease))"),
                .hint("change something else first, or wait: the claim ends with the lease"))
        case .cannotLand(let name, let refusal):
            ErrorText.of(LandWords.error(name, refusal))
        case .untrusted(let path, let commands):
            ErrorText(
                1,
                Diagnostic(
                    .error, ["'\(path)' names commands that nobody agreed to run:"] + commands.map(Words.command)),
                .hint(
                    "agree to them with 'git pool trust', or set your own with 'git config';",
                    "an empty value, such as 'git config pool.setup \"\"', runs none"))
        case .setupFailed(let command, let status):
            ErrorText(
                1, .error("set-up command '\(command)' failed with status \(status)"),
                .hint("nothing was leased; what it left behind was cleaned or saved"))
        case .hookFailed(let hook, let status):
            ErrorText(
                1, .error("hook '\(hook)' refused with status \(status)"),
                .hint("mend what it complains of, or the hook, then run the command again"))
        case .interrupted(let signal):
            ErrorText(128 + signal, .error("interrupted by signal \(signal)"))
        }
    }

    private static func of(_ words: (status: Int32, lines: [String], hints: [String])) -> ErrorText {
        ErrorText(words.status, Diagnostic(.error, words.lines), Diagnostic(.hint, words.hints))
    }

    private static func full(_ what: String, _ limit: Int, _ leases: [LeaseSummary], status: Int32) -> ErrorText {
        let rows = leases.map { "  \($0.name): \(Words.holding($0))" }
        // What is being released is free as soon as nothing holds it up.
        let held = leases.filter { $0.state != .releasing }
        let first = held.first { $0.state != .leased } ?? held.first
        let way =
            first.map { "'\(Words.pool("done", $0.name))' would free one; '--wait' waits for one" }
            ?? (leases.isEmpty ? "raise it with 'git config pool.max <n>'" : "'--wait' waits for one")
        return ErrorText(status, Diagnostic(.error, ["\(what) is full (\(limit) of \(limit)):"] + rows), .hint(way))
    }

    /// - Parameter list: the command that shows what is known.
    private static func unknown(_ text: String, _ name: String, _ known: [String], _ list: String) -> ErrorText {
        let close = Similarity.closest(to: name, among: known)
        let error = Diagnostic.error(text)
        guard !close.isEmpty else { return ErrorText(1, error, .hint("'\(list)' shows what there is")) }
        return ErrorText(1, error, .hint("did you mean '\(close.joined(separator: "' or '"))'?"))
    }
}
