internal import Git
internal import POSIX

/// Fills a new tree with the files of a commit: from a donor where their bytes are verified, by git's checkout for the
/// rest. Whatever cloning does or fails to do, the checkout leaves tree and index as the commit has them.
struct Fill {
    let pool: Pool
    /// At the new worktree, which nobody else knows yet.
    var git: Git
    let admin: AdminDirectory
    var tree: String
    let commit: String
    /// The commit's tree object; nil if git is to be asked.
    let known: String?
    /// The folder of the slots.
    let root: String
    /// The slot's number, what its record calls work that is not finished, and its lock.
    let number: Int
    let workID: String
    let lock: Int32
    /// Whether a clone of a part is of no use.
    var isWholeOrNothing = false

    func run() throws {
        try Birth.forget(number, in: pool)
        let begun = Clock.fileNanoseconds()
        // No part of the ladder is worth failing for.
        let proven = (try? snapshot()) == true ? nil : try fillSingly()
        try? noteBirth(of: proven, begun)
        try Files.rename(draft, Path.join(admin.path, "index"))
        if pool.settings.clone.takesIgnoredFiles {
            let storage = StorageProbe(pool: pool, root: root).storage()
            IgnoredFiles(pool: pool, number: number).clone(to: tree, git, near: commit, sharing: storage >= .reflink)
        }
    }

    /// File by file; what cloning left half done, git does over.
    /// - Returns: the tree object, if each file that was made has the bytes of its blob.
    private func fillSingly() throws -> String? {
        let result = try? clone()
        pool.faults.reach(.addCloned)
        if result?.isWhole != true {
            let progress = pool.watch == nil ? [] : ["-v"]
            try drafting.run(["read-tree", "--reset", "-u", "--no-recurse-submodules"] + progress + [commit]) {
                pool.watch?(.told($0))
            }
        }
        return result?.unconverted
    }

    func wanted() throws -> String { try known ?? git.line(["rev-parse", commit + "^{tree}"]) }

    struct Outcome {
        /// Whether every file of the commit was made.
        let isWhole: Bool
        /// The tree object, if each of its files has the bytes of its blob.
        let unconverted: String?
    }

    /// There is no index before the tree is whole, and the name that it has until then keeps other git processes out.
    var draft: String { Path.join(admin.path, "index.lock") }
    var drafting: Git { git.with(["GIT_INDEX_FILE": draft]) }

    func clone() throws -> Outcome? {
        let probe = StorageProbe(pool: pool, root: root)
        let storage = probe.storage()
        guard storage > .checkout, pool.settings.allowsCloning else { return nil }
        let wanted = try wanted()
        guard let donor = Donor(for: wanted, at: commit, in: pool, except: number, root: root),
            var index = try index(of: donor, wanted)
        else { return nil }
        let conversions = try Conversions(
            of: index, drafting, pool.settings.configuration, common: pool.repository.commonDirectory)
        if isWholeOrNothing, !conversions.isEmpty || index.entries.contains(where: { $0.kind == .commit }) {
            return nil
        }
        let (plan, entries) = try plan(index, conversions, donor, sharing: storage >= .reflink)
        let workers = CloneWorkers(plan: plan, folder: admin.path, environment: pool.environment, lock: lock)
        let results = try workers.run(pool.watch)
        let made = results.reduce(0) { $0 + $1.made.count }
        if storage >= .reflink, made > 0, results.allSatisfy({ $0.sharing == 0 }) { try noteUnshared(probe, plan) }
        for result in results {
            for (number, data) in result.made where number < entries.count { index.set(data, of: entries[number]) }
        }
        try write(index)
        return Outcome(
            isWhole: made == entries.count && entries.count == index.entries.count,
            unconverted: conversions.isEmpty ? wanted : nil)
    }

    private func noteBirth(of wanted: String?, _ begun: Int64) throws {
        // A clock that was set back, or has not gone on, tells nothing from what comes after.
        let end = max(begun, Clock.fileNanoseconds())
        let birth = Birth(
            tree: begun < end ? wanted : nil, time: begun..<end, inode: try Files.status(tree).inode)
        try birth.note(for: number, in: pool)
    }

    /// The index of the commit with nothing known of its files: the donor's own, where it is of the same tree, or one
    /// that git makes. Nil where it is of a kind that only git understands.
    private func index(of donor: Donor, _ wanted: String) throws -> IndexFile? {
        let digest = Digest(format: pool.repository.objectFormat)
        if let bytes = try? Files.read(Path.join(donor.admin.path, "index")),
            var index = try? IndexFile(bytes, digest: digest), !index.hasFlags, index.tree == wanted
        {
            index.clear()
            try write(index)
            return index
        }
        try drafting.run(["read-tree", commit])
        guard var index = try? IndexFile(Files.read(draft), digest: digest), !index.hasFlags else { return nil }
        index.clear()
        return index
    }

    /// The files to clone, and the entry of each.
    private func plan(
        _ index: IndexFile, _ conversions: Conversions, _ donor: Donor, sharing: Bool
    ) throws -> (ClonePlan, [IndexFile.Entry]) {
        let proven = sharing || FileSystem(holding: donor.tree).stampsEveryChange ? donor.proven : 0..<0
        let order = FolderPair.Order(digest: index.digest, shares: sharing, proven: proven)
        var plan = ClonePlan(from: donor.tree, to: tree, order)
        var entries: [IndexFile.Entry] = []
        entries.reserveCapacity(index.entries.count)
        for entry in index.entries {
            let path = index.path(entry)
            guard !conversions.includes(path) else { continue }
            switch entry.kind {
            case .file: plan.add(.file, path, id: index.id(entry))
            case .executable: plan.add(.executable, path, id: index.id(entry))
            case .link: plan.add(.link, path, id: index.id(entry))
            // An empty folder, which git makes.
            case .commit: continue
            }
            entries.append(entry)
        }
        return (plan, entries)
    }

    private func write(_ index: IndexFile) throws {
        try Files.create(draft + ".lock", index.contents, mode: 0o644)
        try Files.rename(draft + ".lock", draft)
    }

    /// Not one file could share its blocks: for files that lie on another disk, or are all empty or just written, that
    /// says nothing.
    private func noteUnshared(_ probe: StorageProbe, _ plan: ClonePlan) throws {
        guard try Files.status(plan.from).device == Files.status(plan.to).device, plan.items.count > 100,
            !CloneAbility.canShare(in: plan.to)
        else { return }
        probe.demote(.reflink)
    }
}

extension Settings {
    /// Whether every worktree of the repository checks a file out alike, and whole.
    var allowsCloning: Bool {
        (try? configuration.bool("core.sparsecheckout")) != true
            && (try? configuration.bool("extensions.worktreeconfig")) != true
    }
}
