package import POSIX

/// The process that a new lease is tied to, or why there is none: a pure decision over facts that were read before.
package enum HolderChoice: Equatable, Sendable {
    case holder(Selection)
    case refused(Refusal)

    package struct Selection: Equatable, Sendable {
        package let process: ProcessFacts
        package let kind: HolderKind
        /// Names from the nearest ancestor to the holder; of `--pid`, which need not be an ancestor, the holder's alone.
        package let chain: [String]
        /// GIT_POOL_HOLDER_PID was set and could not be followed.
        package var ignored: IgnoredVariable?

        /// What to call the holder.
        package var program: String { ProgramNames(process).shown }
    }

    package struct IgnoredVariable: Equatable, Sendable {
        package enum Reason: Equatable, Sendable { case notAProcessID, notAnAncestor, ended, otherUser(UInt32) }

        package let value: String
        package let reason: Reason
    }

    package struct Refusal: Equatable, Sendable {
        package enum Reason: Equatable, Sendable {
            /// All that is above ends with this command.
            case nothingLasts
            case sessionHost(Int32, name: String)
            /// Process 1 of a machine.
            case initProcess
            case reusedDuringWalk(Int32)
            case vanishedDuringWalk(Int32)
            case hidden(Int32, SystemError)
            /// `--pid 0`, or less.
            case invalidPID(Int32)
            case noSuchProcess(Int32)
            /// A zombie.
            case ended(Int32)
            case otherUser(Int32, user: UInt32)
            case noBootID
        }

        package let reason: Reason
        /// Names of the ancestors that were looked at, nearest first.
        package let chain: [String]
    }

    /// `flag` is `--pid` and what was read of it; `variable` the value of GIT_POOL_HOLDER_PID.
    package static func choose(
        flag: (pid: Int32, reading: ProcessReading)?, variable: String?, ancestry: Ancestry, policy: HolderPolicy
    ) -> HolderChoice {
        if let flag { return explicit(flag.pid, flag.reading, policy) }
        guard let variable, !variable.isEmpty else { return inferred(ancestry, policy, ignored: nil) }
        func ignoring(_ reason: IgnoredVariable.Reason) -> HolderChoice {
            inferred(ancestry, policy, ignored: IgnoredVariable(value: variable, reason: reason))
        }
        guard let pid = Int32(variable), pid > 0 else { return ignoring(.notAProcessID) }
        // An inherited value may be stale: it must not tie a lease to a stranger that got the number.
        guard let depth = ancestry.processes.firstIndex(where: { $0.pid == pid }) else {
            return ignoring(.notAnAncestor)
        }
        let process = ancestry.processes[depth]
        if process.hasEnded { return ignoring(.ended) }
        guard mayHold(process, policy) else { return ignoring(.otherUser(process.user)) }
        let chain = ancestry.processes[...depth].map(ProcessRole.shown)
        return .holder(Selection(process: process, kind: .environment, chain: chain))
    }

    private static func explicit(_ pid: Int32, _ reading: ProcessReading, _ policy: HolderPolicy) -> HolderChoice {
        func refusing(_ reason: Refusal.Reason) -> HolderChoice { .refused(Refusal(reason: reason, chain: [])) }
        guard pid > 0 else { return refusing(.invalidPID(pid)) }
        switch reading {
        case .absent: return refusing(.noSuchProcess(pid))
        case .unknown(let error): return refusing(.hidden(pid, error))
        case .present(let process):
            if process.hasEnded { return refusing(.ended(pid)) }
            guard mayHold(process, policy) else { return refusing(.otherUser(pid, user: process.user)) }
            return .holder(Selection(process: process, kind: .explicit, chain: [ProcessRole.shown(process)]))
        }
    }

    private static func inferred(
        _ ancestry: Ancestry, _ policy: HolderPolicy, ignored: IgnoredVariable?
    ) -> HolderChoice {
        var chain: [String] = []
        func refusing(_ reason: Refusal.Reason) -> HolderChoice { .refused(Refusal(reason: reason, chain: chain)) }
        // A walk that went astray is not believed below that point either.
        switch ancestry.end {
        case .top, .hidden: break
        case .reused(let pid): return refusing(.reusedDuringWalk(pid))
        case .vanished(let pid): return refusing(.vanishedDuringWalk(pid))
        }
        for (depth, process) in ancestry.processes.enumerated() {
            let parent = depth + 1 < ancestry.processes.count ? ancestry.processes[depth + 1] : nil
            if let parent, parent.startTicks > process.startTicks { return refusing(.reusedDuringWalk(parent.pid)) }
            chain.append(ProcessRole.shown(process))
            switch ProcessRole(process, parent: parent, policy) {
            case .transparent: continue
            case .sessionHost: return refusing(.sessionHost(process.pid, name: ProgramNames(process).shown))
            case .holder(let kind):
                if process.pid == 1, !policy.isContainer { return refusing(.initProcess) }
                return .holder(Selection(process: process, kind: kind, chain: chain, ignored: ignored))
            }
        }
        switch ancestry.end {
        // With hidepid the sshd above us is hidden: whoever lasts below it has been found by now.
        case .hidden(let pid, let error): return refusing(.hidden(pid, error))
        case .top, .reused, .vanished: return refusing(.nothingLasts)
        }
    }

    private static func mayHold(_ process: ProcessFacts, _ policy: HolderPolicy) -> Bool {
        process.user == policy.user || policy.user == 0
    }
}
