internal import POSIX

/// What an agent's program says of a worktree that it wants or is done with: data, of which only what stands here is read.
struct AgentEvent: Equatable {
    /// As the programs spell it.
    enum Kind: String { case create = "WorktreeCreate", remove = "WorktreeRemove" }

    enum Invalid: Error, Equatable {
        case noInput
        case malformed(JSONReader.Malformed)
        case noObject
        case otherEvent(String, expected: Kind)
        case missing(String)
        case notText(String)
        case notAbsolute(String)
        case unusable(String)
    }

    /// The key under which the agent's session is known.
    let session: String?
    /// Where the agent stands.
    let directory: String?
    /// What the worktree is to be called.
    let name: String?
    /// The worktree it is done with.
    let path: String?

    private static let longestSession = 200

    static func readStandardInput(_ kind: Kind) throws -> AgentEvent {
        guard !Streams.isTerminal(0) else { throw Invalid.noInput }
        return try AgentEvent(Streams.readStandardInput(limit: JSONReader.mostBytes), kind)
    }

    init(_ bytes: [UInt8], _ kind: Kind) throws(Invalid) {
        guard !bytes.isEmpty else { throw .noInput }
        let value: JSON
        do { value = try JSONReader.read(bytes) } catch { throw .malformed(error) }
        guard case .object = value else { throw .noObject }
        if let event = try AgentEvent.text("hook_event_name", of: value), event != kind.rawValue {
            throw .otherEvent(event, expected: kind)
        }
        session = try AgentEvent.text("session_id", of: value)
        if let session, session.utf8.count > Self.longestSession || session.utf8.contains(where: { $0 < 0x20 }) {
            throw .unusable("session_id")
        }
        directory = try AgentEvent.place("cwd", of: value)
        // Some versions say `worktree_name`.
        let other = try AgentEvent.text("worktree_name", of: value)
        name = try AgentEvent.text("name", of: value) ?? other
        path = try AgentEvent.place("worktree_path", of: value)
        if kind == .remove, path == nil { throw .missing("worktree_path") }
    }

    /// Nil where it is absent, null or empty.
    private static func text(_ name: String, of value: JSON) throws(Invalid) -> String? {
        switch value[name] {
        case nil, .null: return nil
        case .string(let text): return text.isEmpty ? nil : text
        case .bool, .integer, .decimal, .array, .object: throw .notText(name)
        }
    }

    private static func place(_ name: String, of value: JSON) throws(Invalid) -> String? {
        guard let path = try text(name, of: value) else { return nil }
        guard !path.utf8.contains(0) else { throw .unusable(name) }
        guard Path.isAbsolute(path) else { throw .notAbsolute(name) }
        return path
    }
}
