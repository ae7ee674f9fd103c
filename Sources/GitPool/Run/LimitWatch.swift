internal import POSIX

/// The limits of one running command that must be polled: when to look next, and which one was passed.
struct LimitWatch: Sendable {
    private let limits: Limits
    private let watchesMemory: Bool
    private let folder: String
    private let diskBefore: Int64
    private let ownPeak = ChildEvent.ownPeakBytes()
    /// Milliseconds since boot, as all times here.
    private let timeOver: Int64
    private var memoryLook: Int64 = .max
    private var diskLook: Int64 = .max

    private static let memoryPause: Int64 = 50
    private static let diskPause: ClosedRange<Int64> = 200...5000

    /// To be made before the command starts: what is on the disk then is not the command's.
    init(_ plan: LimitPlan, in folder: String) {
        limits = plan.limits
        self.folder = folder
        watchesMemory = plan.level(.memory) == .watched
        diskBefore = plan.limits.disk == nil ? 0 : DiskUsage.estimate(below: folder)
        let now = Clock.sinceBoot()
        timeOver = plan.limits.time.map { now.addingOrMax($0.multipliedOrMax(1000)) } ?? .max
        if watchesMemory { memoryLook = now }
        if limits.disk != nil { diskLook = now + LimitWatch.diskPause.lowerBound }
    }

    var nextLook: Int64 { min(timeOver, memoryLook, diskLook) }

    /// Looks at what is due.
    mutating func look(at members: () -> [Int32]) -> LimitKind? {
        let now = Clock.sinceBoot()
        if now >= timeOver { return .time }
        if now >= memoryLook {
            if isMemoryPassed(by: members()) { return .memory }
            memoryLook = Clock.sinceBoot() + LimitWatch.memoryPause
        }
        if now >= diskLook {
            if isDiskPassed { return .disk }
            // A tenth of the time at the most, however large the tree.
            let took = Clock.sinceBoot() - now
            diskLook =
                Clock.sinceBoot()
                + min(max(took * 10, LimitWatch.diskPause.lowerBound), LimitWatch.diskPause.upperBound)
        }
        return nil
    }

    /// When the command has ended by itself: what it may have done between two looks.
    func lastLook(peakBytes: Int64) -> LimitKind? {
        if isDiskPassed { return .disk }
        // A child starts out with our own peak as its own (getrusage(2), `ru_maxrss`).
        if watchesMemory, let memory = limits.memory, peakBytes > max(memory, ownPeak) { return .memory }
        return nil
    }

    private var isDiskPassed: Bool { limits.disk.map { DiskUsage.estimate(below: folder) - diskBefore > $0 } ?? false }

    /// Shared pages count for every process at first, which is cheap; only what is too much by that is counted well.
    private func isMemoryPassed(by members: [Int32]) -> Bool {
        guard let memory = limits.memory else { return false }
        guard members.reduce(0, { $0 + ProcessTree.residentBytes($1) }) > memory else { return false }
        return members.reduce(0) { $0 + (ProcessTree.proportionalBytes($1) ?? ProcessTree.residentBytes($1)) } > memory
    }
}
