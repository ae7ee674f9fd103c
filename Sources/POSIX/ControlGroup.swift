internal import Glibc

/// A cgroup (version 2) for one command and all that it starts, made where the system lets this user make one.
package struct ControlGroup: Sendable {
    /// A folder below which groups with certain controllers may be made.
    package struct Place: Sendable {
        let folder: String
        /// The group this process is in.
        let home: String

        /// The nearest one with these controllers, from this process's own group upwards: nothing is switched on for it.
        package init?(with controllers: Set<String>) {
            // A group outside of what is mounted here could be left, and not be come back to.
            guard let mounts = try? Files.read("/proc/self/mountinfo", limit: 1 << 22),
                let groups = try? Files.read("/proc/self/cgroup", limit: 1 << 16),
                let mount = Place.mount(in: mounts), let own = Place.own(in: groups),
                let home = Place.home(of: own, mount)
            else { return nil }
            var candidate: String? = home
            while let folder = candidate, Path.contains(mount.point, folder) {
                let given = Place.words(Path.join(folder, "cgroup.subtree_control"))
                if controllers.isSubset(of: given), Files.isWritable(folder),
                    Files.isWritable(Path.join(folder, "cgroup.procs"))
                {
                    self.folder = folder
                    self.home = home
                    return
                }
                candidate = Path.parent(folder)
            }
            return nil
        }

        /// The folder of a group; nil where it is outside of what is mounted.
        package static func home(of group: String, _ mount: (root: String, point: String)) -> String? {
            guard Path.isAbsolute(mount.point), Path.contains(mount.root, group) else { return nil }
            let inside = Substring(group.utf8.dropFirst(mount.root == "/" ? 0 : mount.root.utf8.count))
            let home = Path.normalize(mount.point + "/" + inside)
            return Path.contains(Path.normalize(mount.point), home) ? home : nil
        }

        /// proc_pid_mountinfo(5): root and mount point are the fourth and fifth field, the type follows a dash.
        package static func mount(in bytes: [UInt8]) -> (root: String, point: String)? {
            for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
                let fields = line.split(separator: " ")
                guard let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count, fields[dash + 1] == "cgroup2",
                    fields.count > 4
                else { continue }
                return (String(fields[3]), String(fields[4]))
            }
            return nil
        }

        /// proc_pid_cgroup(5).
        package static func own(in bytes: [UInt8]) -> String? {
            String(decoding: bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("0::") }
                .map { String($0.dropFirst(3)) }
        }

        private static func words(_ file: String) -> Set<String> {
            let text = (try? Files.read(file, limit: 4096)).map { String(decoding: $0, as: UTF8.self) } ?? ""
            return Set(text.split { $0 == " " || $0 == "\n" }.map { String($0) })
        }
    }

    private static let prefix = "git-pool-"

    private let path: String
    private let home: String

    /// - Parameters:
    ///   - memory: bytes, swap not among them; the whole group ends when it needs more.
    ///   - cpu: percent of one processor.
    package init(in place: Place, memory: Int64?, cpu: Int?) throws(SystemError) {
        ControlGroup.sweep(place)
        path = Path.join(place.folder, ControlGroup.prefix + RandomID.make())
        home = place.home
        try Files.makeDirectory(path, mode: 0o755)
        do {
            if let memory {
                try set("memory.max", String(memory))
                // Not everywhere is there swap to limit.
                try? set("memory.swap.max", "0")
                try? set("memory.oom.group", "1")
            }
            if let cpu { try set("cpu.max", "\(cpu * 1000) 100000") }
        } catch {
            remove()
            throw error
        }
    }

    /// What `body` starts is in the group from its first instruction on.
    package func enclosing<Result>(_ body: () throws -> Result) throws -> Result {
        try set("cgroup.procs", "0")
        defer { ControlGroup.write(Path.join(home, "cgroup.procs"), "0") }
        return try body()
    }

    package var members: [Int32] {
        guard let bytes = try? Files.read(Path.join(path, "cgroup.procs"), limit: 1 << 22) else { return [] }
        return bytes.split(separator: UInt8(ascii: "\n")).compactMap { Int32(String(decoding: $0, as: UTF8.self)) }
    }

    /// Whether the kernel ended something in it for want of memory (cgroups, `memory.events`).
    package var ranOutOfMemory: Bool {
        guard let bytes = try? Files.read(Path.join(path, "memory.events"), limit: 4096) else { return false }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            .contains { $0.hasPrefix("oom_kill ") && $0 != "oom_kill 0" }
    }

    /// Nothing if a process is still in it: a later group's `sweep` does it then.
    package func remove() { try? Files.removeDirectory(path) }

    private static func sweep(_ place: Place) {
        for name in (try? Directory.entries(place.folder)) ?? [] where name.hasPrefix(prefix) {
            try? Files.removeDirectory(Path.join(place.folder, name))
        }
    }

    private func set(_ file: String, _ value: String) throws(SystemError) {
        try Descriptor(opening: Path.join(path, file), for: .write).write(Array(value.utf8))
    }

    private static func write(_ path: String, _ value: String) {
        try? Descriptor(opening: path, for: .write).write(Array(value.utf8))
    }
}
