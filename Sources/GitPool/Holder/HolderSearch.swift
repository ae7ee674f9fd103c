internal import POSIX

/// The holder of a lease that is about to be made, as this machine has it now.
package enum HolderSearch: Equatable, Sendable {
    case found(HolderIdentity, HolderChoice.Selection)
    case refused(HolderChoice.Refusal)

    /// `ancestry` was read first thing in `main`; `pid` is `--pid`.
    package init(
        ancestry: Ancestry, pid: Int32?, environment: [String: String], policy: HolderPolicy, surroundings: Surroundings
    ) {
        let choice = HolderChoice.choose(
            flag: pid.map { ($0, ProcessTable.read($0)) }, variable: environment["GIT_POOL_HOLDER_PID"],
            ancestry: ancestry, policy: policy)
        switch choice {
        case .refused(let refusal): self = .refused(refusal)
        case .holder(let selection):
            guard let bootID = surroundings.bootID else {
                self = .refused(HolderChoice.Refusal(reason: .noBootID, chain: selection.chain))
                return
            }
            self = HolderSearch.identify(selection, bootID, surroundings)
        }
    }

    /// The holder may have ended since it was read, and its id may be another's: the start is compared once more after
    /// the descriptor, which cannot change hands, is open.
    private static func identify(
        _ selection: HolderChoice.Selection, _ bootID: String, _ surroundings: Surroundings
    ) -> HolderSearch {
        let pid = selection.process.pid
        var inode: UInt64?
        let gone = HolderSearch.refused(HolderChoice.Refusal(reason: .vanishedDuringWalk(pid), chain: selection.chain))
        switch ProcessDescriptor.open(pid) {
        case .opened(let descriptor):
            inode = descriptor.inode
            guard case .present(let facts) = ProcessTable.read(pid),
                facts.startTicks == selection.process.startTicks, (try? descriptor.hasEnded()) != true
            else { return gone }
        case .noSuchProcess: return gone
        case .unavailable: break
        }
        return .found(
            HolderIdentity(
                bootID: bootID, pidNamespace: surroundings.pidNamespace, timeNamespace: surroundings.timeNamespace,
                pid: pid, startTicks: selection.process.startTicks, pidfsInode: inode, program: selection.program,
                kind: selection.kind, host: surroundings.host),
            selection)
    }
}
