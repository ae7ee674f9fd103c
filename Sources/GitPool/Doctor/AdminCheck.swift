internal import Git
internal import POSIX

/// What `doctor` looks for under `.git/worktrees/`, whoever made it: read as files, because git's own commands die of
/// some of these folders (hazards.md E4).
extension Pool {
    func adminFindings() -> [Finding] {
        let admins = Worktrees(of: repository).adminDirectories().filter { Files.isDirectory($0.path) }
        let slots = ((try? peek()) ?? []).filter { $0.record?.admin.isEmpty == false }
        let unknown = unknownHeads(admins)
        return admins.flatMap { admin in
            let slot = slots.first { $0.record?.admin == admin.id }?.number
            return faults(of: admin, unknown).map { Finding.halfMade(path: admin.path, $0, slot: slot) }
        }
    }

    private func faults(of admin: AdminDirectory, _ unknown: Set<String>) -> [Finding.HalfMade] {
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

    private func isNull(_ id: String) -> Bool { Text.isObjectID(id) && id.utf8.allSatisfy { $0 == UInt8(ascii: "0") } }

    /// Detached heads that lead to no object; none where git cannot tell.
    private func unknownHeads(_ admins: [AdminDirectory]) -> Set<String> {
        let ids = admins.compactMap { $0.firstLine("HEAD") }.filter { Text.isObjectID($0) && !isNull($0) }.uniqued()
        let input = Array(ids.map { $0 + "\n" }.joined().utf8)
        let question = ["cat-file", "--batch-check=%(objectname) %(objecttype)"]
        // Without this a partial clone would ask its remote.
        let local = git.at(.gitDirectory(repository.commonDirectory)).with(["GIT_NO_LAZY_FETCH": "1"])
        guard !ids.isEmpty, let outcome = try? local.attempt(question, input: input), outcome.isSuccess else {
            return []
        }
        return Set(Text.lines(outcome.output).filter { $0.hasSuffix(" missing") }.map { String($0.dropLast(8)) })
    }
}
