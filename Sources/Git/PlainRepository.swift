internal import POSIX

/// A repository of the most common shape, read from its files as git would find it; for any other shape there is none,
/// and git is asked. It saves nearly every command a child process (measured: 1.0 of 9.3 ms of a warm `add`).
///
/// The shape: a `.git` folder, or a linked worktree of one, on one file system, owned by the caller (`safe.directory`
/// concerns other owners only), with refs in files, and no environment variable that guides git's search (git(1), "The
/// Git Repository").
struct PlainRepository {
    let workTree: String
    let gitDirectory: String
    let commonDirectory: String
    private let head: AdminDirectory.Head

    /// Variables that change where git looks.
    private static let guides = [
        "GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    ]

    init?(above directory: String, environment: [String: String]) {
        guard PlainRepository.guides.allSatisfy({ environment[$0] == nil }),
            var place = try? Files.realPath(directory), let device = (try? Files.status(place))?.device
        else { return nil }
        while true {
            guard let status = try? Files.status(place), status.device == device else { return nil }
            // A bare repository or the inside of a git dir, which git recognises by these.
            if Files.exists(Path.join(place, "HEAD")) { return nil }
            let entry = Path.join(place, ".git")
            if Files.exists(entry) {
                guard status.isOurs, let found = PlainRepository(at: place, entry) else { return nil }
                self = found
                return
            }
            guard let parent = Path.parent(place) else { return nil }
            place = parent
        }
    }

    private init?(at place: String, _ entry: String) {
        guard let status = try? Files.status(entry), status.isOurs else { return nil }
        switch status.kind {
        case .directory:
            guard !Files.exists(Path.join(entry, "commondir")) else { return nil }
            (gitDirectory, commonDirectory) = (entry, entry)
        case .file:
            guard let named = AdminDirectory.named(byTree: place), let own = try? Files.realPath(named.path),
                let shared = AdminDirectory(own).firstLine("commondir"),
                let common = try? Files.realPath(Path.join(own, shared)),
                (try? Files.status(own))?.isOurs == true
            else { return nil }
            (gitDirectory, commonDirectory) = (own, common)
        case .link, .other: return nil
        }
        guard Files.isDirectory(Path.join(commonDirectory, "objects")),
            Files.isDirectory(Path.join(commonDirectory, "refs")),
            (try? Files.status(Path.join(gitDirectory, "HEAD")))?.kind == .file,
            let head = AdminDirectory(gitDirectory).head
        else { return nil }
        self.head = head
        workTree = place
    }

    /// `sha1` or `sha256`; nil where the configuration has something that this type does not know.
    func objectFormat(_ configuration: Configuration) -> String? {
        guard ["0", "1"].contains(configuration.string("core.repositoryformatversion")),
            configuration.string("core.bare")?.lowercased() == "false", configuration.string("core.worktree") == nil
        else { return nil }
        let known = ["extensions.objectformat", "extensions.worktreeconfig", "extensions.partialclone"]
        guard configuration.keys.allSatisfy({ !$0.hasPrefix("extensions.") || known.contains($0) }) else { return nil }
        guard let format = configuration.string("extensions.objectformat") else { return "sha1" }
        // git itself refuses it in a repository of the first version.
        guard configuration.string("core.repositoryformatversion") == "1" else { return nil }
        return format == "sha1" || format == "sha256" ? format : nil
    }

    /// HEAD's commit and full name; nil where it takes more than one file to know.
    func tip(_ format: String) -> (commit: String, name: String)? {
        let tip: (commit: String, name: String)
        switch head {
        case .detached(let id): tip = (id, "HEAD")
        case .branch(let ref):
            guard RefName.shortBranch(ref) != nil, let id = RefFiles.id(of: ref, in: commonDirectory) else {
                return nil
            }
            tip = (id, ref)
        }
        return tip.commit.utf8.count == (format == "sha256" ? 64 : 40) ? tip : nil
    }
}
