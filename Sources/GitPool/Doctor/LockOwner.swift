internal import Git
package import POSIX

/// Who owns a git lock file. The answer is nobody only if every process that could have made it was looked at, and none
/// did.
package enum LockOwner: Sendable, Equatable {
    case nobody
    case process(pid: Int32, program: String)
    case unknown(Doubt)

    package enum Doubt: Sendable, Equatable {
        /// A program with a git of its own inside it holds a lock for moments, and has no name to tell it by.
        case young
        case sharedFileSystem
        /// A lease is held from another machine or container, whose processes cannot be seen.
        case heldElsewhere
        case hiddenProcess(pid: Int32)
        case unavailable(SystemError)
    }

    /// Seconds a lock must have stood there before anybody says that nobody is at it.
    static let patience: Int64 = 60

    /// - Parameter places: folders a git process that works on the repository stands in, or names.
    init(of lock: String, in pool: Pool, places: [String]) {
        do {
            let status = try Files.status(lock)
            if FileSystem(holding: lock).isShared {
                self = .unknown(.sharedFileSystem)
            } else if pool.isHeldElsewhere {
                self = .unknown(.heldElsewhere)
            } else if status.modified > pool.now() - LockOwner.patience {
                self = .unknown(.young)
            } else {
                self = try LockOwner.search(for: lock, status, places)
            }
        } catch { self = .unknown(.unavailable(error)) }
    }

    private static func search(
        for lock: String, _ status: Files.Status, _ places: [String]
    ) throws(SystemError) -> LockOwner {
        var callers: Set<Int32> = []
        var pid = ProcessTable.ownPID()
        while pid > 0, case .present(let facts) = ProcessTable.read(pid) {
            callers.insert(pid)
            pid = facts.parent
        }
        for pid in try ProcessTable.list() where !callers.contains(pid) {
            switch ProcessTable.read(pid) {
            case .absent: continue
            case .unknown: return .unknown(.hiddenProcess(pid: pid))
            case .present(let facts):
                // A file belongs to whoever made it.
                guard !facts.hasEnded, facts.user == status.owner || facts.user == 0 else { continue }
                let process = LockOwner.process(pid: pid, program: facts.command)
                do {
                    let isGit = facts.command == "git" || facts.command.hasPrefix("git-")
                    if isGit, facts.command != "git-pool", try concerns(facts, places) { return process }
                    if try isOpen(lock, pid) { return process }
                } catch {
                    if error.isNotFound || error.isNoSuchProcess { continue }
                    guard facts.user == status.owner else { continue }
                    return .unknown(.hiddenProcess(pid: pid))
                }
            }
        }
        return .nobody
    }

    /// Whether a git process stands in one of the places, names one, or names its repository by a path from where it is.
    private static func concerns(_ facts: ProcessFacts, _ places: [String]) throws(SystemError) -> Bool {
        let folder = "/proc/\(facts.pid)"
        let stand = try Files.target(ofLink: folder + "/cwd")
        if places.contains(where: { Path.contains($0, stand) }) { return true }
        let variables = try Files.read(folder + "/environ").split(separator: 0).map {
            String(decoding: $0, as: UTF8.self)
        }
        let words = facts.arguments + variables.filter { $0.hasPrefix("GIT_") }
        // It goes to the work tree that it was told of, and says no more where it came from.
        let hasMoved = words.contains { $0.hasPrefix("GIT_WORK_TREE=") || $0.hasPrefix("--work-tree") }
        return words.contains { word in
            let value = word.split(separator: "=", maxSplits: 1).last.map(String.init) ?? word
            if places.contains(where: { Path.contains($0, Path.normalize(Path.join(stand, value))) }) { return true }
            return hasMoved && word.hasPrefix("GIT_DIR=") && !Path.isAbsolute(value)
        }
    }

    private static func isOpen(_ lock: String, _ pid: Int32) throws(SystemError) -> Bool {
        for name in try Directory.entries("/proc/\(pid)/fd") {
            if (try? Files.target(ofLink: "/proc/\(pid)/fd/\(name)")) == lock { return true }
        }
        return false
    }
}

extension Pool {
    /// Whether a session of another machine or container has a slot.
    fileprivate var isHeldElsewhere: Bool {
        ((try? peek()) ?? []).compactMap(\.lease).contains { lease in
            switch verdict(of: lease) {
            case .unknown(.foreignHost), .unknown(.foreignBoot), .unknown(.foreignPIDNamespace): true
            case .unknown(.unreadableRecord), .unknown(.noBootID), .unknown(.unavailable), .alive, .dead: false
            }
        }
    }
}
