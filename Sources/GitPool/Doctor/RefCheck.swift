internal import Git
internal import POSIX

/// What `doctor` looks for among refs and git's locks, read as files: git's own commands fail on some of it.
extension Pool {
    func refFindings() -> [Finding] {
        guard exists, !Files.isDirectory(Path.join(repository.commonDirectory, "reftable")) else { return [] }
        return brokenRefs() + orphanedBranches()
    }

    /// Remotes whose refs take the place of all of ours (`git clone --mirror`), saves among them.
    func mirrorFindings() -> [Finding] {
        let configuration = settings.configuration
        return configuration.keys.filter { $0.hasPrefix("remote.") && $0.hasSuffix(".fetch") }.sorted().compactMap {
            key in
            let refspecs = configuration.strings(key)
            guard refspecs.contains(where: { $0.hasSuffix(":refs/*") }), !refspecs.contains("^refs/pool/*") else {
                return nil
            }
            return .mirror(remote: String(key.dropFirst("remote.".count).dropLast(".fetch".count)))
        }
    }

    /// Lock files in the slots' admin directories and, of all that the repository shares, those that git-pool takes too.
    func lockFindings() -> [Finding] {
        guard exists else { return [] }
        let records = ((try? peek()) ?? []).compactMap(\.record).filter { !$0.admin.isEmpty }
        let common = repository.commonDirectory
        let shared = ["HEAD.lock", "index.lock", "config.lock", "packed-refs.lock", "shallow.lock"].map {
            Path.join(common, $0)
        }
        let refs = files(below: Path.join(common, "refs")).filter { $0.hasSuffix(".lock") }
        let places = [common, mainTree] + roots()
        var findings: [Finding] = (shared + refs).filter(Files.exists).map {
            .gitLock(path: $0, LockOwner(of: $0, in: self, places: places), slot: nil)
        }
        for record in records {
            let folder = admin(record).path
            for name in (try? Directory.entries(folder))?.sorted() ?? [] where name.hasSuffix(".lock") {
                let path = Path.join(folder, name)
                let owner = LockOwner(of: path, in: self, places: places + [record.path])
                findings.append(.gitLock(path: path, owner, slot: record.slot))
            }
        }
        return findings
    }

    /// Loose refs under `refs/pool/` that hold no object name, or that of no object.
    private func brokenRefs() -> [Finding] {
        let common = repository.commonDirectory
        let refs = files(below: Path.join(common, "refs/pool")).filter { !$0.hasSuffix(".lock") }.map {
            String($0.dropFirst(common.utf8.count + 1))
        }
        let named = refs.map { ($0, AdminDirectory(common).firstLine($0) ?? "") }
        let missing = missingObjects(named.map(\.1))
        return named.filter { !Text.isObjectID($0.1) || missing.contains($0.1) }.map { .brokenRef($0.0) }
    }

    /// By the reflog: made by a lease that no record knows, and never moved.
    private func orphanedBranches() -> [Finding] {
        let logs = Path.join(repository.commonDirectory, "logs/refs/heads")
        let leases = ((try? peek()) ?? []).compactMap { $0.record?.lease }
        let (known, branches) = (Set(leases.map(\.id)), Set(leases.compactMap(\.branch)))
        let mark = Pool.branchMessage(leaseID: "")
        let worktrees = Worktrees(of: repository)
        return files(below: logs).compactMap { log in
            // One line: the branch was made, and nothing else.
            guard let bytes = try? Files.read(log, limit: 4096), bytes.last == 0x0A,
                let line = ReflogLine.lines(bytes).first, bytes.count(where: { $0 == 0x0A }) == 1,
                let message = line.message, message.hasPrefix(mark)
            else { return nil }
            let id = String(message.dropFirst(mark.count))
            let branch = String(log.dropFirst(logs.utf8.count + 1))
            guard let tip = tip(of: RefName.branch(branch)), tip == line.new,
                !known.contains(id), !branches.contains(branch),
                worktrees.holder(ofBranch: RefName.branch(branch)) == nil
            else { return nil }
            return .orphanedBranch(branch, tip: tip)
        }
    }

    /// All files below a folder, in the order of their names; links are not followed.
    private func files(below folder: String) -> [String] {
        var found: [String] = []
        var waiting = [folder]
        while let place = waiting.popLast() {
            for name in (try? Directory.entries(place)) ?? [] {
                let path = Path.join(place, name)
                if Files.isDirectory(path) { waiting.append(path) } else { found.append(path) }
            }
        }
        return found.sorted()
    }
}
