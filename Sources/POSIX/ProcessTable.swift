internal import CPOSIX
internal import Glibc

/// What could be learned about one process id; only `absent` says that no such process exists.
package enum ProcessReading: Equatable, Sendable {
    case present(ProcessFacts)
    case absent
    /// It exists, or may exist, and we are not told about it.
    case unknown(SystemError)
}

/// The kernel's table of processes as /proc shows it, one process at a time. Without /proc (macOS) all is unknown.
package enum ProcessTable {
    package static func ownPID() -> Int32 { getpid() }

    package static func parentPID() -> Int32 { getppid() }

    /// Whether a process is there that does nothing until somebody lets it go on.
    package static func isStopped(_ pid: Int32?) -> Bool {
        guard let pid, case .present(let facts) = read(pid) else { return false }
        return facts.isStopped
    }

    package static func read(_ pid: Int32) -> ProcessReading {
        do {
            // After `unshare --pid` alone, /proc is still the outer namespace's: its numbers name other processes.
            guard try Files.target(ofLink: "/proc/self") == String(getpid()) else {
                return .unknown(SystemError(code: EXDEV, call: "readlink", subject: "/proc/self"))
            }
            return try facts(pid).map { .present($0) } ?? .absent
        } catch {
            guard error.isNotFound || error.isNoSuchProcess else { return .unknown(error) }
            // With hidepid=2 the folder of another user's process is missing as well, while kill(2) says EPERM.
            return exists(pid) ? .unknown(SystemError(code: EPERM, call: "open", subject: "/proc/\(pid)")) : .absent
        }
    }

    /// False only where kill(2) says that there is no such process; a zombie exists.
    package static func exists(_ pid: Int32) -> Bool {
        guard pid > 0 else { return false }
        return kill(pid, 0) == 0 || errno != ESRCH
    }

    /// The ids of all processes that are shown to us.
    package static func list() throws(SystemError) -> [Int32] {
        var pids: [Int32] = []
        try Directory.forEachEntry(Directory.openDirectory(AT_FDCWD, "/proc"), "/proc") { name, _ throws(SystemError) in
            // By bytes: half of what is there is no process, and a text of each name takes longer than the look.
            let digits = name.dropLast()
            guard digits.count < 10, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return }
            pids.append(digits.reduce(0) { $0 * 10 + Int32($1 - 0x30) })
        }
        return pids
    }

    /// Asks that a process and what it starts be served after others; a request, no limit.
    package static func lowerPriority(of pid: Int32) { _ = cposix_yield_processor(pid) }

    /// From now on descendants of this process whose parents end are its children (prctl(2)); not on every system.
    package static func adoptOrphans() { _ = cposix_adopt_orphans() }

    /// The command alone, for a message; nil if it is gone.
    package static func command(_ pid: Int32) -> String? {
        guard let bytes = try? Files.read("/proc/\(pid)/comm") else { return nil }
        return String(decoding: bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...], as: UTF8.self)
    }

    /// Nil if the number is that of a thread that leads no process: /proc and kill(2) answer for one all the same.
    private static func facts(_ pid: Int32) throws(SystemError) -> ProcessFacts? {
        let folder = "/proc/\(pid)"
        guard var facts = ProcessFacts(statLine: try Files.read(folder + "/stat")), facts.pid == pid else {
            throw SystemError(code: EILSEQ, call: "read", subject: folder + "/stat")
        }
        let status = try Files.read(folder + "/status")
        guard let leader = number("Tgid:", status), let user = number("Uid:", status) else {
            throw SystemError(code: EILSEQ, call: "read", subject: folder + "/status")
        }
        guard leader == UInt32(pid) else { return nil }
        facts.user = user
        facts.arguments = try Files.read(folder + "/cmdline")
            .split(separator: 0, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
        if facts.arguments.last == "" { facts.arguments.removeLast() }
        if let path = try? Files.target(ofLink: folder + "/exe") {
            facts.executable = path.hasSuffix(" (deleted)") ? String(path.dropLast(10)) : path
        }
        return facts
    }

    /// The first number of the line that begins with `key`; never the first line, which is the command's.
    private static func number(_ key: String, _ status: [UInt8]) -> UInt32? {
        let (text, key) = (status.span, key.utf8.span)
        var end = 0
        while let feed = text.firstIndex(of: UInt8(ascii: "\n"), from: end) {
            end = feed + 1
            guard end + key.count < text.count else { return nil }
            guard text.extracting(end..<end + key.count).isSame(as: key) else { continue }
            let digits = status[(end + key.count)...].drop { $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: " ") }
                .prefix { (0x30...0x39).contains($0) }
            return UInt32(String(decoding: digits, as: UTF8.self))
        }
        return nil
    }
}
