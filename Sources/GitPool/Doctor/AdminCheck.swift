internal import Git
internal import POSIX

/// What `doctor` looks for under `.git/worktrees/`, whoever made it. It reads files, because some of these faults make
/// git's own commands fail.
extension Pool {
    func adminFindings() -> [Finding] {
        let admins = Worktrees(of: repository).adminDirectories().filter { Files.isDirectory($0.path) }
        let slots = (try? peek()) ?? []
        let unknown = unknownHeads(admins)
        let named = Dictionary(slots.map { ($0.record?.admin ?? "", $0) }) { first, _ in first }
        let others = slots.filter { $0.record?.admin.isEmpty ?? false }
        return admins.flatMap { admin in
            let owner = named[admin.id] ?? others.first { $0.record.map { owns($0, admin) } ?? false }
            let slot = owner?.number
            var faults = faults(of: admin, unknown)
            if faults.isEmpty, slot == nil, isAbandoned(admin) { faults.append(.abandoned) }
            if faults.isEmpty, hasNoIndex(admin, owner) { faults.append(.noIndex) }
            return faults.map { Finding.halfMade(path: admin.path, $0, slot: slot) }
        }
    }

    /// An index that is none; none at all is one too few in a slot that is made, elsewhere it is the user's to choose.
    private func hasNoIndex(_ admin: AdminDirectory, _ owner: Slot?) -> Bool {
        switch owner?.state {
        case .idle, .leased, .expiring, .orphaned, .broken: !hasIndex(admin)
        case .warming, .leasing, .releasing, .cleaning, .trash, nil:
            Files.exists(Path.join(admin.path, "index")) && !hasIndex(admin)
        }
    }

    /// "DIRC", version, count and a checksum (gitformat-index(5)).
    func hasIndex(_ admin: AdminDirectory) -> Bool {
        let path = Path.join(admin.path, "index")
        guard let size = size(of: "index", in: admin), size >= 32,
            let start = try? Descriptor(opening: path, for: .read).readChunk()
        else { return false }
        return start.starts(with: "DIRC".utf8)
    }

    private func isAbandoned(_ admin: AdminDirectory) -> Bool {
        guard admin.lockReason.map(GitLock.isOurs) == true, let tree = admin.recordedTree else { return false }
        // With its folder it may only be away, and behind a fence it is not gone.
        return !Files.exists(tree) && !Files.exists(SlotRecord.fencePath(of: tree))
            && Path.parent(tree).map(Files.isDirectory) == true
    }

    /// By its name, or, where git was killed before it could be told, by the tree that both name.
    func owns(_ record: SlotRecord, _ admin: AdminDirectory) -> Bool {
        guard record.admin.isEmpty else { return record.admin == admin.id }
        return admin.recordedTree == record.path || AdminDirectory.named(byTree: record.path)?.path == admin.path
    }

    func faults(of admin: AdminDirectory, _ unknown: Set<String>) -> [Finding.HalfMade] {
        // git passes such a folder over, whatever else is wrong with it.
        guard (size(of: "gitdir", in: admin) ?? 0) > 0 else { return [.noTree] }
        var faults: [Finding.HalfMade] = []
        switch size(of: "commondir", in: admin) {
        case nil: faults.append(.noCommonDir)
        case .some(0): faults.append(.emptyCommonDir)
        case .some: break
        }
        switch admin.firstLine("HEAD") {
        case nil: if !isSymbolicLink("HEAD", in: admin) { faults.append(.noHead) }
        case .some(let head):
            if isNull(head) {
                faults.append(.nullHead)
            } else if unknown.contains(head) {
                faults.append(.unknownHead(head))
            }
        }
        if faults.isEmpty, admin.lockReason == "initializing" { faults.append(.initializing) }
        return faults
    }

    /// Nil where there is no such file.
    private func size(of name: String, in admin: AdminDirectory) -> Int64? {
        (try? Files.status(Path.join(admin.path, name), followingLinks: true))?.size
    }

    /// `core.preferSymlinkRefs` makes HEAD a link, and an unborn branch makes it a dangling one.
    private func isSymbolicLink(_ name: String, in admin: AdminDirectory) -> Bool {
        (try? Files.status(Path.join(admin.path, name)))?.kind == .link
    }

    func isNull(_ id: String) -> Bool { Text.isObjectID(id) && id.utf8.allSatisfy { $0 == UInt8(ascii: "0") } }

    /// Detached heads that lead to no object; none where git cannot tell.
    private func unknownHeads(_ admins: [AdminDirectory]) -> Set<String> {
        missingObjects(admins.compactMap { $0.firstLine("HEAD") })
    }

    /// Those of some names that are no null id, and of no object here; none where git cannot tell.
    func missingObjects(_ names: [String]) -> Set<String> {
        let ids = names.filter { Text.isObjectID($0) && !isNull($0) }.uniqued()
        let input = Array(ids.map { $0 + "\n" }.joined().utf8)
        let question = ["cat-file", "--batch-check=%(objectname) %(objecttype)"]
        // Without this a partial clone would ask its remote.
        let local = repository.commonGit.with(["GIT_NO_LAZY_FETCH": "1"])
        guard !ids.isEmpty, let outcome = try? local.attempt(question, input: input), outcome.isSuccess else {
            return []
        }
        return Set(Text.lines(outcome.output).filter { $0.hasSuffix(" missing") }.map { String($0.dropLast(8)) })
    }
}
