internal import POSIX

/// The boot ids this machine has had while git-pool was used, oldest first, one a line; the list only ever proves that
/// a boot was ours. If it cannot be read or written, the worst outcome is a lease that is kept.
package struct BootList: Sendable {
    package static let limit = 200

    private let path: String

    /// Nil where there is no home, or no machine id: a home that machines share would mix their boots.
    package init?(environment: [String: String]) {
        self.init(environment: environment, machineID: BootIdentity.machineID())
    }

    package init?(environment: [String: String], machineID: String?) {
        let usual = Path.absolute(environment["HOME"]).map { Path.join($0, ".local/state") }
        guard let machineID, let state = Path.absolute(environment["XDG_STATE_HOME"]) ?? usual else { return nil }
        path = Path.join(state, "git-pool/boots-" + machineID)
    }

    package func read() -> Set<String> { Set((try? lines()) ?? []) }

    /// Adds `boot` if it is missing, and forgets the oldest beyond the limit.
    package func remember(_ boot: String) {
        guard BootList.isPlausible(boot), let known = try? lines(), !known.contains(boot) else { return }
        let kept = known.suffix(BootList.limit - 1) + [boot]
        if let folder = Path.parent(path) { try? Files.makeDirectories(folder) }
        try? Files.replace(path, Array((kept.joined(separator: "\n") + "\n").utf8))
    }

    /// Empty if there is no such file; an error if it is there and cannot be read, so that it is not written over.
    private func lines() throws(SystemError) -> [String] {
        do {
            return try Files.read(path, limit: 1 << 16).split(separator: UInt8(ascii: "\n"))
                .map { String(decoding: $0, as: UTF8.self) }.filter(BootList.isPlausible)
        } catch {
            guard error.isNotFound else { throw error }
            return []
        }
    }

    private static func isPlausible(_ line: String) -> Bool {
        (1...64).contains(line.utf8.count) && line.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}
