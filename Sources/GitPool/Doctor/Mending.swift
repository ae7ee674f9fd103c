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
        guard pool.exists else { return }
        let turn = try pool.acquire(Path.join(pool.directory, "doctor.lock"), .repairs)
        defer { extendLifetime(turn) }
        try leaveOriginal()
        if isMoved { try claimPlaces() }
        for _ in 0..<5 {
            let before = repairs.count
            failures = []
            mend(pool.damages())
            if repairs.count == before { return }
        }
    }

    /// In this order: first what makes git's own commands fail.
    private mutating func mend(_ findings: [Finding]) {
        for finding in findings {
            guard case .halfMade(let path, let fault, let slot) = finding else { continue }
            attempt(path) { (mending: inout Mending) throws in
                switch fault {
                case .emptyCommonDir, .noCommonDir: try mending.mendCommonDir(AdminDirectory(path), slot: slot)
                case .noHead, .nullHead, .unknownHead, .noTree, .initializing, .abandoned, .noIndex: break
                }
            }
        }
        for finding in findings { mendPlace(finding) }
        for number in slots(in: findings) {
            attempt(pool.slotLockPath(number)) { try $0.mendSlot(number) }
        }
        for finding in findings { mendRest(finding) }
    }

    private mutating func mendPlace(_ finding: Finding) {
        switch finding {
        case .movedRoot(let path, _, let fault):
            attempt(path) { try $0.claimFolder(path, fault) }
        case .movedSlots(let path, let from):
            attempt(path) { try $0.followSlots(to: path, from: from) }
        case .unreadableRecord(let slot, let path):
            attempt(path, recordsOf: slot) { try $0.mendRecord(slot) }
        case .severalRecords(let slot, let paths):
            attempt(paths.first ?? "", recordsOf: slot) { try $0.mendRecords(slot) }
        case .strayTree(let slot, let path):
            attempt(path, recordsOf: slot) { try $0.recordStray(slot, path) }
        case .oldGit, .missingTree, .brokenLink, .brokenSlot, .sharedName, .unlocked, .unfinished, .unknownHolder,
            .leftover, .copied, .halfMade, .gitLock, .brokenRef, .orphanedBranch, .locksFail, .sharedFileSystem,
            .lowSpace, .sharedCache, .unknownCache, .mirror:
            break
        }
    }

    private mutating func mendRest(_ finding: Finding) {
        switch finding {
        case .halfMade(let path, _, nil):
            attempt(path) { try $0.mendUnrecorded(AdminDirectory(path)) }
        case .gitLock(let path, .nobody, let slot):
            attempt(path) { try $0.removeLock(path, slot: slot) }
        case .leftover(let path, let kind):
            attempt(path) { try $0.clear(path, kind) }
        case .brokenRef(let ref):
            attempt(ref) { try $0.mend(brokenRef: ref) }
        case .oldGit, .unreadableRecord, .severalRecords, .missingTree, .brokenLink, .brokenSlot, .sharedName,
            .unlocked, .unfinished, .unknownHolder, .halfMade, .gitLock, .movedRoot, .copied, .movedSlots, .strayTree,
            .orphanedBranch, .locksFail, .sharedFileSystem, .lowSpace, .sharedCache, .unknownCache, .mirror:
            break
        }
    }

    /// Slots that are looked at as a whole, each once.
    private func slots(in findings: [Finding]) -> [Int] {
        findings.compactMap { finding -> Int? in
            switch finding {
            case .halfMade(_, _, let slot): slot
            case .missingTree(let slot, _, _), .brokenLink(let slot, _, _), .brokenSlot(let slot, _, _),
                .unlocked(let slot, _), .unfinished(let slot, _, _):
                slot
            case .oldGit, .unreadableRecord, .severalRecords, .sharedName, .unknownHolder, .leftover, .gitLock,
                .movedRoot, .copied, .movedSlots, .strayTree, .brokenRef, .orphanedBranch, .locksFail,
                .sharedFileSystem, .lowSpace, .sharedCache, .unknownCache, .mirror:
                nil
            }
        }.uniqued()
    }

    /// One damage that cannot be mended does not keep the next one from it.
    private mutating func attempt(_ path: String, _ body: (inout Mending) throws -> Void) {
        do { try body(&self) } catch { failures.append(Failure(path: path, error: error)) }
    }

    private mutating func attempt(_ path: String, recordsOf slot: Int, _ body: (inout Mending) throws -> Void) {
        attempt(path) { try $0.holdingRecords(of: slot, body) }
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
