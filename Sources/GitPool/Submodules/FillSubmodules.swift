internal import Git
internal import POSIX

/// Fills the submodules of a new lease: cloned in parallel, nested ones after their parents, from local repositories
/// wherever one has the commit. Nothing is written outside the worktree and its admin directory.
struct FillSubmodules {
    let pool: Pool
    /// Inherits the slot's lock.
    let git: Git

    private struct SubmoduleTask {
        let submodule: Submodule
        let parent: SubmoduleParent
        let source: SubmoduleSource
        let url: String?

        var path: String { parent.prefix + submodule.path }
    }

    private var settings: SubmoduleSettings { pool.settings.submodules }

    /// - Throws: `PoolError.noSubmodule`
    func fill(tree: String, admin: AdminDirectory) throws {
        guard settings.mode != .none, Files.exists(Path.join(tree, ".gitmodules")) else { return }
        let repository = pool.repository
        let donors = [repository.commonDirectory, repository.gitDirectory].uniqued()
        var parents = [
            try SubmoduleParent(tree: tree, gitDirectory: admin.path, prefix: "", donors: donors, git)
        ]
        // git itself goes as deep as there are submodules; a repository that has itself for one has no end.
        for _ in 0..<SubmoduleRepositories.depth where !parents.isEmpty {
            let tasks = try parents.flatMap(tasks)
            let commands = tasks.map(command)
            let outcomes = try Children.run(commands, atOnce: settings.width)
            var failure: PoolError?
            parents = []
            for (task, outcome) in zip(tasks, outcomes) {
                guard outcome.isSuccess else {
                    let message = String(decoding: outcome.error, as: UTF8.self)
                    failure = failure ?? .noSubmodule(path: task.path, .failed(message))
                    continue
                }
                if let next = try settle(task) { parents.append(next) }
            }
            if let failure { throw failure }
            if !tasks.isEmpty { pool.faults.reach(.addSubmodules) }
        }
    }

    private func tasks(_ parent: SubmoduleParent) throws -> [SubmoduleTask] {
        let here = git.at(.exactly(gitDirectory: parent.gitDirectory, workTree: parent.tree))
        return try Submodule.all(in: here).compactMap { submodule in
            let path = parent.prefix + submodule.path
            let isNever = parent.configuration?.string("submodule.\(submodule.name).update").map { $0 == "none" }
            guard !settings.excludes(path), !(isNever ?? submodule.isNeverUpdated),
                let source = try source(of: submodule, parent)
            else { return nil }
            return SubmoduleTask(
                submodule: submodule, parent: parent, source: source,
                url: try parent.url(of: submodule, source, git))
        }
    }

    /// Nil for one that stays out.
    private func source(of submodule: Submodule, _ parent: SubmoduleParent) throws -> SubmoduleSource? {
        func missing(_ place: String) -> PoolError {
            .noSubmodule(path: parent.prefix + submodule.path, .noRepository(in: place, commit: submodule.commit))
        }
        switch settings.mode {
        case .none: return nil
        case .declared: return try isRefused(submodule, parent) ? nil : .declared
        case .mirror:
            if try isRefused(submodule, parent) { return nil }
            guard let mirror = try mirror(of: submodule, parent) else { throw missing(settings.base ?? "") }
            return mirror
        case .modules:
            if let donor = donor(of: submodule, parent) { return donor }
            let folders = parent.donors.map { Path.join($0, "modules/" + submodule.name) }
            if let folder = folders.first(where: Files.exists) { throw missing(folder) }
            return nil
        case .auto:
            if try isRefused(submodule, parent) { return nil }
            if let donor = donor(of: submodule, parent) { return donor }
            if let mirror = try mirror(of: submodule, parent) { return mirror }
            return try parent.isActive(submodule) ? .declared : nil
        }
    }

    /// Whether the user said `active = false`.
    private func isRefused(_ submodule: Submodule, _ parent: SubmoduleParent) throws -> Bool {
        try parent.configuration?.bool("submodule.\(submodule.name).active") == false
    }

    private func donor(of submodule: Submodule, _ parent: SubmoduleParent) -> SubmoduleSource? {
        for donor in parent.donors {
            let folder = Path.join(donor, "modules/" + submodule.name)
            if SubmoduleSource.holds(folder, below: donor, submodule.commit, git) { return .modules(folder) }
        }
        return nil
    }

    /// By the submodule's name, or by the last part of its URL, with `.git` or without.
    private func mirror(of submodule: Submodule, _ parent: SubmoduleParent) throws -> SubmoduleSource? {
        guard let base = settings.base else { return nil }
        var top = base
        if base == "~" || base.hasPrefix("~/"), let home = pool.environment["HOME"] { top = home + base.dropFirst() }
        guard let top = try? Files.realPath(Path.join(pool.mainTree, top)) else { return nil }
        var names = [submodule.name]
        if let url = submodule.url {
            let name = Path.name(url.split(separator: ":").last.map(String.init) ?? url)
            if name != ".." && name != "." { names.append(name.hasSuffix(".git") ? String(name.dropLast(4)) : name) }
        }
        for name in names.flatMap({ [$0 + ".git", $0] }) {
            let folder = Path.join(top, name)
            if SubmoduleSource.holds(folder, below: top, submodule.commit, git) { return .mirror(folder) }
        }
        return nil
    }

    /// git's own command, one a submodule. What it wants configured it is told for this once; that a local path may be
    /// cloned is said only where the path is ours, so that a URL out of `.gitmodules` meets git's own protections.
    private func command(_ task: SubmoduleTask) -> Command {
        var words = ["submodule", "--quiet", "update", "--checkout"]
        var configuration = [
            ("submodule.\(task.submodule.name).active", "true"), ("clone.defaultRemoteName", "origin"),
        ]
        switch task.source {
        case .modules(let path), .mirror(let path):
            words += ["--no-fetch", "--no-recommend-shallow"]
            configuration += [("submodule.\(task.submodule.name).url", path), ("protocol.file.allow", "always")]
        case .declared:
            if let url = task.url { configuration.append(("submodule.\(task.submodule.name).url", url)) }
        }
        let here = git.at(.exactly(gitDirectory: task.parent.gitDirectory, workTree: task.parent.tree))
        return here.with(["GIT_LITERAL_PATHSPECS": "1"]).configured(configuration)
            .command(words + ["--", task.submodule.path])
    }

    /// Makes the clone what one from the declared URL would be.
    /// - Returns: the submodule, if it has some of its own.
    private func settle(_ task: SubmoduleTask) throws -> SubmoduleParent? {
        let tree = Path.join(task.parent.tree, task.submodule.path)
        let modules = Path.join(task.parent.gitDirectory, "modules")
        guard let module = AdminDirectory.named(byTree: tree)?.path, Path.contains(modules, module) else {
            throw PoolError.noSubmodule(path: task.path, .repositoryNotBelow(modules))
        }
        try settleRefs(of: module, task)
        if let url = task.url {
            try git.run(["config", "--file", Path.join(module, "config"), "remote.origin.url", url])
        }
        guard Files.exists(Path.join(tree, ".gitmodules")) else { return nil }
        return try SubmoduleParent(
            tree: tree, gitDirectory: module, prefix: task.path + "/", donors: task.source.donors, git)
    }

    /// The remote-tracking refs are the donor's, not its branches; and the commit that was given is marked: that one is no
    /// work of the lease.
    private func settleRefs(of module: String, _ task: SubmoduleTask) throws {
        let own = SubmoduleSource.look(into: module, git)
        var wanted = [SubmoduleRepositories.given: task.submodule.commit]
        if case .modules(let donor) = task.source {
            let here = try refs(own, "refs/heads", "refs/remotes")
            let there = try refs(SubmoduleSource.look(into: donor, git), "refs/remotes")
            for (ref, id) in there { wanted[ref] = id }
            for ref in here.keys {
                if let branch = RefName.shortBranch(ref) { wanted[ref] = there["refs/remotes/origin/" + branch] }
            }
            try change(own, here.keys.filter { wanted[$0] == nil }.map { "delete \($0)" })
        }
        try change(own, wanted.map { "update \($0) \($1)" })
    }

    /// Names and ids, without what only points to another ref.
    private func refs(_ git: Git, _ folders: String...) throws -> [String: String] {
        let lines = Text.lines(try git.run(["for-each-ref", "--format=%(objectname) %(refname) %(symref)"] + folders))
        return lines.reduce(into: [:]) { refs, line in
            let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            if words.count == 3, words[2].isEmpty { refs[words[1]] = words[0] }
        }
    }

    private func change(_ git: Git, _ lines: [String]) throws {
        guard !lines.isEmpty else { return }
        let input = Array(lines.map { $0 + "\n" }.joined().utf8)
        try git.run(["update-ref", "--no-deref", "--stdin"], input: input)
    }
}

extension Pool {
    /// - Throws: `PoolError.noSubmodule`, with what was made so far left for the caller to take back.
    func fillSubmodules(_ record: SlotRecord, lock: Int32) throws {
        try FillSubmodules(pool: self, git: repository.git.inheriting(lock))
            .fill(tree: record.path, admin: admin(record))
    }
}
