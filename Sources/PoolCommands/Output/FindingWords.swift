internal import Git
internal import GitPool
internal import POSIX

/// A finding in words: what is so, what it does, and the command or step that helps; none of them runs by itself.
struct FindingWords {
    /// Stable, for scripts.
    let kind: String
    let message: String
    var effect: String?
    var remedy: String?
    var slot: Int?
    var path: String?

    private init(_ kind: String, _ message: String, effect: String? = nil, remedy: String? = nil) {
        self.kind = kind
        self.message = message
        self.effect = effect
        self.remedy = remedy
    }

    init(_ finding: Finding) {
        switch finding {
        case .oldGit(let version):
            self.init(
                "oldGit", "git \(version) is older than \(GitVersion.oldest.text)",
                effect: "git-pool relies on what \(GitVersion.oldest.text) brought",
                remedy: "install a newer git")
        case .unreadableRecord(let slot, let path):
            self.init(
                "unreadableRecord", "the record of slot \(slot) cannot be read: '\(path)'",
                effect: "the slot is kept as it is, and nobody can lease it",
                remedy: "git pool doctor --fix, or the newer git-pool that wrote it")
            (self.slot, self.path) = (slot, path)
        case .severalRecords(let slot, let paths):
            self.init(
                "severalRecords", "slot \(slot) has more than one record: '\(paths.joined(separator: "', '"))'",
                effect: "the slot is kept as it is, and nobody can lease it",
                remedy: "git pool doctor --fix; if they contradict, move the one away that does not fit the worktree")
            (self.slot, self.path) = (slot, paths.first)
        case .missingTree(let slot, let path, nil):
            self.init(
                "missingTree", "the worktree of slot \(slot) is gone: '\(path)'",
                remedy:
                    "if it was moved: git worktree repair <its new path>; if it is gone: \(FindingWords.fix), or, to end a lease, git pool done: its commits stay"
            )
            (self.slot, self.path) = (slot, path)
        case .missingTree(let slot, let path, let mount?):
            self.init(
                "missingTree", "the worktree of slot \(slot) is away, as '\(mount)' is not mounted: '\(path)'",
                effect: "it is kept as it is",
                remedy:
                    "mount it; if it is gone for good, git pool done --discard ends a lease, and git worktree prune forgets the others"
            )
            (self.slot, self.path) = (slot, path)
        case .brokenLink(let slot, let path, let fault): self = FindingWords.link(slot, path, fault)
        case .brokenSlot(let slot, let path, let reasons):
            let why = reasons.isEmpty ? "" : ": " + reasons.joined(separator: ", ")
            self.init(
                "brokenSlot", "slot \(slot) is set aside\(why)", effect: "it is kept as it is, and nobody can lease it",
                remedy: "look into '\(path)', and move out what you need")
            (self.slot, self.path) = (slot, path)
        case .sharedName(let name, let slots):
            let numbers = slots.map(String.init).joined(separator: ", ")
            self.init(
                "sharedName", "'\(name)' is the name of more than one lease: slots \(numbers)",
                effect: "a command that names it means the first", remedy: "name the others by their paths")
        case .unlocked(let slot, let path):
            self.init(
                "unlocked", "the worktree of slot \(slot) is leased but not locked: '\(path)'",
                effect: "'git worktree remove' and 'prune' may take it",
                remedy: FindingWords.fix)
            (self.slot, self.path) = (slot, path)
        case .unfinished(let slot, let path, let state):
            self.init(
                "unfinished", "slot \(slot) was left half way: \(FindingWords.step(state))", remedy: "git pool gc")
            (self.slot, self.path) = (slot, path)
        case .unknownHolder(let slot, let name, let doubt):
            self.init(
                "unknownHolder", "nobody can tell whether the holder of '\(name)' lives: \(FindingWords.reason(doubt))",
                effect: "the lease stays until it is ended by hand", remedy: Words.pool("done", name))
            self.slot = slot
        case .leftover(let path, let kind):
            self.init(
                "leftover", "\(FindingWords.what(kind)) is left over: '\(path)'", remedy: FindingWords.remedy(kind))
            self.path = path
        case .halfMade(let path, let fault, let slot):
            self = FindingWords.halfMade(path, fault, isOurs: slot != nil)
            (self.slot, self.path) = (slot, path)
        case .movedRoot(let path, let owner, let fault):
            self = FindingWords.movedRoot(path, owner, fault)
            self.path = path
        case .copied(let first, let slots):
            let what = slots.isEmpty ? "" : ": slots \(slots.map(String.init).joined(separator: ", ")) are its"
            self.init(
                "copied", "this repository is a copy of '\(first)'\(what)",
                effect: "what is recorded here of slots is about that repository's",
                remedy: "\(FindingWords.fix), or any other command here: its records are moved aside")
            self.path = first
        case .movedSlots(let path, let from):
            self.init(
                "movedSlots", "slots that were in '\(from)' are in '\(path)' now",
                effect: "git and git-pool look for them where they were",
                remedy: "\(FindingWords.fix), or move the folder back")
            self.path = path
        case .strayTree(let slot, let path):
            self.init(
                "strayTree", "a worktree of the pool has no record: '\(path)'", effect: "nobody can lease or end it",
                remedy: FindingWords.fix)
            (self.slot, self.path) = (slot, path)
        case .gitLock(let path, let owner, let slot):
            self = FindingWords.gitLock(path, owner, isOurs: slot != nil || path.contains("/refs/pool/"))
            (self.slot, self.path) = (slot, path)
        case .brokenRef(let ref):
            self.init(
                "brokenRef", "'\(ref)' leads to no object",
                effect: "git gc and fsck may fail, and gc will drop what was saved there",
                remedy: "\(FindingWords.fix), which looks for its commit")
        case .orphanedBranch(let branch, let tip):
            self.init(
                "orphanedBranch", "branch '\(branch)' was made for a lease that is gone, and has no commit of its own",
                remedy:
                    "unless it was kept by intent: git update-ref -d \(ShellQuote.quote(RefName.branch(branch))) \(tip)"
            )
        case .locksFail(let path, let fault):
            let reason =
                switch fault {
                case .shared: "two processes get the same lock"
                case .failed(let error): error.reason
                }
            self.init(
                "locksFail", "file locks do not work in '\(path)': \(reason)",
                effect: "two sessions may get the same worktree", remedy: "put the repository on a local file system")
            self.path = path
        case .sharedFileSystem(let path, let type):
            self.init(
                "sharedFileSystem", "'\(path)' is on \(type)",
                effect: "locks may not reach processes on other machines",
                remedy: "use the pool from one machine at a time")
            self.path = path
        case .lowSpace(let path, let bytes):
            self.init(
                "lowSpace", "only \(FindingWords.size(bytes)) are free where '\(path)' is",
                remedy: "git pool gc, or free some")
            self.path = path
        case .sharedCache(let tool, let path, let variable, let cost):
            self = FindingWords.sharedCache(tool, path, variable, cost)
            self.path = path
        case .unknownCache(let tool):
            self.init(
                "unknownCache", "nothing is known of the cache of '\(tool)'", effect: "its settings have no effect",
                remedy: "git config pool.cache.\(tool).env <variable>, or correct its name")
        case .mirror(let remote):
            let key = ShellQuote.quote("remote.\(remote).fetch")
            self.init(
                "mirror", "this repository is a mirror of '\(remote)'",
                effect: "'git fetch --prune' deletes its saves, and the branches of leases",
                remedy: "git config --add \(key) '^refs/pool/*' keeps the saves")
        }
    }

    init(kind: String, _ message: String, _ effect: String, _ remedy: String) {
        self.init(kind, message, effect: effect, remedy: remedy)
    }

    static let fix = "git pool doctor --fix"

    static func size(_ bytes: Int64) -> String { Size(bytes: bytes).description }
}
