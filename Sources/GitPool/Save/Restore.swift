package import Git
internal import POSIX

/// A save comes back as it was: the same bytes, the same `git status`, the same operation in progress.
extension Pool {
    /// Leases a fresh slot at the save's commit and lays the work into it; on an error the lease is given back.
    package func restore(_ saved: Saved, _ asked: LeaseRequest) throws -> LeasedSlot {
        var request = asked
        request.name = asked.name ?? saved.name
        request.isUnique = asked.name == nil
        request.isFresh = true
        awaitRelease(of: saved, named: request.name)
        request.from = saved.head ?? asked.from
        request.base = try existingBase(of: saved)
        if saved.branch == nil, asked.branch == .byName { request.branch = .detached }
        if let branch = saved.branch, asked.branch == .byName, let head = saved.head, try isFree(branch, at: head) {
            request.branch = .named(branch)
        }
        let leased = try add(request)
        do {
            try lay(saved, into: leased.record.path, admin(leased.record))
        } catch {
            var release = ReleaseRequest()
            release.work = .discard
            _ = try? done(leased.number, leased.lease, release)
            collectDue()
            throw error
        }
        return leased
    }

    /// 'done --save' came back before the slot was recycled: until then name and branch are the last lease's.
    private func awaitRelease(of saved: Saved, named name: String?) {
        for slot in (try? snapshot()) ?? [] {
            guard let lease = slot.lease, lease.release?.at != nil,
                lease.name == name || (lease.branch != nil && lease.branch == saved.branch)
            else { continue }
            switch slot.state {
            // One that does not come to its end keeps its name, and the new lease gets another.
            case .releasing, .cleaning: try? finishRelease(slot.number, named: lease.name)
            case .warming, .idle, .leasing, .leased, .expiring, .orphaned, .trash, .broken: break
            }
        }
    }

    /// A trailer is data: it counts if it names a branch that is there.
    private func existingBase(of saved: Saved) throws -> String? {
        guard let base = saved.base, base.hasPrefix("refs/heads/") || base.hasPrefix("refs/remotes/"),
            try git.resolve(base + "^{commit}") != nil
        else { return nil }
        return base
    }

    private func isFree(_ branch: String, at head: String) throws -> Bool {
        let ref = RefName.branch(branch)
        return try git.resolve(ref) == head && Worktrees(of: repository).holder(ofBranch: ref) == nil
    }

    /// `--here`: into the worktree one stands in, which must be clean and at the save's commit.
    package func restore(_ saved: Saved, here tree: String, admin: AdminDirectory) throws {
        let git = repository.git.at(.exactly(gitDirectory: admin.path, workTree: tree))
        guard try WorktreeStatus(of: git).entries.isEmpty, try admin.operation(git) == nil else {
            throw PoolError.restoreBlocked(.changes(in: tree))
        }
        let head = try git.line(["rev-parse", "HEAD"])
        guard saved.head == nil || saved.head == head else {
            throw PoolError.restoreBlocked(.otherCommit(tree: tree, head: head, saved: saved.head ?? ""))
        }
        guard try IndexFlags(of: git).edited(in: tree, git).isEmpty else {
            throw PoolError.restoreBlocked(.hiddenChanges(in: tree))
        }
        // Ignored files are no change, and no less somebody's.
        for difference in try differences(of: saved, git) where !difference.wasTracked {
            let inTheWay = ([difference.path] + TreeFile.folders(difference.path)).first {
                let kind = TreeFile(tree, $0).kind
                return kind != nil && ($0 == difference.path || kind != .directory)
            }
            guard let inTheWay, try !isTracked(inTheWay, git) || hasUntracked(inTheWay, in: tree, git) else { continue }
            throw PoolError.restoreBlocked(.inTheWay(path: String(decoding: inTheWay, as: UTF8.self)))
        }
        try lay(saved, into: tree, admin)
    }

    private func isTracked(_ path: [UInt8], _ git: Git) throws -> Bool {
        let literal = git.with(["GIT_LITERAL_PATHSPECS": "1"])
        return try !literal.run(["ls-files", "-z", "--", String(decoding: path, as: UTF8.self)]).isEmpty
    }

    /// Whether a folder that would make way has something in it that no commit has.
    private func hasUntracked(_ path: [UInt8], in tree: String, _ git: Git) throws -> Bool {
        guard TreeFile(tree, path).kind == .directory else { return false }
        let literal = git.with(["GIT_LITERAL_PATHSPECS": "1"])
        return try !literal.run(["ls-files", "-o", "-z", "--", String(decoding: path, as: UTF8.self)]).isEmpty
    }

    private struct Difference {
        let path: [UInt8]
        /// Of what the save has there; `000000` for nothing.
        let mode: String
        let id: String
        let wasTracked: Bool
    }

    /// What a save has otherwise than HEAD.
    private func differences(of saved: Saved, _ git: Git) throws -> [Difference] {
        let base = try git.line(["rev-parse", "HEAD"])
        let records = Text.records(try git.run(["diff-tree", "-r", "-z", "--no-renames", base, saved.id]))
        return try stride(from: 0, to: records.count - 1, by: 2).compactMap { pair in
            // ":oldmode newmode oldid newid letter" NUL path
            let words = String(decoding: records[pair].dropFirst(), as: UTF8.self).split(separator: " ").map(
                String.init)
            guard words.count == 5 else { return nil }
            try SavedState.check(records[pair + 1])
            return Difference(
                path: Array(records[pair + 1]), mode: words[1], id: words[3], wasTracked: words[0] != "000000")
        }
    }

    private func lay(_ saved: Saved, into tree: String, _ admin: AdminDirectory) throws {
        guard saved.isOfWork else { return }
        let git = repository.git.at(.exactly(gitDirectory: admin.path, workTree: tree))
        let state = try SavedState(saved, git)
        // All of it is read before anything is written: any commit can stand under `refs/pool/saved/`.
        let differences = try differences(of: saved, git)
        let (operation, refs) = (try state.operation(), try state.privateRefs())
        let leftOut = try Set(IndexFlags(of: git).entries.filter(\.isSkipped).map(\.path))
        try layFiles(differences, into: tree, state.permissions, git)
        faults.reach(.restoreFiles)
        let laid = Set(differences.map(\.path))
        try layOut(leftOut.subtracting(state.skipped).subtracting(laid), of: saved, admin, git)
        // Where this worktree has a file that a sparse one had not, no flag shall hide what becomes of it.
        let skipped = state.skipped.filter { laid.contains($0) || TreeFile(tree, $0).kind == nil }
        try layIndex(state, skipping: skipped, admin, git)
        faults.reach(.restoreIndex)
        for (path, bytes) in operation {
            let target = Path.join(admin.path, path)
            try Files.makeDirectories(Path.parent(target) ?? admin.path, mode: 0o777)
            try Files.replace(target, bytes, mode: 0o644)
        }
        var transaction = RefTransaction("git-pool: restore")
        for (ref, id) in refs { transaction.create(ref, id) }
        try transaction.commit(in: git)
    }

    /// Whatever differs from HEAD, written as it was, past all filters. A link in the way is never walked through.
    private func layFiles(
        _ differences: [Difference], into tree: String, _ permissions: [[UInt8]: UInt32], _ git: Git
    ) throws {
        // The deepest first, and what the commit has before the rest: a folder may have become a file, or the reverse.
        for wasTracked in [true, false] {
            for difference in differences.reversed() where difference.wasTracked == wasTracked {
                let folders = TreeFile.folders(difference.path)
                guard folders.allSatisfy({ TreeFile(tree, $0).kind == .directory }) else { continue }
                try TreeFile(tree, difference.path).removeWithEmptyFolders()
            }
        }
        let laid = differences.filter { $0.mode != "000000" && $0.mode != "160000" }
        var blobs = try BlobReader(laid.map(\.id), git)
        for difference in laid {
            let (path, mode) = (difference.path, difference.mode)
            for folder in TreeFile.folders(path).reversed() {
                let place = TreeFile(tree, folder)
                guard place.kind == nil || place.kind == .directory else {
                    throw PoolError.restoreBlocked(.inTheWay(path: String(decoding: folder, as: UTF8.self)))
                }
                if place.kind == nil { try place.makeDirectory() }
            }
            if mode == "120000" {
                var target: [UInt8] = []
                try blobs.next { target += $0 }
                try TreeFile(tree, path).createLink(to: target)
            } else {
                let usual: UInt32 = mode == "100755" ? 0o755 : 0o644
                try TreeFile(tree, path).create(permissions: permissions[path] ?? usual) { file in
                    try blobs.next { try file.write($0) }
                }
            }
        }
        try blobs.finish()
    }

    /// What this worktree leaves out as sparse, and the saved one did not.
    private func layOut(_ paths: Set<[UInt8]>, of saved: Saved, _ admin: AdminDirectory, _ git: Git) throws {
        guard !paths.isEmpty else { return }
        let drafting = git.with(["GIT_INDEX_FILE": draftIndex(admin)])
        try drafting.run(["-c", "core.sparseCheckout=false", "read-tree", saved.id])
        try drafting.run(["checkout-index", "-q", "-z", "--stdin"], input: Text.terminated(Array(paths)))
    }

    private func draftIndex(_ admin: AdminDirectory) -> String { Path.join(admin.path, "index.restored") }

    /// The index is made from its listing without stat data, so that git looks at every file's content once.
    private func layIndex(
        _ state: SavedState, skipping skipped: [[UInt8]], _ admin: AdminDirectory, _ git: Git
    ) throws {
        let draft = draftIndex(admin)
        let drafting = git.with(["GIT_INDEX_FILE": draft])
        try drafting.run(["read-tree", "--empty"])
        // Such an index names a tree that git knows without an object, and git fsck misses since 2.55.
        if state.index.isEmpty { try git.run(["hash-object", "-t", "tree", "-w", "--stdin"], input: []) }
        let intents = Set(Text.records(state.intents).map { Array($0) })
        let lines = Text.records(state.index).filter { !intents.contains(Array(Text.path(afterTab: $0))) }
        try drafting.run(
            ["update-index", "-z", "--index-info"], input: Text.terminated(lines.map { Array($0) }))
        if !intents.isEmpty {
            try drafting.with(["GIT_LITERAL_PATHSPECS": "1"]).run(
                ["add", "--intent-to-add", "-f", "--pathspec-from-file=-", "--pathspec-file-nul"], input: state.intents)
        }
        for (option, paths) in [("--assume-unchanged", state.assumed), ("--skip-worktree", skipped)]
        where !paths.isEmpty {
            try drafting.run(["update-index", option, "-z", "--stdin"], input: Text.terminated(paths))
        }
        try Files.rename(draft, Path.join(admin.path, "index"))
        _ = try git.attempt(["update-index", "-q", "--refresh"])
    }
}

/// The texts a save keeps beside the files.
private struct SavedState {
    let index: [UInt8]
    let intents: [UInt8]
    private let refs: [UInt8]
    let permissions: [[UInt8]: UInt32]
    private(set) var assumed: [[UInt8]] = []
    private(set) var skipped: [[UInt8]] = []
    private let tree: String
    private let git: Git

    private static func refuse(_ what: ArraySlice<UInt8>) -> PoolError {
        .restoreBlocked(.notOurs(String(decoding: what, as: UTF8.self)))
    }

    /// A path of the worktree, and nothing of its repository or outside: git would not check out another either.
    static func check(_ path: ArraySlice<UInt8>) throws {
        for part in path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            let name = String(decoding: part, as: UTF8.self).lowercased()
            if ["", ".", "..", ".git"].contains(name) { throw refuse(path) }
        }
    }

    init(_ saved: Saved, _ git: Git) throws {
        self.git = git
        // HEAD is the first parent where there was one, the state the one after it.
        tree = try git.line(["rev-parse", saved.id + (saved.head == nil ? "^1^{tree}" : "^2^{tree}")])
        let tree = tree
        func text(_ name: String) throws -> [UInt8] { try git.run(["cat-file", "blob", "\(tree):\(name)"]) }
        index = try text("index")
        intents = try text("intents")
        refs = try text("refs")
        var modes: [[UInt8]: UInt32] = [:]
        for record in Text.records(try text("permissions")) {
            let digits = record.prefix { $0 != 0x20 }
            modes[Array(record.dropFirst(digits.count + 1))] = UInt32(String(decoding: digits, as: UTF8.self), radix: 8)
        }
        permissions = modes
        for record in Text.records(try text("flags")) {
            guard let tag = record.first else { continue }
            let path = Array(record.dropFirst(2))
            if tag == UInt8(ascii: "S") || tag == UInt8(ascii: "s") { skipped.append(path) }
            if (0x61...0x7A).contains(tag) { assumed.append(path) }
        }
    }

    /// The refs of the worktree alone.
    func privateRefs() throws -> [(ref: String, id: String)] {
        try refs.split(separator: 0x0A).map { line in
            let words = line.split(separator: 0x20, maxSplits: 1)
            guard words.count == 2, Text.isObjectID(String(decoding: words[0], as: UTF8.self)),
                ["refs/worktree/", "refs/bisect/", "refs/rewritten/"].contains(where: { words[1].starts(with: $0.utf8) }
                )
                    || PrivateRefs.operations.contains(where: { words[1].elementsEqual($0.utf8) })
            else { throw SavedState.refuse(line) }
            return (String(decoding: words[1], as: UTF8.self), String(decoding: words[0], as: UTF8.self))
        }
    }

    func operation() throws -> [(path: String, bytes: [UInt8])] {
        let names = Text.records(
            try git.run(["ls-tree", "-r", "-z", "--name-only", "--full-tree", tree, "operation/"]))
        return try names.map { name in
            let path = String(decoding: name, as: UTF8.self)
            let file = String(decoding: name.dropFirst(10), as: UTF8.self)
            guard Operation.knows(file) else { throw SavedState.refuse(name) }
            return (file, try git.run(["cat-file", "blob", "\(tree):\(path)"]))
        }
    }
}
