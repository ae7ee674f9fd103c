internal import Glibc

/// What a process has started, and what that uses. A process whose parent ended belongs to whoever adopted it.
package enum ProcessTree {
    /// The roots that are there and all their descendants, each once.
    package static func members(from roots: [Int32]) -> [Int32] {
        var found: [Int32] = []
        var seen: Set<Int32> = []
        var waiting = roots
        var parents: [Int32: [Int32]]?
        while let pid = waiting.popLast() {
            guard seen.insert(pid).inserted else { continue }
            found.append(pid)
            if let children = listed(pid) {
                waiting += children
            } else {
                // A kernel without CONFIG_PROC_CHILDREN: all processes are looked at, once.
                let table = parents ?? byParent()
                parents = table
                waiting += table[pid] ?? []
            }
        }
        return found
    }

    /// The children of this process.
    package static func ownChildren() -> [Int32] { listed(getpid()) ?? byParent()[getpid()] ?? [] }

    /// Bytes of memory that are in use now, shared ones counted for each process; 0 for one that is gone.
    package static func residentBytes(_ pid: Int32) -> Int64 {
        guard let bytes = try? Files.read("/proc/\(pid)/statm", limit: 4096) else { return 0 }
        let fields = bytes.split(separator: UInt8(ascii: " "), maxSplits: 2)
        guard fields.count > 1, let pages = Int64(String(decoding: fields[1], as: UTF8.self)) else { return 0 }
        return pages * Int64(getpagesize())
    }

    /// The same with shared ones divided among those who share them: right, and dear. Nil where it is not told.
    package static func proportionalBytes(_ pid: Int32) -> Int64? {
        guard let bytes = try? Files.read("/proc/\(pid)/smaps_rollup", limit: 1 << 16) else { return nil }
        for line in bytes.split(separator: UInt8(ascii: "\n")) where line.starts(with: "Pss:".utf8) {
            let digits = line.dropFirst(4).filter { (0x30...0x39).contains($0) }
            return Int64(String(decoding: digits, as: UTF8.self)).map { $0 * 1024 }
        }
        return nil
    }

    /// A variable a process was started with; nil where there is none, or it is not told.
    package static func variable(_ name: String, of pid: Int32) -> String? {
        let key = Array((name + "=").utf8)
        guard let bytes = try? Files.read("/proc/\(pid)/environ", limit: 1 << 22),
            let entry = bytes.split(separator: 0).first(where: { $0.starts(with: key) })
        else { return nil }
        return String(decoding: entry.dropFirst(key.count), as: UTF8.self)
    }

    /// Each thread lists the children that it started itself (proc(5), `children`); nil where the kernel has no list.
    private static func listed(_ pid: Int32) -> [Int32]? {
        let folder = "/proc/\(pid)/task"
        guard let threads = try? Directory.entries(folder) else { return [] }
        var children: [Int32] = []
        for thread in threads {
            do {
                let bytes = try Files.read("\(folder)/\(thread)/children", limit: 1 << 20)
                children += bytes.split(separator: UInt8(ascii: " "))
                    .compactMap { Int32(String(decoding: $0, as: UTF8.self)) }
            } catch {
                guard !Files.exists("\(folder)/\(thread)") || !error.isNotFound else { return nil }
            }
        }
        return children
    }

    private static func byParent() -> [Int32: [Int32]] {
        var children: [Int32: [Int32]] = [:]
        for pid in (try? ProcessTable.list()) ?? [] {
            guard let bytes = try? Files.read("/proc/\(pid)/stat", limit: 4096),
                let facts = ProcessFacts(statLine: bytes)
            else { continue }
            children[facts.parent, default: []].append(pid)
        }
        return children
    }
}
