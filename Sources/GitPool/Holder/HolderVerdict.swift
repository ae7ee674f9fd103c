package import POSIX

/// Whether a holder lives. `dead` is said only when it is proven, and no other verdict frees a lease.
package enum HolderVerdict: Equatable, Sendable {
    case alive
    case dead
    case unknown(Doubt)

    package enum Doubt: Equatable, Sendable {
        /// The record is missing, incomplete, or of a newer version.
        case unreadableRecord
        /// This system does not say which boot it is in.
        case noBootID
        /// Recorded by a machine of this name.
        case foreignHost(String)
        /// Another machine of the same name, a virtual one, or a boot that was never noted.
        case foreignBoot(String)
        case foreignPIDNamespace
        case unavailable(SystemError)
    }

    /// What was seen of the process that has the recorded id now.
    package enum Observation: Equatable, Sendable {
        case noSuchProcess
        case process(hasEnded: Bool, pidfsInode: UInt64?, startTicks: UInt64?)
        case unavailable(SystemError)
    }

    /// Nil, for a record that could not be read, is unknown.
    package static func of(_ identity: HolderIdentity?, in surroundings: Surroundings) -> HolderVerdict {
        guard let identity else { return .unknown(.unreadableRecord) }
        return ofPlace(identity, surroundings) ?? of(identity, in: surroundings, observed: Observation(of: identity))
    }

    /// The same without looking at the machine.
    package static func of(
        _ identity: HolderIdentity, in surroundings: Surroundings, observed: Observation
    ) -> HolderVerdict {
        ofPlace(identity, surroundings) ?? ofProcess(identity, surroundings, observed)
    }

    /// Nil where the recorded id means the same here as there.
    private static func ofPlace(_ identity: HolderIdentity, _ here: Surroundings) -> HolderVerdict? {
        guard let bootID = here.bootID else { return .unknown(.noBootID) }
        if identity.bootID != bootID {
            // A name proves nothing, but another name is reason enough to wait: diskless nodes share one image, so one
            // machine id, and one home, so one list of boots.
            guard identity.host == here.host else { return .unknown(.foreignHost(identity.host)) }
            return here.ownBoots.contains(identity.bootID) ? .dead : .unknown(.foreignBoot(identity.bootID))
        }
        return identity.pidNamespace == here.pidNamespace ? nil : .unknown(.foreignPIDNamespace)
    }

    private static func ofProcess(
        _ identity: HolderIdentity, _ here: Surroundings, _ observed: Observation
    ) -> HolderVerdict {
        switch observed {
        case .noSuchProcess: return .dead
        case .unavailable(let error): return .unknown(.unavailable(error))
        case .process(true, _, _): return .dead
        case .process(false, let inode, let ticks):
            // The inode proves it either way. Ticks collide (244 of 300 reuses fell into the same one), and a time
            // namespace moves them.
            if let inode, let recorded = identity.pidfsInode { return inode == recorded ? .alive : .dead }
            guard let ticks, identity.timeNamespace == here.timeNamespace else { return .alive }
            return ticks == identity.startTicks ? .alive : .dead
        }
    }
}

extension HolderVerdict.Observation {
    init(of identity: HolderIdentity) {
        switch ProcessDescriptor.open(identity.pid) {
        case .noSuchProcess: self = .noSuchProcess
        case .unavailable(let error): self = .init(withoutDescriptor: identity.pid, error)
        case .opened(let descriptor):
            do {
                let inode = descriptor.inode
                // Read after the descriptor was opened and before it is polled: if the process ends and its id is used
                // again in between, the poll says so.
                var ticks: UInt64?
                if inode == nil || identity.pidfsInode == nil,
                    case .present(let facts) = ProcessTable.read(identity.pid)
                {
                    ticks = facts.startTicks
                }
                self = .process(hasEnded: try descriptor.hasEnded(), pidfsInode: inode, startTicks: ticks)
            } catch {
                self = .unavailable(error)
            }
        }
    }

    /// Where there is no pidfd_open(2), or a sandbox forbids it, /proc and kill(2) can still prove a death: by ESRCH,
    /// or by a zombie with one thread. So can a number that is only a thread of another process by now (EINVAL, or
    /// ENOENT in newer kernels). A lack of descriptors or memory proves nothing.
    private init(withoutDescriptor pid: Int32, _ refusal: SystemError) {
        guard refusal.isUnsupported || refusal.isNotPermitted || refusal.isNotFound else {
            self = .unavailable(refusal)
            return
        }
        switch ProcessTable.read(pid) {
        case .absent: self = .noSuchProcess
        case .present(let facts):
            self = .process(hasEnded: facts.hasEnded, pidfsInode: nil, startTicks: facts.startTicks)
        case .unknown: self = .unavailable(refusal)
        }
    }
}
