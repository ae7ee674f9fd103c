internal import Git
internal import POSIX

/// A plan carried out by as many processes as there are processors: this one, and children of the same program, which
/// hold the slot's lock as long as they write into the slot.
struct CloneWorkers {
    let plan: ClonePlan
    /// Where plan and results are exchanged; whoever made the folder removes it.
    let folder: String
    let environment: [String: String]
    /// The slot's lock.
    let lock: Int32

    /// Starting a child costs 2 ms, and cloning a file 20 to 30 us (ext4, files of 6 KB).
    private static let itemsWorthAChild = 200

    /// What all of them made. A child that fails is as good as one that found nothing.
    func run(_ watch: FileProgress.Watch?) throws -> [ClonePlan.Result] {
        let count = max(1, min(Processors.count, 8, plan.items.count / CloneWorkers.itemsWorthAChild))
        guard count > 1, let program = OwnProgram.path(environment) else {
            return [plan.carryOut(share: 0, of: 1, watch)]
        }
        // After a kill these go with the locks that git left behind.
        let file = Path.join(folder, "clone.lock")
        try Files.create(file, plan.bytes)
        var results: [ClonePlan.Result] = []
        try withChildren(from: 1, of: count, program, file) {
            results.append(plan.carryOut(share: 0, of: count, watch))
        }
        for share in 1..<count {
            let answer = ClonePlan.answer(file, share)
            if let bytes = try? Files.read(answer), let result = ClonePlan.Result(bytes: bytes) {
                results.append(result)
            }
            try? Files.unlink(answer)
        }
        try? Files.unlink(file)
        return results
    }

    /// Starts the children from `share` on, does `meanwhile`, and waits for all.
    private func withChildren(
        from share: Int, of count: Int, _ program: String, _ file: String, _ meanwhile: () -> Void
    ) throws {
        guard share < count else { return meanwhile() }
        var command = Command(program, ["_clone", file, String(share), String(count)], environment: environment)
        command.inherited = [lock]
        (command.output, command.error) = (.null, .null)
        // One that cannot be started is one that made nothing.
        guard var child = try? Child(starting: command) else {
            return try withChildren(from: share + 1, of: count, program, file, meanwhile)
        }
        try withChildren(from: share + 1, of: count, program, file, meanwhile)
        _ = try child.finish()
    }
}

extension ClonePlan {
    fileprivate static func answer(_ file: String, _ share: Int) -> String { "\(file).\(share).lock" }

    /// What a child does: its share of the plan in `file`, and the result beside it.
    package static func work(_ file: String, share: Int, of count: Int) throws -> Bool {
        guard count > 0, let plan = ClonePlan(bytes: try Files.read(file)) else { return false }
        try Files.create(answer(file, share), plan.carryOut(share: share, of: count).bytes)
        return true
    }
}
