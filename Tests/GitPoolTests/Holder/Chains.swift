import POSIX

@testable import GitPool

/// One process of a chain that nobody started: pids and start times are filled in by `ancestry`.
struct Link {
    var command: String
    var executable: String?
    var arguments: [String]
    var stack: UInt64?
    var terminal: Int32 = 34816

    init(_ command: String, _ arguments: [String]? = nil, executable: String? = nil, stack: UInt64? = nil) {
        self.command = command
        self.arguments = arguments ?? [command]
        self.executable = executable ?? "/usr/bin/\(command)"
        self.stack = stack
    }

    func hidden() -> Link {
        var copy = self
        copy.executable = nil
        return copy
    }

    func withoutTerminal() -> Link {
        var copy = self
        copy.terminal = 0
        return copy
    }

    static let git = Link("git", ["git", "pool", "add"])
    static let checkout = Link("git", ["git", "checkout", "topic"])
    static let poolAdd = Link("git-pool", ["git-pool", "add"])
    static let poolRun = Link("git-pool", ["git-pool", "run", "--", "x"])
    static let poolMap = Link("git-pool", ["git-pool", "map", "--", "x", ":::", "y"])
    static let bash = Link("bash", ["-bash"])
    static let zsh = Link("zsh", ["-zsh"])
    static let fish = Link("fish", ["fish"])
    static let tmux = Link("tmux: server", ["tmux", "new"], executable: "/usr/bin/tmux")
    static let sshd = Link("sshd", ["sshd: user@pts/0"]).hidden()
    static let systemd = Link("systemd", ["/sbin/init"]).hidden()
    static let node = Link("node", ["node", "agent.js"])
    static let python = Link("python3", ["python3", "agent.py"], executable: "/usr/bin/python3.11")
    static let dashCommand = Link("sh", ["sh", "-c", "git pool add"], executable: "/usr/bin/dash")
    static let script = Link("s.sh", ["/bin/sh", "./s.sh"], executable: "/usr/bin/dash")

}

/// Nearest first; the last is process 1 if `atInit`, else has no parent here. Two equal stacks make a clone.
func ancestry(_ links: [Link], atInit: Bool = true, end: Ancestry.End = .top) -> Ancestry {
    var processes: [ProcessFacts] = []
    for (depth, link) in links.enumerated() {
        let isLast = depth == links.count - 1
        let pid: Int32 = isLast && atInit ? 1 : Int32(9000 - depth * 10)
        let parent: Int32 = isLast ? 0 : (depth == links.count - 2 && atInit ? 1 : Int32(9000 - (depth + 1) * 10))
        processes.append(
            ProcessFacts(
                pid: pid, parent: parent, terminal: link.terminal, startTicks: UInt64(5000 - depth * 100),
                stackAddress: link.stack ?? UInt64(0x7fff_0000_0000 + depth * 4096), command: link.command,
                executable: link.executable, arguments: link.arguments, user: 1000))
    }
    return Ancestry(processes: processes, end: end)
}

func policy(container: Bool = false, actions: Bool = false) -> HolderPolicy {
    var policy = HolderPolicy()
    policy.isContainer = container
    policy.isGitHubActions = actions
    policy.user = 1000
    return policy
}

func choose(_ ancestry: Ancestry, _ policy: HolderPolicy = policy(), variable: String? = nil) -> HolderChoice {
    HolderChoice.choose(flag: nil, variable: variable, ancestry: ancestry, policy: policy)
}

extension HolderChoice {
    /// `shell bash`, or the reason of a refusal.
    var summary: String {
        switch self {
        case .holder(let selection): "\(selection.kind.rawValue) \(selection.program)"
        case .refused(let refusal):
            switch refusal.reason {
            case .nothingLasts: "nothing lasts"
            case .sessionHost(_, let name): "host \(name)"
            case .initProcess: "init"
            case .reusedDuringWalk: "reused"
            case .vanishedDuringWalk: "vanished"
            case .hidden: "hidden"
            case .invalidPID: "invalid"
            case .noSuchProcess: "no such process"
            case .ended: "ended"
            case .otherUser: "other user"
            case .noBootID: "no boot id"
            }
        }
    }
}
