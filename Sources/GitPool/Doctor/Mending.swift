internal import Git
internal import POSIX

/// `doctor --fix`: what could be work is saved, or moved aside by a rename, before anything takes its place; what is not
/// proven to be git-pool's, or could be meant in two ways, stays as it is.
package struct Mending {
    package struct Failure {
        package let path: String
        package let error: any Error
    }

    package private(set) var repairs: [Repair] = []
    package private(set) var failures: [Failure] = []
    let pool: Pool

    /// Rounds, because one damage can hide another; a slot that somebody is at is passed over.
    /// - Parameter isMoved: the user's word that the repository was moved to where it is, and is no copy.
    /// - Throws: `PoolError.locked` when another doctor is at it for longer than we wait.
    package init(_ pool: Pool, isMoved: Bool) throws {
        self.pool = pool
        guard pool.exists || !pool.foldersOfLinkedTrees().isEmpty else { return }
        try pool.prepare()
        let turn = try pool.acquire(Path.join(pool.directory, "doctor.lock"), .repairs)
        defer { extendLifetime(turn) }
        try leaveOriginal()
        if isMoved { try claimPlaces() }
        var isLast = false
        for _ in 0..<5 {
            let before = repairs.count
            failures = []
            let damages = pool.damages()
            mend(damages)
            guard repairs.count == before else { continue }
            // On a busy machine a process that only passes by may be taken for a lock's owner.
            guard !isLast, damages.contains(where: \.isGitLock) else { return }
            isLast = true
        }
    }

    /// In this order: first what makes git's own commands fail.
    private enum Round: CaseIterable { case commonDirectories, places, slots, rest }

    private struct Step {
        let round: Round
        let path: String
        let body: (inout Mending) throws -> Void

        init(_ round: Round, _ path: String, _ body: @escaping (inout Mending) throws -> Void) {
            (self.round, self.path, self.body) = (round, path, body)
        }
    }

    private mutating func mend(_ findings: [Finding]) {
        let steps = findings.flatMap(steps)
        var slots: Set<String> = []
        for round in Round.allCases {
            for step in steps where step.round == round {
                // Each is looked at as a whole, once.
                if round == .slots, !slots.insert(step.path).inserted { continue }
                // One damage that cannot be mended does not keep the next one from it.
                do { try step.body(&self) } catch { failures.append(Failure(path: step.path, error: error)) }
            }
        }
    }

    /// What is done about a finding.
    private func steps(_ finding: Finding) -> [Step] {
        func mendSlot(_ number: Int) -> Step { Step(.slots, pool.slotLockPath(number)) { try $0.mendSlot(number) } }
        func holdingRecords(
            of slot: Int, _ path: String, _ body: @escaping (inout Mending) throws -> Void
        ) -> [Step] {
            [Step(.places, path) { try $0.holdingRecords(of: slot, body) }]
        }
        switch finding {
        case .halfMade(let path, let fault, let slot):
            let admin = AdminDirectory(path)
            let whole = slot.map(mendSlot) ?? Step(.rest, path) { try $0.mendUnrecorded(admin) }
            switch fault {
            case .emptyCommonDir, .noCommonDir:
                return [Step(.commonDirectories, path) { try $0.mendCommonDir(admin, slot: slot) }, whole]
            case .noHead, .nullHead, .unknownHead, .noTree, .initializing, .abandoned, .noIndex: return [whole]
            }
        case .movedRoot(let path, _, let fault): return [Step(.places, path) { try $0.claimFolder(path, fault) }]
        case .movedSlots(let path, let from): return [Step(.places, path) { try $0.followSlots(to: path, from: from) }]
        case .unreadableRecord(let slot, let path): return holdingRecords(of: slot, path) { try $0.mendRecord(slot) }
        case .severalRecords(let slot, let paths):
            return holdingRecords(of: slot, paths.first ?? "") { try $0.mendRecords(slot) }
        case .strayTree(let slot, let path): return holdingRecords(of: slot, path) { try $0.recordStray(slot, path) }
        case .missingTree(let slot, _, _), .brokenLink(let slot, _, _), .brokenSlot(let slot, _, _),
            .unlocked(let slot, _), .unfinished(let slot, _, _):
            return [mendSlot(slot)]
        case .gitLock(let path, .nobody, let slot): return [Step(.rest, path) { try $0.removeLock(path, slot: slot) }]
        case .leftover(let path, let kind): return [Step(.rest, path) { try $0.clear(path, kind) }]
        case .brokenRef(let ref): return [Step(.rest, ref) { try $0.mend(brokenRef: ref) }]
        case .oldGit, .sharedName, .unknownHolder, .copied, .gitLock, .orphanedBranch, .locksFail, .sharedFileSystem,
            .lowSpace, .sharedCache, .unknownCache, .mirror:
            return []
        }
    }

    mutating func note(_ step: Repair.Step, _ path: String, slot: Int? = nil) {
        repairs.append(Repair(slot: slot, path: path, step: step))
    }

    // MARK: - Aside

    /// A name in the pool's `aside/`, where what was moved or copied stays for its owner to look at.
    func place(aside name: String) throws -> String {
        let folder = Path.join(pool.directory, "aside")
        try Files.makeDirectories(folder)
        return Path.join(folder, name + "." + RandomID.make())
    }

    mutating func moveAside(_ path: String, as name: String, slot: Int? = nil) throws {
        let aside = try place(aside: name)
        try Files.renameNoReplace(path, aside)
        pool.faults.reach(.mendAside)
        note(.movedAside(to: aside), path, slot: slot)
    }

    /// Replaces a small file that others may read at any moment; the old one, if it holds anything, is kept beside.
    mutating func rewrite(_ path: String, _ text: String) throws {
        if let old = try? Files.read(path, limit: 1 << 20), !old.isEmpty {
            try Files.create(place(aside: Path.name(path)), old)
            pool.faults.reach(.mendKept)
        }
        // Not beside it: a draft there would be litter in a folder that is git's.
        let draft = Path.join(pool.directory, "mend-" + RandomID.make() + Files.draftSuffix)
        try Files.create(draft, Array(text.utf8), mode: 0o644)
        do { try Files.rename(draft, path) } catch {
            try? Files.unlink(draft)
            throw error
        }
    }
}
