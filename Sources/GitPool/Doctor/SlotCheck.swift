internal import Git
internal import POSIX

/// What `doctor` looks for in the slots: each record against its tree, its admin directory, and the other records.
extension Pool {
    func slotFindings() -> [Finding] {
        guard let slots = try? peek() else { return [] }
        return slots.flatMap(findings) + sharedNames(slots)
    }

    private func findings(of slot: Slot) -> [Finding] {
        guard let record = slot.record else { return [recordFinding(slot)] }
        switch slot.state {
        case .warming, .leasing, .releasing, .cleaning, .trash:
            return isBusy(slot) ? [] : [.unfinished(slot: slot.number, path: record.path, slot.state)]
        case .broken:
            return [.brokenSlot(slot: slot.number, path: record.path, reasons: record.lease?.keptBecause ?? [])]
        case .idle, .leased, .expiring, .orphaned: return treeFindings(slot, record) + holderFindings(slot)
        }
    }

    private func recordFinding(_ slot: Slot) -> Finding {
        let paths = SlotState.allCases.map { recordPath(slot.number, $0) }.filter(Files.exists)
        return paths.count > 1
            ? .severalRecords(slot: slot.number, paths: paths)
            : .unreadableRecord(slot: slot.number, path: paths.first ?? slotsDirectory)
    }

    private func treeFindings(_ slot: Slot, _ record: SlotRecord) -> [Finding] {
        let admin = admin(record)
        guard Files.exists(record.path) else {
            guard movedPlace(of: record) == nil else { return [] }
            guard let moved = admin.recordedTree, moved != record.path, Files.exists(moved) else {
                return [.missingTree(slot: slot.number, path: record.path, unmounted: record.unmounted)]
            }
            return [.brokenLink(slot: slot.number, path: record.path, .adminNames(moved))]
        }
        if let fault = linkFault(record, admin) {
            return [.brokenLink(slot: slot.number, path: record.path, fault)]
        }
        guard slot.state == .leased, admin.lockReason == nil else { return [] }
        return [.unlocked(slot: slot.number, path: record.path)]
    }

    private func linkFault(_ record: SlotRecord, _ admin: AdminDirectory) -> Finding.LinkFault? {
        if admin.isLinked(to: record.path) { return nil }
        if let target = try? Files.target(ofLink: record.path) {
            return .isLink(to: Path.normalize(Path.join(record.root, target)))
        }
        guard !record.admin.isEmpty, Files.isDirectory(admin.path) else { return .noAdmin(path: admin.path) }
        guard let named = AdminDirectory.named(byTree: record.path) else { return .noGitFile }
        return named.path == admin.path ? .adminNames(admin.recordedTree) : .gitFileNames(named.path)
    }

    private func holderFindings(_ slot: Slot) -> [Finding] {
        guard slot.state == .leased, let lease = slot.lease else { return [] }
        switch verdict(of: lease) {
        case .alive: return []
        case .dead:
            return isDue(slot)
                ? [.unfinished(slot: slot.number, path: slot.record?.path ?? "", .leased)] : []
        case .unknown(let doubt): return [.unknownHolder(slot: slot.number, name: lease.name, doubt)]
        }
    }

    private func sharedNames(_ slots: [Slot]) -> [Finding] {
        var numbers: [String: [Int]] = [:]
        for slot in slots where slot.state.counts {
            if let name = slot.lease?.name { numbers[name, default: []].append(slot.number) }
        }
        return numbers.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }.map {
            .sharedName($0.key, slots: $0.value)
        }
    }
}
