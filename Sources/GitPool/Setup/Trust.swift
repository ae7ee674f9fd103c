package import Git
internal import POSIX

/// The commands of a tracked file that the user agreed to run, word for word: a change of one byte is not agreed to.
/// The record is in the pool's folder, and no clone brings it along.
package struct Trust: Sendable {
    private static let version = "git-pool-trust 1"

    private let path: String
    /// Empty for a record that is missing, not ours alone, or not understood.
    package let commands: [TrackedCommand]

    package init(of repository: Repository) {
        path = Path.join(repository.commonDirectory, Pool.folder + "/trust")
        commands = Trust.read(path) ?? []
    }

    package func holds(_ command: TrackedCommand) -> Bool { commands.contains(command) }

    /// Replaces what was agreed to before.
    package func record(_ commands: [TrackedCommand]) throws {
        var writer = FieldWriter(Trust.version)
        for command in commands {
            for (index, line) in command.lines.enumerated() { writer.put("\(command.key.rawValue).\(index)", line) }
        }
        if let folder = Path.parent(path) { try Files.makeDirectories(folder) }
        try Files.replace(path, Array(writer.ended().utf8))
    }

    /// Whether there was anything to take back.
    package func revoke() throws -> Bool {
        do { try Files.unlink(path) } catch {
            guard error.isNotFound else { throw error }
            return false
        }
        return true
    }

    private static func read(_ path: String) -> [TrackedCommand]? {
        guard let status = try? Files.status(path), status.kind == .file, status.isOurs,
            status.permissions & 0o022 == 0, let bytes = try? Files.read(path, limit: 1 << 20),
            var fields = Fields(bytes, version: version)
        else { return nil }
        let commands = TrackedCommand.Key.allCases.compactMap { key in
            let found = fields.list(key.rawValue + ".")
            return found.isEmpty ? nil : TrackedCommand(key: key, lines: found)
        }
        return fields.isUsedUp ? commands : nil
    }
}
